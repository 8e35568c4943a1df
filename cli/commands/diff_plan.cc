#include "cli/commands/diff_plan.h"

#include "cli/commands/column_list.h"
#include "engine/analysis/column_reading.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <optional>

namespace regraft::cli {
namespace {

constexpr uint32_t kText = 25;
constexpr uint32_t kVarchar = 1043;

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Display(const std::string& column) { return pg::QuoteIdentifier(column); }

absl::Status OnlyOnOneSide(const std::string& column, const OpenedRelation& has,
                           const OpenedRelation& lacks) {
  return BadPlan(absl::StrCat("column ", Display(column), " is in ", has.name(), " and not in ",
                              lacks.name(), "; leave it out by --ignore"));
}

absl::StatusOr<std::vector<std::string>> SharedColumns(const DiffPlanRequest& request) {
  std::vector<std::string> ignored;
  if (!request.ignore.empty()) {
    ASSIGN_OR_RETURN(ignored,
                     ParseColumnNames(request.ignore, {&request.a.table, &request.b.table}));
  }
  std::vector<std::string> shared;
  for (const catalog::Column& column : request.a.table.columns) {
    if (Contains(ignored, column.name)) continue;
    if (request.b.table.FindColumn(column.name) == nullptr)
      return OnlyOnOneSide(column.name, request.a, request.b);
    shared.push_back(column.name);
  }
  for (const catalog::Column& column : request.b.table.columns)
    if (!Contains(ignored, column.name) && !Contains(shared, column.name))
      return OnlyOnOneSide(column.name, request.b, request.a);
  if (shared.empty()) return BadPlan("no column is left to compare");
  return shared;
}

// Domains are sent as their base type; varchar and text have one image.
bool SameImages(const catalog::Type& a, const catalog::Type& b) {
  if (a.structure == b.structure) return true;
  const auto image = [](const catalog::Type& type) {
    return type.base_oid == kVarchar ? kText : type.base_oid;
  };
  return image(a) == image(b) && image(a) < copy_format::kFirstUserOid;
}

absl::Status CheckType(const DiffPlanRequest& request, const catalog::Column& a,
                       const catalog::Column& b) {
  if (SameImages(a.type, b.type)) return absl::OkStatus();
  std::string message = absl::StrCat("column ", Display(a.name), " is of type ", a.type_sql, " in ",
                                     request.a.name(), " and ", b.type_sql, " in ",
                                     request.b.name(), ": their binary images cannot be compared");
  if (a.type_sql == b.type_sql) absl::StrAppend(&message, " (the types are built differently)");
  return BadPlan(absl::StrCat(message, "; leave it out by --ignore"));
}

absl::Status AddColumn(const catalog::Column& column, bool portable, verification::DiffSide* side) {
  ASSIGN_OR_RETURN(const analysis::ColumnReading reading, analysis::ReadColumn(column, portable));
  side->columns.push_back(reading.expression);
  side->shapes.push_back(reading.shape);
  side->text.push_back(analysis::TextExpression(column));
  side->type_oids.push_back(reading.as_text ? kText : column.type.base_oid);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<size_t>> Positions(const std::vector<std::string>& names,
                                              const std::vector<std::string>& columns) {
  std::vector<size_t> positions;
  for (const std::string& name : names) {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end())
      return BadPlan(absl::StrCat("the key column ", Display(name), " is not compared"));
    positions.push_back(static_cast<size_t>(found - columns.begin()));
  }
  return positions;
}

// NULLs do not conflict in a unique index, so such a row has no key.
bool IsKey(const catalog::Index& index, const OpenedRelation& relation,
           const std::vector<std::string>& columns) {
  if (!index.unique || !index.predicate_sql.empty()) return false;
  return std::all_of(index.key_columns.begin(), index.key_columns.end(),
                     [&](const std::string& name) {
                       const catalog::Column* column = relation.table.FindColumn(name);
                       return column != nullptr && column->not_null && Contains(columns, name);
                     });
}

absl::Status ChooseKey(const DiffPlanRequest& request, DiffPlan* plan) {
  if (!request.key.empty()) {
    ASSIGN_OR_RETURN(const auto names, ParseColumnNames(request.key, {&request.a.table}));
    ASSIGN_OR_RETURN(plan->key, Positions(names, plan->columns));
    plan->key_source = "--key";
    return absl::OkStatus();
  }
  const catalog::Index* chosen = nullptr;
  for (const catalog::Index& index : request.a.table.indexes)
    if (IsKey(index, request.a, plan->columns) && (chosen == nullptr || index.primary))
      chosen = &index;
  if (chosen == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(plan->key, Positions(chosen->key_columns, plan->columns));
  plan->key_source = chosen->primary ? "primary key" : absl::StrCat("unique index ", chosen->name);
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> DiffPlan::key_names() const {
  std::vector<std::string> names;
  for (const size_t column : key) names.push_back(columns[column]);
  return names;
}

absl::StatusOr<DiffPlan> PlanDiff(const DiffPlanRequest& request) {
  DiffPlan plan;
  ASSIGN_OR_RETURN(plan.columns, SharedColumns(request));
  for (const std::string& name : plan.columns) {
    const catalog::Column& a = *request.a.table.FindColumn(name);
    const catalog::Column& b = *request.b.table.FindColumn(name);
    RETURN_IF_ERROR(CheckType(request, a, b));
    RETURN_IF_ERROR(AddColumn(a, !request.same_database, &plan.a));
    RETURN_IF_ERROR(AddColumn(b, !request.same_database, &plan.b));
  }
  RETURN_IF_ERROR(ChooseKey(request, &plan));
  return plan;
}

}  // namespace regraft::cli

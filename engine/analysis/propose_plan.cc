#include "engine/analysis/propose_plan.h"

#include "engine/analysis/type_pair.h"
#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace regraft::analysis {
namespace {

using catalog::Column;
using catalog::Table;

constexpr uint32_t kTextOid = 25, kVarcharOid = 1043, kJsonbOid = 3802;
constexpr uint32_t kInt8Oid = 20, kInt2Oid = 21, kInt4Oid = 23;

bool Writable(const Column& column) { return column.generated == '\0'; }

bool IsText(const Column& column) {
  return column.type.oid == kTextOid || column.type.oid == kVarcharOid;
}
bool IsWhole(const Column& column) {
  return column.type.oid == kInt2Oid || column.type.oid == kInt4Oid || column.type.oid == kInt8Oid;
}

// What tells a source from the others, by its name: the end of orders_2023 beside orders, or the
// schema where the tables are called the same. Empty: nothing does.
std::string DistinctPart(const Table& source, const Table& target) {
  if (source.name.name == target.name.name) return source.name.schema;
  const std::string prefix = target.name.name + "_";
  if (absl::StartsWith(source.name.name, prefix)) return source.name.name.substr(prefix.size());
  return "";
}

// Columns of the target that no source has: one of them can say where a row came from.
std::vector<const Column*> FreeColumns(const std::vector<Table>& sources, const Table& target) {
  std::vector<const Column*> columns;
  for (const Column& column : target.columns) {
    const bool in_source = std::any_of(
        sources.begin(), sources.end(),
        [&column](const Table& source) { return source.FindColumn(column.name) != nullptr; });
    const bool of_value = IsText(column) || IsWhole(column);
    if (!in_source && of_value && Writable(column) && column.identity == '\0' &&
        !column.default_uses_sequence)
      columns.push_back(&column);
  }
  return columns;
}

// The column and the values, one per source, where both leave no doubt.
struct Discriminator {
  std::string column;
  std::vector<std::string> values;
};
std::optional<Discriminator> FindDiscriminator(const std::vector<Table>& sources,
                                               const Table& target) {
  const auto columns = FreeColumns(sources, target);
  if (columns.size() != 1) return std::nullopt;
  Discriminator found{.column = columns[0]->name, .values = {}};
  std::set<std::string> distinct;
  for (const Table& source : sources) {
    const std::string part = DistinctPart(source, target);
    const bool digits =
        std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (part.empty() || !distinct.insert(part).second) return std::nullopt;
    if (IsWhole(*columns[0]) && (!digits || part.size() > 4)) return std::nullopt;
    found.values.push_back(part);
  }
  return found;
}

std::string Names(const std::vector<const Column*>& columns) {
  return absl::StrJoin(columns, ", ",
                       [](std::string* out, const Column* column) { out->append(column->name); });
}

class SourceProposal {
 public:
  SourceProposal(const Table& source, const Table& target) : source_(source), target_(target) {
    action_.kind = plan::ActionKind::kMerge;
    action_.source = source.name;
    action_.target = target.name;
    action_.merge.emplace();
  }

  void SetDiscriminator(const std::string& column, const std::string& value) {
    action_.merge->mapping.constants.push_back({column, value});
    filled_.insert(column);
  }

  void AskDiscriminator(const std::vector<const Column*>& free) {
    action_.todo.push_back(absl::StrCat(
        "set: by which column, with which value, are these rows known later? ",
        free.empty() ? "the target has no column that the sources lack: add one in prepare, such "
                       "as add_columns: {origin: text}"
                     : absl::StrCat("columns that the sources lack: ", Names(free))));
  }

  void CompareColumns() {
    for (const Column& column : source_.columns) {
      const Column* home = target_.FindColumn(column.name);
      if (home != nullptr && Writable(*home) && filled_.count(column.name) == 0)
        CompareTypes(column, *home);
      else
        homeless_.push_back(&column);
    }
    if (!same_.empty())
      Say(absl::StrCat(same_.size(), " columns have the same name and type: ", Names(same_)));
    for (const std::string& cast : casts_) Say(cast);
  }

  // What can be done with a column that has no home, for the reader to choose from.
  void ListHomeless() {
    if (homeless_.empty()) return;
    const auto free = FreeTargets();
    std::vector<std::string_view> names;
    for (const Column* column : free) names.push_back(column->name);
    for (const Column* column : homeless_) {
      const std::string_view nearest = plan::NearestWord(column->name, names);
      Say(absl::StrCat("without a home: ", column->name, " (", column->type_sql, ")",
                       nearest.empty() ? ""
                                       : absl::StrCat("; the nearest name is columns: {",
                                                      column->name, ": ", AsAbsl(nearest), "}")));
    }
    std::string overflow;
    for (const Column* column : free)
      if (column->type.oid == kJsonbOid)
        absl::StrAppend(&overflow, overflow.empty() ? "" : " or ", column->name);
    Say(overflow.empty()
            ? std::string(
                  "or keep them all as jsonb: add a column in prepare, such as add_columns: "
                  "{overflow: jsonb}, and overflow: overflow here")
            : absl::StrCat("or keep them all as jsonb, with overflow: ", overflow));
    action_.todo.push_back(
        absl::StrCat("columns or overflow: these have no home: ", Names(homeless_)));
  }

  void ListDemands() {
    for (const Column* column : FreeTargets())
      if (column->not_null && column->default_sql.empty() && column->identity == '\0')
        action_.todo.push_back(absl::StrCat("fill: ", column->name, " (", column->type_sql,
                                            ") must not be NULL in the target and has no default; "
                                            "or drop_not_null in prepare"));
  }

  plan::Action TakeAction() { return std::move(action_); }
  std::vector<std::string> TakeComments() { return std::move(comments_); }

 private:
  void Say(std::string line) { comments_.push_back(std::move(line)); }

  void CompareTypes(const Column& column, const Column& home) {
    filled_.insert(home.name);
    const bool same = column.type_sql == home.type_sql;
    const TypePair pair = PairTypes(column, home, /*same_database=*/true);
    const std::string types =
        absl::StrCat(column.name, ": ", column.type_sql, " to ", home.type_sql);
    if (pair.transport == Transport::kRefused) {
      action_.todo.push_back(
          absl::StrCat("map, columns or overflow: ", types, " cannot be: ", pair.reason));
    } else if (same) {
      same_.push_back(&column);
    } else {
      casts_.push_back(
          absl::StrCat(types, pair.transport == Transport::kCast
                                  ? ", by a cast; a value that it would change is refused"
                                  : ", the same bytes"));
    }
    if (column.type_sql == "timestamp without time zone" &&
        home.type_sql == "timestamp with time zone")
      action_.todo.push_back(
          absl::StrCat("zones: of which time zone is the local time in ", column.name, "?"));
  }

  // Columns of the target that nothing fills yet.
  [[nodiscard]] std::vector<const Column*> FreeTargets() const {
    std::vector<const Column*> free;
    for (const Column& column : target_.columns)
      if (Writable(column) && filled_.count(column.name) == 0) free.push_back(&column);
    return free;
  }

  const Table& source_;
  const Table& target_;
  plan::Action action_;
  std::vector<std::string> comments_;
  std::set<std::string> filled_;  // columns of the target
  std::vector<const Column*> same_;
  std::vector<const Column*> homeless_;
  std::vector<std::string> casts_;
};

}  // namespace

Proposal ProposeMerges(const std::vector<Table>& sources, const Table& target) {
  Proposal proposal;
  proposal.comments.head = {
      absl::StrCat("A first plan for ", pg::DisplayName(target.name),
                   ", made from the catalog. Nothing is guessed: what must be decided is a todo."),
      "Fill the keys that each todo names, delete it, and see what the plan would do: regraft "
      "plan"};
  const auto discriminator = FindDiscriminator(sources, target);
  for (size_t i = 0; i < sources.size(); ++i) {
    SourceProposal source(sources[i], target);
    if (discriminator.has_value())
      source.SetDiscriminator(discriminator->column, discriminator->values[i]);
    else
      source.AskDiscriminator(FreeColumns(sources, target));
    source.CompareColumns();
    source.ListHomeless();
    source.ListDemands();
    proposal.plan.actions.push_back(source.TakeAction());
    proposal.comments.actions.push_back(source.TakeComments());
  }
  return proposal;
}

}  // namespace regraft::analysis

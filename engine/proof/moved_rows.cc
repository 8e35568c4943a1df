#include "engine/proof/moved_rows.h"

#include "engine/analysis/row_key.h"
#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/planned_column.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <string_view>

namespace regraft::proof {
namespace {

using saved_plan::ColumnHome;
using saved_plan::SavedAction;

constexpr std::string_view kMineBegins = " AS s WHERE ";

std::string InverseList(const SavedAction& action) {
  std::vector<std::string> columns;
  for (const ColumnHome& home : action.homes)
    columns.push_back(absl::StrCat(home.inverse, " AS ", pg::QuoteIdentifier(home.column)));
  return absl::StrCat("SELECT ", absl::StrJoin(columns, ", "), " FROM ");
}

// The length of "schema"."name" at the beginning of `sql`; 0: something else stands there.
size_t QuotedNameLength(std::string_view sql) {
  size_t at = 0;
  for (const char* behind : {".", ""}) {
    if (at >= sql.size() || sql[at] != '"') return 0;
    for (++at; at < sql.size(); ++at)
      if (sql[at] == '"' && (at + 1 >= sql.size() || sql[++at] != '"')) break;
    if (!absl::StartsWith(AsAbsl(sql.substr(std::min(at, sql.size()))), behind)) return 0;
    at += std::string_view(behind).size();
  }
  return at;
}

absl::StatusOr<std::string> TailOf(const SavedAction& action) {
  const std::string list = InverseList(action);
  if (absl::StartsWith(action.inverse, list)) {
    std::string_view rest = action.inverse;
    rest.remove_prefix(list.size());
    if (const size_t length = QuotedNameLength(rest); length > 0)
      return std::string(rest.substr(length));
  }
  return absl::InternalError("the saved plan's inverse SELECT of " + action.id +
                             " has another form");
}

// What was there when the plan was made; the server describes a column that is gone.
absl::StatusOr<catalog::Column> ColumnOf(Reader* reader, const catalog::Table* source,
                                         const ColumnHome& home) {
  if (source == nullptr) return catalog::PlanColumn(reader->connection(), home.column, home.type);
  const catalog::Column* column = source->FindColumn(home.column);
  if (column != nullptr && column->type_sql == home.type) return *column;
  return Differences(absl::StrCat("the source ", pg::DisplayName(source->name), " has ",
                                  column == nullptr ? "no" : column->type_sql,
                                  column == nullptr ? " column " : " in its column ", home.column,
                                  column == nullptr ? "" : ", not " + home.type));
}

std::vector<size_t> KeyOf(const MovedRows& rows) {
  std::vector<size_t> key;
  if (rows.source == nullptr) return key;
  for (const size_t index : analysis::KeyOf(*rows.source)) {
    const auto found =
        std::find(rows.names.begin(), rows.names.end(), rows.source->columns[index].name);
    if (found == rows.names.end()) return {};
    key.push_back(static_cast<size_t>(found - rows.names.begin()));
  }
  return key;
}

}  // namespace

absl::StatusOr<MovedRows> FindMovedRows(Reader* reader, const SavedAction& action,
                                        const std::string& remainder_table) {
  MovedRows rows{.action = &action};
  ASSIGN_OR_RETURN(rows.tail, TailOf(action));
  if (absl::StartsWith(rows.tail, AsAbsl(kMineBegins)))
    rows.is_mine = rows.tail.substr(kMineBegins.size());
  ASSIGN_OR_RETURN(rows.source, reader->Find(action.source_oid));
  ASSIGN_OR_RETURN(rows.target, reader->Find(action.target_oid));
  if (!remainder_table.empty()) {
    ASSIGN_OR_RETURN(rows.remainder, reader->Find(remainder_table));
  }
  for (const ColumnHome& home : action.homes) {
    ASSIGN_OR_RETURN(catalog::Column column, ColumnOf(reader, rows.source, home));
    rows.columns.push_back(std::move(column));
    rows.names.push_back(home.column);
  }
  rows.key = KeyOf(rows);
  return rows;
}

std::string MovedRows::InverseFrom(const std::string& table) const {
  return InverseList(*action) + table + tail;
}

absl::StatusOr<verification::DiffSide> MovedRows::Source(const Reader& reader,
                                                         const std::string& where) const {
  return MakeSide(reader.Scan(source->leaves, where), columns);
}

// A value of the same image is taken as it lies in its home: a cast to the source's own type would
// cut or round what must not have come there.
absl::StatusOr<verification::DiffSide> MovedRows::Target(const Reader& reader) const {
  if (is_fold())
    return MakeSide(reader.Scan(InverseFrom(pg::QuoteQualified(target->name))), columns);
  std::vector<std::string> expressions;
  for (const ColumnHome& home : action->homes)
    expressions.push_back(home.how == "same" ? analysis::SourceColumn(home.home) : home.inverse);
  return MakeSide(reader.Scan(target->leaves, is_mine), columns, expressions);
}

absl::StatusOr<verification::DiffSide> MovedRows::Remainder(const Reader& reader) const {
  return MakeSide(reader.Scan(remainder->leaves, ""), columns);
}

absl::StatusOr<verification::DiffSide> MovedRows::Rebuilt(const Reader& reader) const {
  if (remainder == nullptr) return Target(reader);
  std::vector<std::string> own;
  for (const std::string& name : names) own.push_back(analysis::SourceColumn(name));
  return MakeSide(reader.Scan(absl::StrCat(InverseFrom(pg::QuoteQualified(target->name)),
                                           " UNION ALL SELECT ", absl::StrJoin(own, ", "), " FROM ",
                                           pg::QuoteQualified(remainder->name), " AS s")),
                  columns);
}

absl::StatusOr<verification::DiffSide> MovedRows::CopyOfTarget(verification::ScanRequest scan,
                                                               const std::string& table) const {
  if (is_fold()) {
    scan.from = InverseFrom(table);
    return MakeSide(std::move(scan), columns);
  }
  scan.from = absl::StrCat("SELECT s.* FROM ", table, " AS s");
  std::vector<std::string> expressions;
  for (const ColumnHome& home : action->homes)
    expressions.push_back(home.how == "same" ? analysis::SourceColumn(home.home) : home.inverse);
  return MakeSide(std::move(scan), columns, expressions);
}

}  // namespace regraft::proof

#include "engine/analysis/value_checks.h"

#include "engine/analysis/chunking.h"
#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <vector>

namespace regraft::analysis {
namespace {

// A condition that must hold for no row, and what to say when it does.
struct Condition {
  std::string column;      // of the source
  std::string bad_sql;     // over s
  std::string complaint;   // up to the value
  bool tolerable = false;  // a row that fails may be set aside
};

std::vector<Condition> ConditionsOf(const CopyPlan& plan, bool losses_set_aside) {
  std::vector<Condition> conditions;
  for (const ValueCheck& check : plan.value_checks)
    conditions.push_back(
        {check.source_column, check.lost_sql,
         absl::StrCat("column \"", check.source_column, "\" (", check.source_type, ") into \"",
                      check.target_column, "\" (", check.target_type, "): something would be lost"),
         losses_set_aside});
  for (const ResolvedMap& map : plan.maps) {
    if (map.otherwise_framed.has_value()) continue;
    const std::string text = absl::StrCat("format('%s', ", SourceColumn(map.source), ")");
    const std::string keys =
        absl::StrJoin(map.framed, ", ",
                      [](std::string* out, const auto& pair) { out->append(Literal(pair.first)); });
    conditions.push_back({map.source,
                          absl::StrCat("num_nulls(", SourceColumn(map.source), ") = 0 AND ", text,
                                       " COLLATE \"C\" <> ALL (ARRAY[", keys, "]::text[])"),
                          absl::StrCat("column \"", map.source, "\": the map into \"", map.target,
                                       "\" has no entry (and no \"*\")")});
  }
  return conditions;
}

class Checker {
 public:
  Checker(const CopyPlan& plan, pg::Connection& connection)
      : plan_(plan), connection_(connection) {}

  absl::Status Check(const Condition& condition) {
    const std::string sql =
        absl::StrCat("SELECT count(*), min(format('%s', ", SourceColumn(condition.column), ")) ",
                     FromWholeSource(plan_, condition.bad_sql));
    const auto result = Try(sql);
    if (result.ok()) {
      if (result->Int64(0, 0) == 0 || condition.tolerable) return absl::OkStatus();
      return BadPlan(absl::StrCat(condition.complaint, " in ", result->Int64(0, 0),
                                  " rows, such as ", AsAbsl(Shorten(result->Value(0, 1)))));
    }
    if (pg::IsCancellation(result.status()) || pg::Sqlstate(result.status()).substr(0, 2) == "08")
      return result.status();
    return BadPlan(absl::StrCat(condition.complaint, "; the value ", FindValue(condition), ": ",
                                result.status().message()));
  }

 private:
  static std::string_view Shorten(std::string_view value) { return value.substr(0, 200); }

  absl::StatusOr<pg::Result> Try(const std::string& sql) {
    RETURN_IF_ERROR(connection_.Run("SAVEPOINT regraft_check"));
    auto result = connection_.Execute(sql);
    RETURN_IF_ERROR(connection_.Run("ROLLBACK TO SAVEPOINT regraft_check"));
    return result;
  }

  [[nodiscard]] bool Raises(const Condition& condition, const catalog::Leaf& leaf,
                            const ChunkRange& range) {
    const std::string where =
        plan_.where().empty() ? condition.bad_sql
                              : absl::StrCat("(", plan_.where(), ") AND (", condition.bad_sql, ")");
    return !Try(absl::StrCat("SELECT count(*) ", FromRange(leaf, range, where))).ok();
  }

  // The server's error does not name the row, so the table is halved until one block is left, and
  // its tuples are tried one by one.
  std::string FindValue(const Condition& condition) {
    for (const catalog::Leaf& leaf : plan_.source.leaves) {
      if (!leaf.has_ctid) continue;
      ChunkRange range{.leaf = 0, .first_block = 0, .end_block = std::max<int64_t>(1, leaf.blocks)};
      if (!Raises(condition, leaf, range)) continue;
      while (range.end_block - range.first_block > 1) {
        const int64_t middle = (range.first_block + range.end_block) / 2;
        const ChunkRange lower{.leaf = 0, .first_block = range.first_block, .end_block = middle};
        (Raises(condition, leaf, lower) ? range.end_block : range.first_block) = middle;
      }
      return FindInBlock(condition, leaf, range);
    }
    return "of one row";
  }

  std::string FindInBlock(const Condition& condition, const catalog::Leaf& leaf,
                          const ChunkRange& range) {
    const std::string column = SourceColumn(condition.column);
    const auto tuples = Try(absl::StrCat("SELECT s.ctid, format('%s', ", column, ") ",
                                         FromRange(leaf, range, plan_.where())));
    for (int row = 0; tuples.ok() && row < tuples->rows(); ++row) {
      const auto one = Try(absl::StrCat("SELECT ", condition.bad_sql, " FROM ONLY ",
                                        pg::QuoteQualified(leaf.name),
                                        " AS s WHERE s.ctid = ", Literal(tuples->Value(row, 0))));
      if (!one.ok()) return absl::StrCat("\"", AsAbsl(Shorten(tuples->Value(row, 1))), "\"");
    }
    return "of one row";
  }

  const CopyPlan& plan_;
  pg::Connection& connection_;
};

}  // namespace

std::string FromWholeSource(const CopyPlan& plan, const std::string& more_where) {
  // Never of a partitioned table: ONLY would leave out its partitions, all its rows.
  const bool only = plan.request.children == plan::Children::kExclude && plan.source.relkind == 'r';
  std::string sql =
      absl::StrCat("FROM ", only ? "ONLY " : "", pg::QuoteQualified(plan.source.name), " AS s");
  std::string separator = " WHERE ";
  for (const std::string& condition : {plan.where(), more_where}) {
    if (condition.empty()) continue;
    absl::StrAppend(&sql, separator, "(", condition, ")");
    separator = " AND ";
  }
  return sql;
}

absl::Status CheckValues(const CopyPlan& plan, pg::Connection& connection, bool losses_set_aside) {
  Checker checker(plan, connection);
  std::vector<std::string> complaints;
  for (const Condition& condition : ConditionsOf(plan, losses_set_aside)) {
    const absl::Status status = checker.Check(condition);
    if (!status.ok() && KindOf(status) != FailureKind::kBadPlan) return status;
    if (!status.ok()) complaints.emplace_back(status.message());
  }
  if (complaints.empty()) return absl::OkStatus();
  return BadPlan(absl::StrCat(pg::DisplayName(plan.source.name),
                              " cannot be copied without loss:\n  - ",
                              absl::StrJoin(complaints, "\n  - ")));
}

}  // namespace regraft::analysis

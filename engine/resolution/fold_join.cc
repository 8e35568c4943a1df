#include "engine/resolution/fold_join.h"

#include "engine/analysis/row_key.h"
#include "engine/analysis/sql.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::resolution {
namespace {

// Of a source row (s) with rows of the target (t).
std::string Condition(const plan::FoldRules& rules) {
  std::vector<std::string> parts;
  for (const plan::JoinColumn& join : rules.join)
    parts.push_back(absl::StrCat(
        "t.", pg::QuoteIdentifier(join.target), " = ",
        join.sql.empty() ? analysis::SourceColumn(join.source) : "(" + join.sql + "\n)"));
  return absl::StrJoin(parts, " AND ");
}

std::string CountingSql(const Work& work, const std::string& from) {
  return absl::StrCat(
      "WITH match AS MATERIALIZED (SELECT ", analysis::KeyText(work.source->table),
      " AS key, m.n, m.first ", from,
      " CROSS JOIN LATERAL (SELECT count(*) AS n, min(t.ctid::text) AS first FROM ",
      pg::QuoteQualified(work.target->table.name), " AS t WHERE ", Condition(*work.action->fold),
      ") AS m) SELECT count(*) FILTER (WHERE n = 0), min(key) FILTER (WHERE n = 0), count(*) "
      "FILTER (WHERE n > 1), min(key) FILTER (WHERE n > 1), (SELECT count(*) FROM (SELECT FROM "
      "match WHERE n = 1 GROUP BY first HAVING count(*) > 1) AS shared), (SELECT min(key) FROM "
      "(SELECT min(key) AS key FROM match WHERE n = 1 GROUP BY first HAVING count(*) > 1) AS "
      "shared) FROM match");
}

void NameUnmatched(int64_t rows, const std::string& example, Work* work) {
  if (rows == 0) return;
  work->saved.remainder.push_back({"unmatched", rows, example});
  if (work->action->fold->unmatched == plan::Conflict::kRefuse)
    work->Refuse("unmatched",
                 absl::StrCat(Count(rows), " rows have no row in ", work->saved.target,
                              ", such as ", example),
                 "unmatched: remainder sets them aside");
}

void NameSeveral(const pg::Result& counted, Work* work) {
  if (const int64_t rows = counted.Int64(0, 2); rows > 0)
    work->Refuse("several-targets",
                 absl::StrCat(Count(rows), " rows belong to several rows of ", work->saved.target,
                              ", such as ", counted.Text(0, 3)),
                 "join: {TARGET_COLUMN: {sql: an expression over s that picks one}}");
  const int64_t groups = counted.Int64(0, 4);
  if (groups == 0 || work->action->fold->several != plan::Several::kRefuse) return;
  work->Refuse("several-sources",
               absl::StrCat(Count(groups), " rows of ", work->saved.target,
                            " would get several rows of the source, such as ", counted.Text(0, 5)),
               work->action->kind == plan::ActionKind::kMergeJsonb
                   ? "several: array"
                   : "use merge_jsonb with several: array");
}

}  // namespace

void TryFoldJoin(Run* run, Work* work, const std::string& from) {
  const auto counted = Try(run->connection(), CountingSql(*work, from));
  if (!counted.ok())
    return work->Refuse("bad-sql",
                        absl::StrCat("the join cannot be tried: ", counted.status().message()));
  NameUnmatched(counted->Int64(0, 0), counted->Text(0, 1), work);
  NameSeveral(*counted, work);
}

}  // namespace regraft::resolution

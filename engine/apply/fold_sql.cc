#include "engine/apply/fold_sql.h"

#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include <algorithm>

namespace regraft::apply {

FoldSql::FoldSql(const saved_plan::SavedAction& action, const plan::Action& planned)
    : action_(action),
      planned_(planned),
      source_(pg::QuoteQualified(planned.source)),
      target_(pg::QuoteQualified(*planned.target)) {
  std::vector<std::string> columns;
  for (const auto& home : action.homes) {
    const std::string name = pg::QuoteIdentifier(home.home);
    if (std::find(homes_.begin(), homes_.end(), name) == homes_.end()) homes_.push_back(name);
    columns.push_back(pg::QuoteIdentifier(home.column));
  }
  columns_ = absl::StrJoin(columns, ", ");
}

std::string FoldSql::Condition() const {
  std::vector<std::string> parts;
  for (const plan::JoinColumn& join : planned_.fold->join)
    parts.push_back(absl::StrCat(
        "t.", pg::QuoteIdentifier(join.target), " = ",
        join.sql.empty() ? "s." + pg::QuoteIdentifier(join.source) : "(" + join.sql + "\n)"));
  return absl::StrJoin(parts, " AND ");
}

std::string FoldSql::Match(const std::string& order) const {
  const std::string from = absl::StrCat(" FROM ", source_, " AS s");
  const std::string image(absl::StripSuffix(absl::StripPrefix(action_.forward, "SELECT "), from));
  if (image.size() + 7 + from.size() != action_.forward.size()) return "";
  return absl::StrCat(
      "CREATE TEMPORARY TABLE regraft_fold AS SELECT s.ctid AS regraft_s, s.tableoid AS "
      "regraft_sl, m.t AS regraft_t, m.l AS regraft_tl, row_number() OVER (ORDER BY ",
      order, ") AS regraft_n, ", image, from,
      " LEFT JOIN LATERAL (SELECT t.ctid AS t, t.tableoid AS l FROM ", target_, " AS t WHERE ",
      Condition(), ") AS m ON true");
}

std::string FoldSql::Taken() const {
  std::vector<std::string> held;
  for (const std::string& home : homes_) held.push_back("t." + home);
  return absl::StrCat(target_, " AS t WHERE num_nonnulls(", absl::StrJoin(held, ", "), ") > 0");
}

std::string FoldSql::Fill() const {
  std::vector<std::string> values, assignments;
  for (const std::string& home : homes_) {
    values.push_back(absl::StrCat("jsonb_agg(", home, " ORDER BY regraft_n) AS ", home));
    assignments.push_back(absl::StrCat(home, " = f.", home));
  }
  const std::string images =
      array() ? absl::StrCat("(SELECT regraft_t, regraft_tl, ", absl::StrJoin(values, ", "),
                             " FROM ", kTable, " WHERE num_nulls(regraft_t) = 0 GROUP BY 1, 2)")
              : kTable;
  return absl::StrCat("UPDATE ", target_, " AS t SET ", absl::StrJoin(assignments, ", "), " FROM ",
                      images, " AS f WHERE f.regraft_t = t.ctid AND f.regraft_tl = t.tableoid");
}

std::string FoldSql::SetAside(const std::string& remainder) const {
  return absl::StrCat(
      "INSERT INTO ", remainder, " (", columns_, ") SELECT ", columns_, " FROM ", source_,
      " AS s JOIN ", kTable,
      " f ON f.regraft_s = s.ctid AND f.regraft_sl = s.tableoid WHERE num_nulls(f.regraft_t) > 0");
}

std::string FoldSql::Unequal(const std::string& remainder) const {
  const auto numbered = [&](const std::string& rows) {
    return absl::StrCat(
        "(SELECT r, r::text AS words, row_number() OVER (PARTITION BY r::text "
        "ORDER BY r USING OPERATOR(pg_catalog.*<)) AS n FROM (SELECT ROW(",
        columns_, ") AS r FROM (", rows, ") AS rows) AS records)");
  };
  const std::string back = absl::StrCat(
      "SELECT ", columns_, " FROM (", action_.inverse, ") AS inverse",
      remainder.empty() ? "" : absl::StrCat(" UNION ALL SELECT ", columns_, " FROM ", remainder));
  return absl::StrCat(numbered(absl::StrCat("SELECT ", columns_, " FROM ", source_)),
                      " AS o FULL JOIN ", numbered(back),
                      " AS b ON o.words = b.words AND o.n = b.n WHERE num_nulls(o.n, b.n) > 0 OR "
                      "NOT record_image_eq(o.r, b.r)");
}

std::string FoldSql::Empty() const {
  std::vector<std::string> nulls;
  for (const std::string& home : homes_) nulls.push_back(home + " = NULL");
  return absl::StrCat("UPDATE ", target_, " SET ", absl::StrJoin(nulls, ", "),
                      " WHERE num_nonnulls(", absl::StrJoin(homes_, ", "), ") > 0");
}

}  // namespace regraft::apply

#include "engine/clean/target.h"
#include "engine/pg/identifier.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::clean {
namespace {

using plan::RepairKind;
using Texts = std::vector<std::string>;

Texts Numbered(const std::string& prefix, size_t count) {
  Texts names;
  for (size_t i = 0; i < count; ++i) names.push_back(absl::StrCat(prefix, i));
  return names;
}

// f."id" AS k0, …
std::string KeyList(const std::string& alias, const Texts& key) {
  Texts list;
  for (size_t i = 0; i < key.size(); ++i)
    list.push_back(absl::StrCat(alias, ".", pg::QuoteIdentifier(key[i]), " AS k", i));
  return absl::StrJoin(list, ", ");
}

std::string OtherRows(const plan::Repair& repair) {
  const std::string name = pg::QuoteQualified(*repair.other);
  return repair.other_where.empty()
             ? name
             : absl::StrCat("(SELECT * FROM ", name, " AS s WHERE (", repair.other_where, "\n))");
}

// The other table's value per key of the join, and how many different ones there are: m.
std::string Values(const plan::Repair& repair) {
  const std::string value = "o." + pg::QuoteIdentifier(repair.value);
  Texts keys, named;
  if (repair.kind == RepairKind::kMatchDomain)
    keys.push_back(absl::StrCat("lower(o.", pg::QuoteIdentifier(repair.domain), "::text)"));
  else
    for (const plan::ColumnPair& pair : repair.join)
      keys.push_back("o." + pg::QuoteIdentifier(pair.target));
  for (size_t i = 0; i < keys.size(); ++i) named.push_back(absl::StrCat(keys[i], " AS j", i));
  return absl::StrCat("(SELECT ", absl::StrJoin(named, ", "), ", (array_agg(", value,
                      "))[1] AS v, count(DISTINCT ", value,
                      "::text COLLATE pg_catalog.\"C\") AS n FROM ", OtherRows(repair),
                      " AS o WHERE num_nulls(", value, ") = 0",
                      repair.or_empty ? absl::StrCat(" AND ", value, "::text <> ''") : "",
                      " GROUP BY ", absl::StrJoin(keys, ", "), ") AS m");
}

std::string MatchesValue(const Target& target) {
  const plan::Repair& repair = *target.repair;
  if (repair.kind == RepairKind::kMatchDomain) {
    const std::string email = absl::StrCat("f.", pg::QuoteIdentifier(repair.email), "::text");
    return absl::StrCat("strpos(", email, ", '@') > 0 AND lower(split_part(", email,
                        ", '@', -1)) = m.j0");
  }
  Texts pairs;
  for (size_t i = 0; i < repair.join.size(); ++i)
    pairs.push_back(absl::StrCat("f.", pg::QuoteIdentifier(repair.join[i].source), " ",
                                 target.check.equals[i], " m.j", i));
  return absl::StrJoin(pairs, " AND ");
}

// The rows in question: those that an audit would find.
std::string InQuestion(const Target& target) {
  return absl::StrCat("(", audit::SqlOf(target.check).faults, ") AS f");
}

std::string Filled(const Target& target) {
  const std::string column = pg::QuoteIdentifier(target.repair->column);
  return absl::StrCat("SELECT ", KeyList("f", target.key), ", f.", column,
                      " AS o0, m.v AS n0 FROM ", InQuestion(target), " JOIN ",
                      Values(*target.repair), " ON ", MatchesValue(target), " WHERE m.n = 1");
}

// "seen desc nulls first": NULLs come last unless it says so, for a row without the value is no
// better than one that has it.
std::string OrderTerm(const std::string& item) {
  const std::string column = OrderColumn(item);
  const std::string rest = absl::AsciiStrToLower(item.substr(column.size()));
  return absl::StrCat("s.", pg::QuoteIdentifier(column),
                      absl::StrContains(rest, "desc") ? " DESC" : " ASC",
                      absl::StrContains(rest, "nulls first") ? " NULLS FIRST" : " NULLS LAST");
}

std::string Doomed(const Target& target) {
  const plan::Repair& repair = *target.repair;
  Texts values, plain, order, keepers;
  std::string filled;
  for (const std::string& name : repair.columns) {
    const std::string column = "s." + pg::QuoteIdentifier(name);
    const bool text = target.table().FindColumn(name)->collation != 0;
    plain.push_back(column);
    values.push_back(text ? absl::StrCat(column, " COLLATE ", target.check.collation) : column);
    if (text && repair.ignore_empty) absl::StrAppend(&filled, " AND ", column, "::text <> ''");
  }
  for (const std::string& item : repair.order_by) order.push_back(OrderTerm(item));
  for (size_t i = 0; i < target.key.size(); ++i) {
    order.push_back("s." + pg::QuoteIdentifier(target.key[i]));
    keepers.push_back(
        absl::StrCat("first_value(s.", pg::QuoteIdentifier(target.key[i]), ") OVER w AS g", i));
  }
  const std::string name = pg::QuoteQualified(repair.table);
  Texts columns = Numbered("k", target.key.size());
  for (const std::string& keeper : Numbered("g", target.key.size())) columns.push_back(keeper);
  return absl::StrCat("SELECT ", absl::StrJoin(columns, ", "), " FROM (SELECT ",
                      KeyList("s", target.key), ", ", absl::StrJoin(keepers, ", "),
                      ", row_number() OVER w AS n FROM ", name, " AS s WHERE num_nulls(",
                      absl::StrJoin(plain, ", "), ") = 0", filled,
                      repair.where.empty() ? "" : absl::StrCat(" AND (", repair.where, "\n)"),
                      " WINDOW w AS (PARTITION BY ", absl::StrJoin(values, ", "), " ORDER BY ",
                      absl::StrJoin(order, ", "), ")) AS x WHERE n > 1");
}

}  // namespace

std::string AffectedSql(const Target& target) {
  switch (target.repair->kind) {
    case RepairKind::kBackfill:
    case RepairKind::kMatchDomain:
      return Filled(target);
    case RepairKind::kDedupe:
      return Doomed(target);
    case RepairKind::kArchiveOrphans:
      return absl::StrCat("SELECT ", KeyList("f", target.key), " FROM ", InQuestion(target));
    case RepairKind::kExportDuplicates:
      break;
  }
  return audit::SqlOf(target.check).faults;
}

std::string LeftSql(const Target& target) {
  if (target.removes() || !target.changes()) return "";
  return absl::StrCat(
      "SELECT count(*) FILTER (WHERE m.n IS NULL), count(*) FILTER (WHERE m.n > 1) "
      "FROM ",
      InQuestion(target), " LEFT JOIN ", Values(*target.repair), " ON ", MatchesValue(target));
}

std::string ReferringSql(const Target& target, const Referrer& referrer,
                         const std::string& doomed) {
  Texts pairs;
  for (size_t i = 0; i < referrer.check.equals.size(); ++i) {
    const plan::ColumnPair& pair = referrer.check.audit->join[i];
    pairs.push_back(absl::StrCat("r.", pg::QuoteIdentifier(pair.source), " ",
                                 referrer.check.equals[i], " d.",
                                 pg::QuoteIdentifier(pair.target)));
  }
  return absl::StrCat("SELECT count(*) FROM ", pg::QuoteQualified(referrer.check.audit->table),
                      " AS r JOIN ", pg::QuoteQualified(target.repair->table), " AS d ON ",
                      absl::StrJoin(pairs, " AND "), " JOIN ", doomed, " AS k ON ",
                      SameKey("d", target.key, "k"));
}

std::string MovedSql(const Target& target, const Referrer& referrer, const std::string& doomed) {
  Texts list = {KeyList("r", referrer.key)}, pairs;
  const auto& join = referrer.check.audit->join;
  for (size_t i = 0; i < join.size(); ++i) {
    list.push_back(absl::StrCat("r.", pg::QuoteIdentifier(join[i].source), " AS o", i));
    list.push_back(absl::StrCat("s.", pg::QuoteIdentifier(join[i].target), " AS n", i));
    pairs.push_back(absl::StrCat("r.", pg::QuoteIdentifier(join[i].source), " ",
                                 referrer.check.equals[i], " d.",
                                 pg::QuoteIdentifier(join[i].target)));
  }
  const std::string table = pg::QuoteQualified(target.repair->table);
  return absl::StrCat("SELECT ", absl::StrJoin(list, ", "), " FROM ",
                      pg::QuoteQualified(referrer.check.audit->table), " AS r JOIN ", table,
                      " AS d ON ", absl::StrJoin(pairs, " AND "), " JOIN ", doomed, " AS k ON ",
                      SameKey("d", target.key, "k"), " JOIN ", table, " AS s ON ",
                      SameKey("s", target.key, "k", "g"));
}

std::string OrderColumn(const std::string& item) {
  std::string column = item;
  // A name may hold blanks: the words are taken off the end.
  for (const char* words : {" nulls first", " nulls last", " asc", " desc"})
    if (absl::EndsWithIgnoreCase(column, words))
      column.resize(column.size() - std::string_view(words).size());
  return column;
}

std::string RowText(const std::string& alias, const std::vector<std::string>& columns) {
  Texts list;
  for (const std::string& column : columns)
    list.push_back(absl::StrCat(alias, ".", pg::QuoteIdentifier(column)));
  return absl::StrCat("ROW(", absl::StrJoin(list, ", "), ")::text");
}

std::string DigestSql(const std::string& rows) {
  // Two hashes of 64 bits, each summed: 128 bits, in which the order of the rows plays no part.
  return absl::StrCat(
      "SELECT count(*), left(encode(sha256(convert_to(concat_ws(':', count(*), "
      "sum(hashtextextended(r COLLATE pg_catalog.\"C\", 0)::numeric), "
      "sum(hashtextextended(r COLLATE pg_catalog.\"C\", 1)::numeric)), 'UTF8')), 'hex'), 32) FROM "
      "(",
      rows, ") AS t (r)");
}

std::string SameKey(const std::string& alias, const std::vector<std::string>& columns,
                    const std::string& kept, const std::string& prefix) {
  Texts pairs;
  for (size_t i = 0; i < columns.size(); ++i)
    pairs.push_back(
        absl::StrCat(alias, ".", pg::QuoteIdentifier(columns[i]), " = ", kept, ".", prefix, i));
  return absl::StrJoin(pairs, " AND ");
}

}  // namespace regraft::clean

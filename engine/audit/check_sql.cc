// What each kind of audit counts, as SQL. The audited table's rows are s, the other's o; both are
// reduced by their `where` first, so that its names cannot be taken for the other table's.

#include "engine/audit/check.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::audit {
namespace {

using plan::Audit;
using plan::AuditKind;
using Texts = std::vector<std::string>;

std::string Rows(const pg::QualifiedName& table, const std::string& where) {
  const std::string name = pg::QuoteQualified(table);
  // The newline ends a comment in what people wrote.
  return where.empty() ? name
                       : absl::StrCat("(SELECT * FROM ", name, " AS s WHERE (", where, "\n))");
}

std::string Literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

class SqlWriter {
 public:
  explicit SqlWriter(const Check& check) : check_(check), audit_(*check.audit) {}

  CheckSql Write() {
    switch (audit_.kind) {
      case AuditKind::kNull:
        return Faulty(IsMissing("s." + pg::QuoteIdentifier(audit_.column)));
      case AuditKind::kDuplicate:
        return Duplicate();
      case AuditKind::kOrphan:
        return Orphan();
      case AuditKind::kReference:
        return Faulty(absl::StrCat(NoNulls(Sides("s")), " AND ", NoPartner("o")));
      case AuditKind::kCount:
        return {
            .counts = absl::StrCat("SELECT count(*) FROM ", From("s")), .parts = {}, .faults = ""};
      case AuditKind::kAlignment:
        return Alignment();
      case AuditKind::kCardinality:
        return Cardinality();
      case AuditKind::kFreshness:
        return Freshness();
      case AuditKind::kAcceptedValues:
        return Faulty(NotAccepted());
      case AuditKind::kSql:
        return {.counts = absl::StrCat("SELECT count(*) FROM (", audit_.query, "\n) AS q"),
                .parts = {},
                .faults = absl::StrCat("SELECT * FROM (", audit_.query, "\n) AS q")};
    }
    return {};
  }

 private:
  std::string From(const std::string& alias) const {
    return absl::StrCat(
        alias == "s" ? Rows(audit_.table, audit_.where) : Rows(*audit_.other, audit_.other_where),
        " AS ", alias);
  }

  // Of other pairs the server has an equality, or they do not belong together.
  static bool AreTextAndUuid(const catalog::Column& left, const catalog::Column& right) {
    constexpr uint32_t kText = 25, kBpchar = 1042, kVarchar = 1043, kUuid = 2950;
    const auto is_text = [](uint32_t type) {
      return type == kText || type == kBpchar || type == kVarchar;
    };
    const uint32_t one = left.type.base_oid, other = right.type.base_oid;
    return (is_text(one) && other == kUuid) || (one == kUuid && is_text(other));
  }

  // A text that is compared across two tables of unlike collations is compared by its bytes, and so
  // is one with a uuid: tables come to an id of that type after others have kept it as text.
  std::string Side(const std::string& alias, const plan::ColumnPair& pair) const {
    const catalog::Column* left = check_.table->FindColumn(pair.source);
    const catalog::Column* right = check_.other->FindColumn(pair.target);
    const bool differ =
        left->collation != right->collation && left->collation != 0 && right->collation != 0;
    const bool mixed = AreTextAndUuid(*left, *right);
    return absl::StrCat(alias, ".", pg::QuoteIdentifier(alias == "s" ? pair.source : pair.target),
                        mixed ? "::text" : "", differ || mixed ? " COLLATE pg_catalog.\"C\"" : "");
  }
  Texts Sides(const std::string& alias) const {
    Texts sides;
    for (const plan::ColumnPair& pair : audit_.join) sides.push_back(Side(alias, pair));
    return sides;
  }

  // num_nulls() and not IS NULL: a composite value of nothing but NULLs is a value.
  static std::string NoNulls(const Texts& values) {
    return absl::StrCat("num_nulls(", absl::StrJoin(values, ", "), ") = 0");
  }

  std::string Matches() const {
    Texts pairs;
    const Texts left = Sides("s"), right = Sides("o");
    for (size_t i = 0; i < left.size(); ++i)
      pairs.push_back(absl::StrCat(left[i], " ", check_.equals[i], " ", right[i]));
    return absl::StrJoin(pairs, " AND ");
  }
  // `among`: whose rows are looked through.
  std::string NoPartner(const std::string& among) const {
    return absl::StrCat("NOT EXISTS (SELECT FROM ", From(among), " WHERE ", Matches(), ")");
  }

  std::string IsMissing(const std::string& column) const {
    const std::string null = absl::StrCat("num_nulls(", column, ") = 1");
    return audit_.or_empty ? absl::StrCat("(", null, " OR ", column, "::text = '')") : null;
  }

  std::string NotAccepted() const {
    Texts values;
    for (const std::string& value : audit_.values) values.push_back(Literal(value));
    const std::string column = "s." + pg::QuoteIdentifier(audit_.column);
    const std::string other = absl::StrCat("(num_nulls(", column, ") = 0 AND ", column,
                                           "::text COLLATE pg_catalog.\"C\" <> ALL (ARRAY[",
                                           absl::StrJoin(values, ", "), "]::text[]))");
    return audit_.nulls ? other : absl::StrCat("(num_nulls(", column, ") = 1 OR ", other, ")");
  }

  // By the primary key, so that the same rows come in the same order; `keys`: what comes before it.
  static std::string Ordered(const catalog::Table& table, const std::string& alias,
                             Texts keys = {}) {
    for (const catalog::Index& index : table.indexes)
      if (index.primary && !index.of_partition)
        for (const std::string& key : index.key_columns)
          keys.push_back(absl::StrCat(alias, ".", pg::QuoteIdentifier(key)));
    return keys.empty() ? "" : " ORDER BY " + absl::StrJoin(keys, ", ");
  }

  CheckSql Faulty(const std::string& condition) const {
    const std::string rest = absl::StrCat(" FROM ", From("s"), " WHERE ", condition);
    return {.counts = "SELECT count(*)" + rest,
            .parts = {},
            .faults = absl::StrCat("SELECT s.*", rest, Ordered(*check_.table, "s"))};
  }

  CheckSql Duplicate() const {
    Texts values, named;
    std::string condition;
    for (const std::string& name : audit_.columns) {
      const catalog::Column* column = check_.table->FindColumn(name);
      const std::string plain = "s." + pg::QuoteIdentifier(name);
      named.push_back(plain);
      const bool text = column->collation != 0;
      values.push_back(text ? absl::StrCat(plain, " COLLATE ", check_.collation) : plain);
      if (audit_.ignore_empty && text) absl::StrAppend(&condition, " AND ", plain, "::text <> ''");
    }
    const std::string list = absl::StrJoin(values, ", ");
    const std::string rows =
        absl::StrCat(" FROM ", From("s"), " WHERE ", NoNulls(named), condition);
    // One more column than the values, so that a single composite value still makes a row.
    const std::string groups = absl::StrCat("SELECT count(*) AS n, ", list, rows, " GROUP BY ",
                                            list, " HAVING count(*) > 1");
    static constexpr const char* kUnits[] = {"count(*)", "coalesce(sum(n), 0)",
                                             "coalesce(sum(n - 1), 0)"};
    CheckSql sql{.counts = absl::StrCat("SELECT ", kUnits[static_cast<size_t>(audit_.unit)]),
                 .parts = {"groups", "rows", "surplus"},
                 .faults = ""};
    for (const char* unit : kUnits) absl::StrAppend(&sql.counts, ", ", unit);
    Texts names;
    for (size_t i = 0; i < values.size(); ++i) names.push_back(absl::StrCat("v", i));
    absl::StrAppend(&sql.counts, " FROM (", groups, ") AS g (n, ", absl::StrJoin(names, ", "), ")");
    sql.faults =
        absl::StrCat("SELECT s.*", rows, " AND (", list, ") IN (SELECT ", list, rows, " GROUP BY ",
                     list, " HAVING count(*) > 1)", Ordered(*check_.table, "s", values));
    return sql;
  }

  CheckSql Orphan() const {
    const std::string forward = absl::StrCat(" FROM ", From("s"), " WHERE ", NoPartner("o"));
    const std::string backward = absl::StrCat(" FROM ", From("o"), " WHERE ", NoPartner("s"));
    if (audit_.direction == plan::Direction::kForward) return Faulty(NoPartner("o"));
    if (audit_.direction == plan::Direction::kBackward)
      return {.counts = "SELECT count(*)" + backward,
              .parts = {},
              .faults = absl::StrCat("SELECT o.*", backward, Ordered(*check_.other, "o"))};
    return {.counts = absl::StrCat("SELECT f + b, f, b FROM (SELECT count(*)", forward,
                                   ") AS x (f), (SELECT count(*)", backward, ") AS y (b)"),
            .parts = {"forward", "backward"},
            .faults = absl::StrCat(SideList("s", audit_.table), forward, " UNION ALL ",
                                   SideList("o", *audit_.other), backward)};
  }

  // The columns of the join as text: those of two tables can stand below each other.
  std::string SideList(const std::string& alias, const pg::QualifiedName& table) const {
    std::string list =
        absl::StrCat("SELECT ", Literal(pg::DisplayName(table)), "::text AS \"table\"");
    for (const plan::ColumnPair& pair : audit_.join)
      absl::StrAppend(&list, ", ", alias, ".",
                      pg::QuoteIdentifier(alias == "s" ? pair.source : pair.target), "::text AS ",
                      pg::QuoteIdentifier(pair.source));
    return list;
  }

  // The ids of one side, each once, with the number of its rows.
  std::string Ids(const std::string& alias) const {
    const Texts sides = Sides(alias);
    Texts named;
    for (size_t i = 0; i < sides.size(); ++i) named.push_back(absl::StrCat(sides[i], " AS id", i));
    return absl::StrCat("(SELECT ", absl::StrJoin(named, ", "), ", count(*) AS n FROM ",
                        From(alias), " WHERE ", NoNulls(sides), " GROUP BY ",
                        absl::StrJoin(sides, ", "), ")");
  }
  // Both sides' ids beside each other: a full outer join.
  std::string BothIds() const {
    Texts pairs;
    for (size_t i = 0; i < audit_.join.size(); ++i)
      pairs.push_back(absl::StrCat("a.id", i, " ", check_.equals[i], " b.id", i));
    return absl::StrCat(" FROM ", Ids("s"), " AS a FULL JOIN ", Ids("o"), " AS b ON ",
                        absl::StrJoin(pairs, " AND "));
  }
  std::string IdList() const {
    Texts names;
    for (size_t i = 0; i < audit_.join.size(); ++i)
      names.push_back(absl::StrCat("coalesce(a.id", i, "::text, b.id", i, "::text) AS ",
                                   pg::QuoteIdentifier(audit_.join[i].source)));
    return absl::StrJoin(names, ", ");
  }

  CheckSql Alignment() const {
    const std::string both = BothIds();
    return {.counts = absl::StrCat(
                "SELECT only_s + only_o + more_s + more_o, ids_s, ids_o, only_s, only_o, more_s, "
                "more_o FROM (SELECT count(a.n) AS ids_s, count(b.n) AS ids_o, "
                "count(*) FILTER (WHERE b.n IS NULL) AS only_s, "
                "count(*) FILTER (WHERE a.n IS NULL) AS only_o, "
                "coalesce(sum(a.n - 1), 0) AS more_s, coalesce(sum(b.n - 1), 0) AS more_o",
                both, ") AS t"),
            .parts = {"ids", "other_ids", "missing_in_other", "missing_in_table",
                      "surplus_in_table", "surplus_in_other"},
            .faults = absl::StrCat(
                "SELECT ", IdList(),
                ", coalesce(a.n, 0) AS rows_in_table, coalesce(b.n, 0) AS "
                "rows_in_other",
                both, " WHERE a.n IS DISTINCT FROM 1 OR b.n IS DISTINCT FROM 1 ORDER BY ",
                Numbers(audit_.join.size()))};
  }

  static std::string Numbers(size_t count) {
    Texts numbers;
    for (size_t i = 1; i <= count; ++i) numbers.push_back(absl::StrCat(i));
    return absl::StrJoin(numbers, ", ");
  }

  CheckSql Cardinality() const {
    const std::string few = audit_.min.has_value() ? absl::StrCat("n < ", *audit_.min) : "false";
    const std::string many = audit_.max.has_value() ? absl::StrCat("n > ", *audit_.max) : "false";
    std::string keys;
    size_t columns = audit_.columns.size();
    if (audit_.other.has_value()) {
      columns = audit_.join.size();
      keys = absl::StrCat("SELECT ", IdList(), ", coalesce(a.n, 0) AS n", BothIds());
    } else {
      Texts names;
      for (const std::string& name : audit_.columns)
        names.push_back("s." + pg::QuoteIdentifier(name));
      const std::string list = absl::StrJoin(names, ", ");
      keys = absl::StrCat("SELECT ", list, ", count(*) AS n FROM ", From("s"), " WHERE ",
                          NoNulls(names), " GROUP BY ", list);
    }
    Texts names;
    for (size_t i = 0; i < columns; ++i) names.push_back(absl::StrCat("k", i));
    Texts shown;
    for (size_t i = 0; i < columns; ++i)
      shown.push_back(
          absl::StrCat(names[i], " AS ",
                       pg::QuoteIdentifier(audit_.other.has_value() ? audit_.join[i].source
                                                                    : audit_.columns[i])));
    const std::string from =
        absl::StrCat(" FROM (", keys, ") AS k (", absl::StrJoin(names, ", "), ", n)");
    return {.counts = absl::StrCat("SELECT count(*) FILTER (WHERE ", few, " OR ", many,
                                   "), count(*), count(*) FILTER (WHERE ", few,
                                   "), count(*) FILTER (WHERE ", many, ")", from),
            .parts = {"keys", "too_few", "too_many"},
            .faults = absl::StrCat("SELECT ", absl::StrJoin(shown, ", "), ", n AS rows", from,
                                   " WHERE ", few, " OR ", many, " ORDER BY ", Numbers(columns))};
  }

  CheckSql Freshness() const {
    const std::string newest = absl::StrCat("max(s.", pg::QuoteIdentifier(audit_.column), ")");
    return {
        .counts = absl::StrCat("SELECT CASE WHEN ", newest, "::timestamptz >= now() - interval '",
                               audit_.within_seconds, " seconds' THEN 0 ELSE 1 END, ", newest,
                               "::text FROM ", From("s")),
        .parts = {},
        .faults = ""};
  }

  const Check& check_;
  const Audit& audit_;
};

}  // namespace

CheckSql SqlOf(const Check& check) { return SqlWriter(check).Write(); }

}  // namespace regraft::audit

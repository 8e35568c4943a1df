#include "engine/catalog/namespace_names.h"

#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <algorithm>
#include <utility>

namespace regraft::catalog {
namespace {

// What has a name in some schema: (space, name, kind, oid, yields). %s is the condition for each.
constexpr const char* kNames = R"sql(
SELECT 0 AS space, c.relname AS name, CASE c.relkind WHEN 'r' THEN 'table'
         WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
         WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite type'
         ELSE CASE WHEN k.contype IS NULL THEN 'index' ELSE 'constraint' END END AS kind,
       c.oid, false AS yields
FROM pg_class c
LEFT JOIN pg_constraint k ON c.relkind IN ('i', 'I') AND k.conindid = c.oid
  AND k.contype IN ('p', 'u', 'x')
WHERE %s
UNION ALL
SELECT 1, y.typname, CASE WHEN y.typelem <> 0 AND e.typarray = y.oid THEN 'array type'
         WHEN y.typtype = 'c' AND r.relkind <> 'c' THEN 'row type'
         WHEN y.typtype = 'c' THEN 'composite type'
         WHEN y.typtype = 'e' THEN 'enum' WHEN y.typtype = 'd' THEN 'domain'
         WHEN y.typtype IN ('r', 'm') THEN 'range' ELSE 'type' END,
       y.oid, y.typelem <> 0 AND coalesce(e.typarray = y.oid, false)
FROM pg_type y LEFT JOIN pg_type e ON e.oid = y.typelem LEFT JOIN pg_class r ON r.oid = y.typrelid
WHERE %s
UNION ALL
SELECT 2, s.stxname, 'statistics', s.oid, false FROM pg_statistic_ext s
WHERE %s
)sql";

constexpr const char* kOfTable = R"sql(
SELECT n.*, n.space = 2
FROM (
  SELECT 0 AS space, $1::oid AS oid
  UNION ALL SELECT 0, indexrelid FROM pg_index WHERE indrelid = $1::oid
  UNION ALL SELECT 0, d.objid FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid
      AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  UNION ALL SELECT 1, reltype FROM pg_class WHERE oid = $1::oid
  UNION ALL SELECT 1, r.typarray FROM pg_class c JOIN pg_type r ON r.oid = c.reltype
    WHERE c.oid = $1::oid
  UNION ALL SELECT 2, oid FROM pg_statistic_ext WHERE stxrelid = $1::oid
) AS mine CROSS JOIN LATERAL (%s) AS n
ORDER BY n.space = 2, n.space, n.oid <> $1::oid, n.name
)sql";

absl::StatusOr<std::vector<SchemaName>> ReadWith(pg::Connection& connection, const std::string& sql,
                                                 const std::string& parameter) {
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(sql, {parameter}));
  std::vector<SchemaName> names;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    const auto space = static_cast<NameSpace>(cells.Int32());
    std::string name = cells.Text(), kind = cells.Text();
    const uint32_t oid = cells.Oid();
    const bool yields = cells.Bool();
    names.push_back({.name = std::move(name),
                     .space = space,
                     .kind = std::move(kind),
                     .oid = oid,
                     .yields = yields,
                     .by_hand = cells.Bool()});
  }
  return names;
}

// The longest beginning of at most `bytes` bytes that ends between two UTF-8 characters.
std::string CutAt(const std::string& text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

absl::StatusOr<std::vector<SchemaName>> ReadNames(pg::Connection& connection,
                                                  const std::string& schema) {
  constexpr const char* kOf = "(SELECT oid FROM pg_namespace WHERE nspname = $1)";
  const std::string names = absl::StrFormat(kNames, absl::StrCat("c.relnamespace = ", kOf),
                                            absl::StrCat("y.typnamespace = ", kOf),
                                            absl::StrCat("s.stxnamespace = ", kOf));
  return ReadWith(connection,
                  absl::StrCat("SELECT n.*, false FROM (", names, ") n ORDER BY n.space, n.name"),
                  schema);
}

absl::StatusOr<std::vector<SchemaName>> NamesOf(pg::Connection& connection, uint32_t oid) {
  // By OID, so that the server looks up a handful of names and does not gather all of them.
  const std::string names =
      absl::StrFormat(kNames, "mine.space = 0 AND c.oid = mine.oid",
                      "mine.space = 1 AND y.oid = mine.oid", "mine.space = 2 AND s.oid = mine.oid");
  ASSIGN_OR_RETURN(std::vector<SchemaName> found,
                   ReadWith(connection, absl::StrFormat(kOfTable, names), absl::StrCat(oid)));
  if (found.empty())
    return absl::NotFoundError(absl::StrCat("no relation with OID ", oid, " exists any more"));
  return found;
}

std::vector<NameClash> FindClashes(const std::vector<SchemaName>& moving,
                                   const std::string& new_name,
                                   const std::vector<SchemaName>& taken) {
  std::set<std::pair<NameSpace, uint32_t>> own;
  for (const SchemaName& name : moving) own.emplace(name.space, name.oid);
  std::vector<NameClash> clashes;
  for (size_t i = 0; i < moving.size(); ++i) {
    SchemaName name = moving[i];
    if (name.yields) continue;
    if (i == 0 || name.kind == "row type") name.name = new_name;
    for (const SchemaName& other : taken)
      if (!other.yields && other.space == name.space && other.name == name.name &&
          own.count({other.space, other.oid}) == 0)
        clashes.push_back({name, other});
  }
  return clashes;
}

std::string FreeName(const std::string& wanted, const std::set<std::string>& taken) {
  constexpr size_t kNameBytesMax = 63;  // NAMEDATALEN - 1
  std::string name = CutAt(wanted, kNameBytesMax);
  for (int number = 2; taken.count(name) > 0; ++number) {
    const std::string suffix = absl::StrCat("_", number);
    name = CutAt(wanted, kNameBytesMax - suffix.size()) + suffix;
  }
  return name;
}

}  // namespace regraft::catalog

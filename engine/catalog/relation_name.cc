#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace regraft::catalog {
namespace {

constexpr const char* kQualifiedQuery = R"sql(
SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
)sql";

// reset_val is the search path that the session started with – from the role's or the database's
// setting, the connection string, or the server –, however it was set since. The server skips
// schemas that the role may not use, and looks into pg_catalog first unless the path names it.
constexpr const char* kSearchPathQuery = R"sql(
WITH path(schema, position) AS (
  SELECT CASE WHEN coalesce(word[1], word[2]) = '$user' THEN current_user::text
              ELSE coalesce(replace(word[1], '""', '"'), lower(word[2])) END, position
  FROM pg_settings, regexp_matches(reset_val, '"((?:[^"]|"")*)"|([^\s,"]+)', 'g')
                    WITH ORDINALITY AS item(word, position)
  WHERE name = 'search_path'
), complete(schema, position) AS (
  SELECT schema, position FROM path
  UNION ALL
  SELECT 'pg_catalog', 0 WHERE NOT EXISTS (SELECT FROM path WHERE schema = 'pg_catalog')
)
SELECT c.oid FROM complete p
JOIN pg_namespace n ON n.nspname = p.schema AND has_schema_privilege(n.oid, 'USAGE')
JOIN pg_class c ON c.relnamespace = n.oid
WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY p.position LIMIT 1
)sql";

constexpr const char* kAllRelationsQuery = R"sql(
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)'
ORDER BY n.nspname, c.relname
)sql";

// The number of single-byte edits between two names, case aside.
size_t EditDistance(const std::string& from, const std::string& to) {
  const std::string a = absl::AsciiStrToLower(from);
  const std::string b = absl::AsciiStrToLower(to);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row[b.size()];
}

// A wrong schema counts little: the right name elsewhere is the likeliest thing meant.
size_t Distance(const pg::QualifiedName& typed, const pg::QualifiedName& existing) {
  const size_t schema = typed.schema.empty() ? 0 : EditDistance(typed.schema, existing.schema);
  return 2 * EditDistance(typed.name, existing.name) + std::min<size_t>(schema, 3);
}

}  // namespace

absl::StatusOr<std::optional<uint32_t>> FindRelation(pg::Connection& connection,
                                                     const pg::QualifiedName& name) {
  auto answer = name.schema.empty() ? connection.Query(kSearchPathQuery, {name.name})
                                    : connection.Query(kQualifiedQuery, {name.schema, name.name});
  ASSIGN_OR_RETURN(const pg::Result result, std::move(answer));
  if (result.rows() == 0) return std::optional<uint32_t>();
  return std::optional<uint32_t>(Cells(result, 0).Oid());
}

absl::StatusOr<std::vector<std::string>> SimilarRelations(pg::Connection& connection,
                                                          const pg::QualifiedName& name) {
  // Beyond a third of the letters a proposal is noise.
  const size_t farthest = 2 * std::max<size_t>(2, name.name.size() / 3) + 3;
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(kAllRelationsQuery, {}));
  std::vector<std::pair<size_t, std::string>> near;
  for (int row = 0; row < result.rows(); ++row) {
    const pg::QualifiedName existing = Cells(result, row).Name();
    const size_t distance = Distance(name, existing);
    if (distance <= farthest) near.emplace_back(distance, pg::DisplayName(existing));
  }
  std::sort(near.begin(), near.end());
  near.resize(std::min<size_t>(near.size(), 3));
  std::vector<std::string> names;
  names.reserve(near.size());
  for (auto& [distance, display] : near) names.push_back(std::move(display));
  return names;
}

}  // namespace regraft::catalog

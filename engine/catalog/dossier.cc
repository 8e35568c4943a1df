#include "engine/catalog/dossier.h"

#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/dossier_queries.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace regraft::catalog {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kTouched = R"sql(
WITH touched AS MATERIALIZED (
  SELECT c.*, n.nspname, format('%I.%I', n.nspname, c.relname) AS own
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ANY ($1::oid[])
)
SELECT oid, 'schema' AS fact, nspname::text AS line FROM touched
UNION ALL SELECT oid, 'relname', relname FROM touched
)sql";

// One statement, so that all of it is of one moment.
std::string WholeQuery(int server_version) {
  std::string sql = kTouched;
  for (const auto* queries :
       {&kShapeQueries, &kConstraintQueries, &kBehaviourQueries, &kLinkQueries})
    for (const DossierQuery& query : *queries)
      if (query.since <= server_version && server_version < query.until)
        absl::StrAppend(&sql, "UNION ALL ", query.sql, "\n");
  return sql;
}

// Only its ORDER BY inside the aggregate could sort columns by number; the answer's rows have no
// order. So they come as "number name …", with the number in front padded to five digits.
constexpr size_t kNumberDigits = 5;

void Finish(Dossier* dossier) {
  dossier->name = {dossier->facts["schema"].at(0), dossier->facts["relname"].at(0)};
  dossier->facts.erase("schema");
  dossier->facts.erase("relname");
  for (auto& [fact, lines] : dossier->facts) {
    std::sort(lines.begin(), lines.end());
    if (fact == "columns")
      for (std::string& line : lines) line.erase(0, kNumberDigits + 1);
  }
}

Lines Difference(const Lines& from, const Lines& without) {
  Lines sorted_from = from, sorted_without = without, rest;
  std::sort(sorted_from.begin(), sorted_from.end());
  std::sort(sorted_without.begin(), sorted_without.end());
  std::set_difference(sorted_from.begin(), sorted_from.end(), sorted_without.begin(),
                      sorted_without.end(), std::back_inserter(rest));
  return rest;
}

std::string Order(const Lines& lines) {
  return absl::StrCat("order: ", absl::StrJoin(lines, ", "));
}

}  // namespace

absl::StatusOr<std::vector<Dossier>> ReadDossiers(pg::Connection& connection,
                                                  const std::vector<uint32_t>& oids) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(WholeQuery(connection.server_version()),
                                            {absl::StrCat("{", absl::StrJoin(oids, ","), "}")}));
  std::map<uint32_t, Dossier> read;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    const uint32_t oid = cells.Oid();
    const std::string fact = cells.Text();
    read[oid].facts[fact].push_back(cells.Text());
  }
  std::vector<Dossier> dossiers;
  for (const uint32_t oid : oids) {
    const auto found = read.find(oid);
    if (found == read.end()) continue;
    found->second.oid = oid;
    Finish(&found->second);
    dossiers.push_back(std::move(found->second));
    read.erase(found);
  }
  return dossiers;
}

absl::StatusOr<Dossier> ReadDossier(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(std::vector<Dossier> dossiers, ReadDossiers(connection, {oid}));
  if (dossiers.empty())
    return absl::NotFoundError(absl::StrCat("no relation with OID ", oid, " exists any more"));
  return std::move(dossiers[0]);
}

std::vector<DossierChange> CompareDossiers(const Dossier& before, const Dossier& after) {
  std::set<std::string> facts;
  for (const auto* dossier : {&before, &after})
    for (const auto& [fact, lines] : dossier->facts) facts.insert(fact);
  std::vector<DossierChange> changes;
  const auto lines_of = [](const Dossier& dossier, const std::string& fact) {
    const auto found = dossier.facts.find(fact);
    return found == dossier.facts.end() ? Lines() : found->second;
  };
  for (const std::string& fact : facts) {
    const Lines old_lines = lines_of(before, fact), new_lines = lines_of(after, fact);
    if (old_lines == new_lines) continue;
    DossierChange change{pg::DisplayName(before.name), fact, Difference(old_lines, new_lines),
                         Difference(new_lines, old_lines)};
    if (change.gone.empty() && change.come.empty()) {
      change.gone.push_back(Order(old_lines));
      change.come.push_back(Order(new_lines));
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace regraft::catalog

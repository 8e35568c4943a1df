#include "engine/base/status_macros.h"
#include "engine/ledger/ledger.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include <utility>

namespace regraft::ledger {
namespace {

using nlohmann::json;

json DatabaseToJson(const catalog::DatabaseIdentity& identity) {
  return {{"system", identity.system_identifier},
          {"database", identity.database},
          {"oid", identity.database_oid}};
}

json MappingToJson(const plan::Mapping& mapping) {
  json document = {{"overflow", mapping.overflow}, {"where", mapping.where}};
  for (const plan::Constant& constant : mapping.constants)
    document["set"][constant.column] = constant.value;
  for (const plan::ColumnPair& pair : mapping.columns)
    document["columns"][pair.source] = pair.target;
  for (const plan::ValueMap& map : mapping.value_maps) {
    json entry = {{"source", map.source}};
    for (const auto& [key, value] : map.pairs)
      entry["pairs"][key] = value.has_value() ? json(*value) : json(nullptr);
    if (map.otherwise.has_value()) entry["otherwise"] = *map.otherwise;
    if (map.when_null.has_value()) entry["null"] = *map.when_null;
    document["map"][map.target] = entry;
  }
  for (const plan::Fill& fill : mapping.fills)
    document["fill"][fill.column] = {{fill.is_sql ? "sql" : "literal", fill.value}};
  for (const plan::ZonedColumn& zoned : mapping.zones) document["zones"][zoned.column] = zoned.zone;
  if (mapping.mint_keys) document["mint_keys"] = true;
  return document;
}

constexpr const char* kCopyColumns =
    "c.copy_id, c.source_name, c.target_name, c.source_database, c.source_oid, c.target_oid,"
    " c.same_database, c.provenance, c.read_back";

constexpr const char* kCopiesIntoQuery = R"sql(
FROM regraft.copy c
JOIN (SELECT copy_id, max(run_id) AS latest FROM regraft.run
      WHERE state <> 'discarded' GROUP BY copy_id) r USING (copy_id)
WHERE $1::oid = 0 OR c.target_oid = $1::oid
ORDER BY r.latest DESC
)sql";

constexpr const char* kInsertCopy = R"sql(
INSERT INTO regraft.copy (identity_digest, identity, source_name, source_oid, source_database,
                          same_database, target_name, target_oid, provenance, read_back)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING copy_id
)sql";

absl::StatusOr<CopyRecord> CopyFromRow(const pg::Result& result, int row) {
  CopyRecord copy{.copy_id = result.Int64(row, 0),
                  .source_name = result.Text(row, 1),
                  .target_name = result.Text(row, 2),
                  .source_database = result.Text(row, 3),
                  .source_oid = static_cast<uint32_t>(result.Int64(row, 4)),
                  .target_oid = static_cast<uint32_t>(result.Int64(row, 5)),
                  .same_database = result.Bool(row, 6),
                  .provenance = result.Text(row, 7)};
  ASSIGN_OR_RETURN(copy.read_back, analysis::ReadBackFromJson(result.Text(row, 8)));
  return copy;
}

}  // namespace

std::string CopyIdentity(const analysis::CopyPlan& plan) {
  const json document = {{"source_database", DatabaseToJson(plan.source_database)},
                         {"target_database", DatabaseToJson(plan.target_database)},
                         {"source", plan.source.oid},
                         {"target", plan.target.oid},
                         {"columns", plan.back.source_columns},
                         {"mapping", MappingToJson(plan.request.mapping)}};
  return document.dump();  // keys are sorted: canonical
}

absl::StatusOr<std::optional<CopyRecord>> FindCopy(pg::Connection& connection,
                                                   const std::string& identity) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(absl::StrCat("SELECT ", kCopyColumns,
                                                 " FROM regraft.copy c WHERE identity_digest = $1"),
                                    {digest::HashRow(identity).Hex()}));
  if (result.rows() == 0) return std::nullopt;
  ASSIGN_OR_RETURN(CopyRecord copy, CopyFromRow(result, 0));
  return copy;
}

absl::StatusOr<std::vector<CopyRecord>> CopiesInto(pg::Connection& connection,
                                                   uint32_t target_oid) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(absl::StrCat("SELECT ", kCopyColumns, kCopiesIntoQuery),
                                    {absl::StrCat(target_oid)}));
  std::vector<CopyRecord> copies;
  copies.reserve(static_cast<size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) {
    ASSIGN_OR_RETURN(CopyRecord copy, CopyFromRow(result, row));
    copies.push_back(std::move(copy));
  }
  return copies;
}

absl::StatusOr<int64_t> InsertCopy(pg::Connection& connection, const analysis::CopyPlan& plan) {
  const std::string identity = CopyIdentity(plan);
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(
          kInsertCopy,
          {digest::HashRow(identity).Hex(), identity, pg::DisplayName(plan.source.name),
           absl::StrCat(plan.source.oid), plan.source_database.database,
           plan.same_database ? "t" : "f", pg::DisplayName(plan.target.name),
           absl::StrCat(plan.target.oid), plan::DiscriminatorWords(plan.request.mapping),
           analysis::ReadBackToJson(plan.back)}));
  return result.Int64(0, 0);
}

absl::Status UpdateReadBack(pg::Connection& connection, int64_t copy_id,
                            const analysis::CopyPlan& plan) {
  return connection
      .Query("UPDATE regraft.copy SET read_back = $2 WHERE copy_id = $1",
             {absl::StrCat(copy_id), analysis::ReadBackToJson(plan.back)})
      .status();
}

}  // namespace regraft::ledger

#include "engine/ledger/plan_proofs.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

namespace regraft::ledger {
namespace {

std::optional<std::string> Number(const std::optional<int64_t>& value) {
  return value.has_value() ? std::optional(absl::StrCat(*value)) : std::nullopt;
}

std::optional<std::string> TextOrNull(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

constexpr const char* kLatestEqual = R"sql(
SELECT verified_at, rows_source, rows_target, rows_remainder, coalesce(source_digest, ''),
       coalesce(rebuilt_digest, ''), words
FROM regraft.plan_verification WHERE run_id = $1 AND action_id = $2 AND equal
ORDER BY verification_id DESC LIMIT 1
)sql";

constexpr const char* kMergedRows = R"sql(
SELECT r.run_id, r.others_rows, r.landed_digest, c.read_back
FROM regraft.run r JOIN regraft.copy c USING (copy_id)
WHERE c.source_oid = $1 AND c.target_oid = $2 AND c.provenance = $3
  AND r.state NOT IN ('discarded', 'copying')
ORDER BY r.run_id DESC LIMIT 1
)sql";

}  // namespace

absl::Status InsertPlanVerification(pg::Connection& connection, int64_t run_id,
                                    const PlanVerification& verification) {
  return connection
      .Query(
          "INSERT INTO regraft.plan_verification (run_id, action_id, equal, rows_source, "
          "rows_target, rows_remainder, source_digest, rebuilt_digest, words) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {absl::StrCat(run_id), verification.action_id, verification.equal ? "t" : "f",
           Number(verification.rows_source), Number(verification.rows_target),
           Number(verification.rows_remainder), TextOrNull(verification.source_digest),
           TextOrNull(verification.rebuilt_digest), verification.words})
      .status();
}

absl::StatusOr<std::optional<PlanVerification>> LatestEqual(pg::Connection& connection,
                                                            int64_t run_id,
                                                            const std::string& action_id) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kLatestEqual, {absl::StrCat(run_id), action_id}));
  if (result.rows() == 0) return std::nullopt;
  return std::optional(PlanVerification{.action_id = action_id,
                                        .verified_at = result.Text(0, 0),
                                        .equal = true,
                                        .rows_source = result.OptionalInt64(0, 1),
                                        .rows_target = result.OptionalInt64(0, 2),
                                        .rows_remainder = result.OptionalInt64(0, 3),
                                        .source_digest = result.Text(0, 4),
                                        .rebuilt_digest = result.Text(0, 5),
                                        .words = result.Text(0, 6)});
}

absl::Status StoreReceipt(pg::Connection& connection, int64_t run_id, const std::string& action_id,
                          const std::string& root, const std::string& document) {
  return connection
      .Query(
          "INSERT INTO regraft.receipt (run_id, action_id, root, document) SELECT $1, $2, $3, $4 "
          "WHERE NOT EXISTS (SELECT FROM regraft.receipt WHERE run_id = $1 AND action_id = $2 AND "
          "root = $3)",
          {absl::StrCat(run_id), action_id, root, document})
      .status();
}

absl::StatusOr<std::optional<MergedRows>> FindMergedRows(pg::Connection& connection,
                                                         uint32_t source_oid, uint32_t target_oid,
                                                         const std::string& discriminator) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kMergedRows, {absl::StrCat(source_oid),
                                                  absl::StrCat(target_oid), discriminator}));
  if (result.rows() == 0) return std::nullopt;
  MergedRows merged{.run_id = result.Int64(0, 0), .others_rows = result.Int64(0, 1)};
  if (!result.IsNull(0, 2)) merged.landed_digest = result.Text(0, 2);
  ASSIGN_OR_RETURN(merged.read_back, analysis::ReadBackFromJson(result.Text(0, 3)));
  return std::optional(std::move(merged));
}

}  // namespace regraft::ledger

#include "engine/copy/recheck.h"

#include "engine/base/status_macros.h"
#include "engine/verification/digest_rows.h"

#include "absl/strings/str_cat.h"

namespace regraft::copy {

absl::StatusOr<std::vector<std::string>> LedgerDamage(pg::Connection& connection,
                                                      const ledger::RunRecord& run) {
  ASSIGN_OR_RETURN(const auto chunks, ledger::ReadChunks(connection, run.run_id));
  ASSIGN_OR_RETURN(const auto done, ledger::ReadDone(connection, run.run_id));
  std::vector<std::string> damage;
  if (chunks.empty() || done.size() != chunks.size())
    damage.push_back(absl::StrCat("run ", run.run_id, ": ", done.size(), " of ", chunks.size(),
                                  " chunks are recorded as done"));
  int64_t rows = run.remainder_rows;
  for (const ledger::DoneChunk& chunk : done) rows += chunk.written.rows;
  if (run.source_rows.has_value() && *run.source_rows != rows)
    damage.push_back(absl::StrCat("run ", run.run_id, ": the source had ", *run.source_rows,
                                  " rows, but its chunks hold ", rows,
                                  ", those set aside included"));
  return damage;
}

absl::StatusOr<std::string> RemainderDamage(pg::Connection& connection,
                                            const pg::ConnectOptions& connect,
                                            const analysis::ReadBackPlan& plan,
                                            const ledger::RunRecord& run) {
  if (!run.remainder_digest.has_value()) return "";
  const auto table = catalog::ReadTable(connection, run.remainder_oid);
  if (table.status().code() == absl::StatusCode::kNotFound)
    return absl::StrCat("the remainder table ", *run.remainder_name, " is gone, with ",
                        run.remainder_rows, " rows");
  RETURN_IF_ERROR(table.status());
  ASSIGN_OR_RETURN(const digest::SetDigest found,
                   verification::DigestRows({.connect = connect,
                                             .leaves = table->leaves,
                                             .select = plan.source_select,
                                             .where = "",
                                             .snapshot = "",
                                             .jobs = 1},
                                            plan.source_shapes));
  if (found.rows == run.remainder_rows && found.sum.Hex() == *run.remainder_digest) return "";
  return absl::StrCat("the remainder table ", pg::DisplayName(table->name),
                      " no longer holds what was set aside: ", run.remainder_rows, " rows were, ",
                      found.rows, " are there");
}

}  // namespace regraft::copy

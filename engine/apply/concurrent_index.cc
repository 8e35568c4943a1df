#include "engine/apply/concurrent_index.h"

#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/pause.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <chrono>

namespace regraft::apply {
namespace {

constexpr const char* kStateQuery = R"sql(
SELECT CASE WHEN i.indrelid <> $2 OR NOT i.indisunique OR i.indnkeyatts <> 1 OR num_nonnulls(i.indpred, i.indexprs) > 0
              OR a.attname <> $3 THEN 'other'
            WHEN i.indisvalid THEN 'valid' ELSE 'invalid' END
FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE c.oid = to_regclass($1)
)sql";

// "valid", "invalid", "other" (somebody's own relation of that name), or empty: there is none.
absl::StatusOr<std::string> StateOf(Run* run, const ConcurrentIndex& index) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      run->connection.Query(kStateQuery, {index.name, absl::StrCat(index.table), index.column}));
  if (found.rows() == 0) return "";
  return found.IsNull(0, 0) ? "other" : found.Text(0, 0);
}

// The session of a program that was killed builds on, and commits by itself.
absl::Status WaitForBuilder(Run* run, const ConcurrentIndex& index) {
  const Deadline deadline = Deadline::After(std::chrono::seconds(run->options.lock_wait_seconds));
  for (bool first = true;; first = false) {
    ASSIGN_OR_RETURN(
        const pg::Result builder,
        run->connection.Query("SELECT min(pid) FROM pg_stat_progress_create_index WHERE relid = $1",
                              {absl::StrCat(index.table)}));
    if (builder.IsNull(0, 0)) return absl::OkStatus();
    const std::string words =
        absl::StrCat("pid ", builder.Text(0, 0), " still builds an index of ", index.table_name);
    if (deadline.passed() || run->options.stop_wanted())
      return WithKind(absl::UnavailableError(words + "; the same command again is safe"),
                      FailureKind::kLock);
    if (first) run->options.say("waiting: " + words);
    PauseBetweenAttempts();
  }
}

// Both directions wait for the transactions that may not know the index. None of ours is open.
absl::Status RunWithLimit(Run* run, const std::string& sql) {
  absl::Status done = Annotate(run->connection.Run(sql), "at \"" + sql.substr(0, 200) + "\"");
  if (pg::Sqlstate(done) != pg::kLockNotAvailable) return done;
  return WithKind(Annotate(done, "others held what an index waits for, such as an old snapshot"),
                  FailureKind::kLock);
}

}  // namespace

absl::Status DropInvalid(Run* run, const ConcurrentIndex& index) {
  RETURN_IF_ERROR(WaitForBuilder(run, index));
  ASSIGN_OR_RETURN(const std::string state, StateOf(run, index));
  if (state != "invalid") return absl::OkStatus();
  return RunWithLimit(run, "DROP INDEX CONCURRENTLY IF EXISTS " + index.name);
}

absl::Status BuildConcurrently(Run* run, const ConcurrentIndex& index) {
  RETURN_IF_ERROR(DropInvalid(run, index));
  ASSIGN_OR_RETURN(const std::string state, StateOf(run, index));
  if (state == "valid") return absl::OkStatus();
  if (state == "other")
    return Differences(absl::StrCat("the name ", index.name,
                                    " was free when the plan was made, and is somebody else's "
                                    "now; rename that, and run the same command again"));
  absl::Status built = RunWithLimit(run, index.sql);
  if (!built.ok()) DropInvalid(run, index).IgnoreError();  // the build's failure is the cause
  return built;
}

}  // namespace regraft::apply

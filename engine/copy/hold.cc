#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/lock.h"
#include "engine/pg/error.h"
#include "engine/pg/snapshot.h"

#include "absl/strings/str_cat.h"

namespace regraft::copy {
namespace {

// Copy rate assumed for a table that nobody has measured: errs on the slow side.
constexpr double kBytesPerSecondGuess = 60e6;

void SayHowLong(const Job& job) {
  const auto bytes = static_cast<double>(job.plan.source.total_bytes());
  job.options.say(absl::StrCat("writers of ", job.report->source, " wait about ",
                               static_cast<int64_t>(bytes / kBytesPerSecondGuess) + 1, " s (",
                               static_cast<int64_t>(bytes / 1e6), " MB at an assumed ",
                               static_cast<int64_t>(kBytesPerSecondGuess / 1e6),
                               " MB/s); readers do not",
                               job.options.conclude ? "" : "; --no-lock lets writers go on"));
}

// Materialized views and foreign tables cannot be locked; a view locks what it reads.
bool Lockable(const catalog::Table& table) {
  return table.relkind == 'r' || table.relkind == 'p' || table.relkind == 'v';
}

// What the server refuses a SHARE lock for, where --no-lock would do.
bool SharedLockRefused(const absl::Status& status) {
  constexpr std::string_view kReadOnly = "25006";  // a standby
  const std::string sqlstate = pg::Sqlstate(status);
  return sqlstate == pg::kInsufficientPrivilege || sqlstate == kReadOnly;
}

}  // namespace

absl::Status LockSource(Job* job) {
  if (!Lockable(job->plan.source)) return absl::OkStatus();
  if (job->options.lock) SayHowLong(*job);
  // TRUNCATE and rewrites do not respect snapshots: the weakest lock of all keeps them out.
  auto locked = HoldTableLock(job->Source("source-locker"), job->plan.source.name,
                              job->options.lock ? "SHARE" : "ACCESS SHARE",
                              {job->options.lock_wait_seconds, job->options.say});
  if (!locked.ok() && job->options.lock && SharedLockRefused(locked.status()))
    return Annotate(locked.status(),
                    absl::StrCat("a SHARE lock on ", job->report->source,
                                 " needs more than SELECT, and a primary server; --no-lock copies "
                                 "without it, from one snapshot"));
  ASSIGN_OR_RETURN(job->source_lock, std::move(locked));
  return CheckSourceStructure(job);
}

absl::Status TakeSnapshot(Job* job) {
  pg::ConnectOptions options = job->Source("source-exporter");
  job->exporter_scope = options.scope = std::make_shared<pg::CancelScope>();
  ASSIGN_OR_RETURN(job->exporter, pg::Connection::Open(options));
  ASSIGN_OR_RETURN(job->snapshot, pg::BeginAndExport(&*job->exporter));
  return absl::OkStatus();
}

absl::Status GuardTarget(Job* job) {
  if (job->trigger_mode == execution::TriggerMode::kDisabledInside)
    return absl::OkStatus();  // its lane locks more
  ASSIGN_OR_RETURN(
      job->target_lock,
      HoldTableLock(job->Target("target-guard"), job->plan.target.name, "ROW EXCLUSIVE",
                    {job->options.lock_wait_seconds, job->options.say}));
  return CheckTargetStructure(job);
}

}  // namespace regraft::copy

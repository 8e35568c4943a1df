#include "engine/base/deadline.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/ledger.h"

#include "absl/strings/str_cat.h"

#include <chrono>
#include <thread>

namespace regraft::ledger {
namespace {

// A session that is ended first finishes what it cannot interrupt, such as a trigger written in C.
constexpr std::chrono::seconds kWaitMax{60};
constexpr std::chrono::milliseconds kLookAgain{100};

}  // namespace

// A session that is used again may be known already; nobody else registers it.
absl::Status RegisterWorker(pg::Connection& connection, int64_t run_id) {
  return connection.Run(absl::StrCat(
      "INSERT INTO regraft.worker (run_id, pid, backend_start) SELECT ", run_id,
      ", a.pid, a.backend_start FROM pg_stat_activity a WHERE a.pid = pg_backend_pid() AND NOT "
      "EXISTS (SELECT FROM regraft.worker w WHERE (w.run_id, w.pid, w.backend_start) = (",
      run_id, ", a.pid, a.backend_start))"));
}

absl::Status ForgetWorkers(pg::Connection& connection, int64_t run_id) {
  return connection.Run(absl::StrCat("DELETE FROM regraft.worker WHERE run_id = ", run_id));
}

absl::Status EndWorkers(pg::Connection& connection, int64_t run_id,
                        const std::function<void(const std::string&)>& say) {
  const std::string living = absl::StrCat(
      "FROM regraft.worker w JOIN pg_stat_activity a ON a.pid = w.pid"
      " AND a.backend_start = w.backend_start WHERE w.pid <> pg_backend_pid() AND w.run_id = ",
      run_id);
  const Deadline deadline = Deadline::After(kWaitMax);
  for (bool first = true;; first = false) {
    ASSIGN_OR_RETURN(const pg::Result left,
                     connection.Execute(absl::StrCat("SELECT a.pid ", living)));
    if (left.rows() == 0) return ForgetWorkers(connection, run_id);
    if (first) {
      say(absl::StrCat("ending ", left.rows(), " sessions that an earlier run left behind"));
      // Refused for a role that may not: then the wait goes on until they end by themselves.
      connection.Run(absl::StrCat("SELECT pg_terminate_backend(a.pid) ", living)).IgnoreError();
    }
    if (deadline.passed()) break;
    std::this_thread::sleep_for(kLookAgain);
  }
  return absl::UnavailableError(
      absl::StrCat("sessions of an earlier run are still busy after ", kWaitMax.count(),
                   " s; end them with: SELECT pg_terminate_backend(a.pid) ", living));
}

}  // namespace regraft::ledger

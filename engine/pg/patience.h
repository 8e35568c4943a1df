// Work that needs locks which others hold. An attempt asks for each a short while only, so that
// those who queue behind it are let through, and begins anew until the time is over.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/status.h"

#include <functional>
#include <string>

namespace regraft::pg {

struct Patience {
  int seconds = 30;
  // Before the first pause, for what is to be said.
  std::function<void()> on_wait = [] {};
  // Before every pause: whether to give up at once, and why.
  std::function<absl::Status()> go_on = [] { return absl::OkStatus(); };
};

// For each lock of an attempt: 3 s, or all the time that there is. As a statement it is for the
// transaction that is open.
int LockTimeoutMs(int seconds);
std::string LockTimeoutSql(int seconds);

// Whether only others' locks were in the way.
bool IsLockedOut(const absl::Status& status);

// Any statement may meet a lock; only those that are made for waiting say whose it is. A failure of
// another becomes kLock; every other status stays what it is.
absl::Status NameLockTimeout(int seconds, const absl::Status& status);

// Repeats `attempt`, which leaves nothing behind where it fails, until it is not locked out.
// Errors: the attempt's; kLock when the time is over.
absl::Status UntilNotLockedOut(const Patience& patience,
                               const std::function<absl::Status()>& attempt);

// The same with a transaction around `work`: `begin` opens it, and may hold more statements.
absl::Status InTransaction(Connection& connection, const std::string& begin,
                           const Patience& patience, const std::function<absl::Status()>& work);

}  // namespace regraft::pg

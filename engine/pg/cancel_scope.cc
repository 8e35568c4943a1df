#include "engine/pg/cancel_scope.h"

#include "engine/pg/cancel_member.h"

#include <libpq-fe.h>

#include <array>
#include <sys/socket.h>

namespace regraft::pg {

void CancelScope::Add(const Member* member) {
  const std::lock_guard lock(mutex_);
  members_.insert(member);
}

void CancelScope::Remove(const Member* member) {
  const std::lock_guard lock(mutex_);
  members_.erase(member);
}

void CancelScope::Cancel() {
  cancelled_.store(true, std::memory_order_release);
  const std::lock_guard lock(mutex_);
  std::array<char, 256> ignored{};
  for (const Member* member : members_)
    PQcancel(member->cancel, ignored.data(), static_cast<int>(ignored.size()));
}

void CancelScope::ShutDownSockets() {
  cancelled_.store(true, std::memory_order_release);
  const std::lock_guard lock(mutex_);
  for (const Member* member : members_) shutdown(member->socket, SHUT_RDWR);
}

}  // namespace regraft::pg

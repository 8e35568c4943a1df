#include "engine/pg/session_pool.h"

#include <algorithm>
#include <utility>

namespace regraft::pg {

std::optional<Connection> SessionPool::Take(const std::string& conninfo, const std::string& role) {
  const std::lock_guard lock(mutex_);
  std::vector<Connection>& idle = idle_[conninfo];
  while (!idle.empty()) {
    const auto same = std::find_if(idle.begin(), idle.end(), [&](const Connection& session) {
      return session.role() == role;
    });
    std::swap(same == idle.end() ? idle.back() : *same, idle.back());
    Connection session = std::move(idle.back());
    idle.pop_back();
    if (session.CheckAlive().ok()) return session;
  }
  return std::nullopt;
}

void SessionPool::Give(Connection session) {
  const std::lock_guard lock(mutex_);
  idle_[session.conninfo_].push_back(std::move(session));
}

}  // namespace regraft::pg

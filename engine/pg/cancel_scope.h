// One switch that stops every connection of a piece of work. Thread-safe; shared by all its
// connections.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>

namespace regraft::pg {

class Connection;

class CancelScope {
 public:
  // Asks the server to cancel what each registered connection is running. Connections refuse new
  // statements from then on. Call it again while waiting: a statement may just have been on its
  // way.
  void Cancel();

  // The last resort when a peer does not answer a cancel: shuts the sockets, so that every blocked
  // read and write returns at once.
  void ShutDownSockets();

  [[nodiscard]] bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

 private:
  friend class Connection;
  struct Member;  // what a cancel needs of a connection, owned by that connection

  void Add(const Member* member);
  void Remove(const Member* member);

  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  std::set<const Member*> members_;
};

}  // namespace regraft::pg

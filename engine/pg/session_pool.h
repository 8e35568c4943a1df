// Sessions that are kept open between their uses. A new one costs a server process, whose catalog
// caches are empty, and the planning of every catalog query: far more than copying a small table.
// Thread-safe. A session comes in without transaction, locks, settings and temporary tables.
#pragma once

#include "engine/pg/connection.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace regraft::pg {

class SessionPool {
 public:
  // The one that had this role last, if it is idle: it knows the statements that will come.
  // nullopt: none is idle that is still served.
  std::optional<Connection> Take(const std::string& conninfo, const std::string& role);
  void Give(Connection session);

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<Connection>> idle_;  // by conninfo
};

}  // namespace regraft::pg

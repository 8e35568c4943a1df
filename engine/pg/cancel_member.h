// What a CancelScope needs of a connection. Internal to this folder.
#pragma once

#include "engine/pg/cancel_scope.h"

#include <libpq-fe.h>

namespace regraft::pg {

struct CancelScope::Member {
  explicit Member(PGconn* connection)
      : cancel(PQgetCancel(connection)), socket(PQsocket(connection)) {}
  ~Member() { PQfreeCancel(cancel); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  PGcancel* cancel;
  int socket;
};

}  // namespace regraft::pg

#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// Asked before it is called: an error would end the caller's transaction.
constexpr const char* kMayReadQuery =
    "SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')";

constexpr const char* kIdentityQuery = R"sql(
SELECT (SELECT system_identifier::text FROM pg_control_system()), datname, oid
FROM pg_database WHERE datname = current_database()
)sql";

// Everybody may execute pg_control_system() unless it was revoked. Then what an ordinary role can
// see of a cluster and what stays over restarts: the server's own address and port, cluster_name,
// and the name of the first superuser. Never equal to a real identifier, so one cluster can look
// like two (harmless: nothing is taken for done); two clusters look like one only with all four
// equal, such as two that are reached by Unix sockets of one port number.
constexpr const char* kSubstituteQuery = R"sql(
SELECT concat_ws('/', 'address', coalesce(host(inet_server_addr()), 'socket'),
                 current_setting('port'), current_setting('cluster_name'), pg_get_userbyid(10)),
       datname, oid
FROM pg_database WHERE datname = current_database()
)sql";

}  // namespace

absl::StatusOr<DatabaseIdentity> ReadDatabaseIdentity(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::Result may_read, connection.Query(kMayReadQuery, {}));
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(may_read.Bool(0, 0) ? kIdentityQuery : kSubstituteQuery, {}));
  Cells cells(result, 0);
  return DatabaseIdentity{
      .system_identifier = cells.Text(), .database = cells.Text(), .database_oid = cells.Oid()};
}

}  // namespace regraft::catalog

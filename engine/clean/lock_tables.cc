// Which tables a repair locks, how, and in which order.

#include "engine/base/status_macros.h"
#include "engine/clean/transaction.h"
#include "engine/pg/error.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

#include <map>

namespace regraft::clean {
namespace {

// The server locks no materialized view or foreign table, and its own catalogs for nobody.
constexpr const char* kReadQuery =
    "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "
    "$1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v') AND n.nspname NOT IN ('pg_catalog', "
    "'information_schema')";

struct TableLock {
  pg::QualifiedName table;
  std::string_view mode;
};

// By OID: two programs that lock in the same order do not wait for each other.
using TableLocks = std::map<uint32_t, TableLock>;

absl::StatusOr<TableLocks> LocksOf(pg::Connection& connection, const Target& target) {
  TableLocks locks = {{target.table().oid, {target.table().name, kWrittenMode}}};
  for (const Referrer& referrer : target.referrers)
    locks.emplace(referrer.check.table->oid, TableLock{referrer.check.table->name, kWrittenMode});
  for (const pg::QualifiedName& name : target.check.relations) {
    ASSIGN_OR_RETURN(const pg::Result found,
                     connection.Query(kReadQuery, {name.schema, name.name}));
    // What is written too has the stronger lock already.
    if (found.rows() > 0)
      locks.emplace(static_cast<uint32_t>(found.Int64(0, 0)), TableLock{name, "SHARE"});
  }
  return locks;
}

}  // namespace

absl::Status LockTables(pg::Connection& connection, const Target& target) {
  ASSIGN_OR_RETURN(const TableLocks locks, LocksOf(connection, target));
  for (const auto& [oid, lock] : locks) {
    const std::string name = pg::QuoteQualified(lock.table);
    const absl::Status locked =
        connection.Run(absl::StrCat("LOCK TABLE ", name, " IN ", std::string(lock.mode), " MODE"));
    if (pg::Sqlstate(locked) == pg::kInsufficientPrivilege)
      return Annotate(locked, absl::StrCat("a repair keeps writers off the tables that it reads: "
                                           "GRANT UPDATE ON ",
                                           name, " TO the role that repairs"));
    RETURN_IF_ERROR(Annotate(locked, "locking " + pg::DisplayName(lock.table)));
  }
  return absl::OkStatus();
}

}  // namespace regraft::clean

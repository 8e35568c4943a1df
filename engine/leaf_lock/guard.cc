#include "engine/leaf_lock/guard.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace regraft::leaf_lock {
namespace {

// pg_temp last: first, where it stands unless it is named, a temporary table could pose as a
// catalog. The rest decides how the server writes constants and names of a structure.
constexpr const char* kSettings =
    " SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET "
    "DateStyle = 'ISO, MDY' SET IntervalStyle = postgres SET TimeZone = 'UTC' SET "
    "extra_float_digits = 1 SET bytea_output = hex SET row_security = off SET "
    "standard_conforming_strings = on ";

std::string Create(const GuardFunction& function, const std::string& schema) {
  const bool is_here = schema == kGuardSchema;
  const std::string body(function.body);
  // As the caller there: his copies are made for one check, in a session that is pinned already.
  return absl::StrCat(
      "CREATE OR REPLACE FUNCTION ", schema, ".", std::string(function.name), "(",
      std::string(function.arguments), ") RETURNS ", std::string(function.returns), " LANGUAGE ",
      std::string(function.language),
      is_here ? kSettings : " SET search_path = pg_catalog, pg_temp ", "AS $guard$",
      is_here ? body : absl::StrReplaceAll(body, {{"regraft_guard.", schema + "."}}), "$guard$;\n");
}

}  // namespace

const std::vector<GuardFunction>& GuardFunctions() {
  static const std::vector<GuardFunction> kAll = [] {
    std::vector<GuardFunction> all = GuardReaders();
    all.insert(all.end(), GuardWriters().begin(), GuardWriters().end());
    return all;
  }();
  return kAll;
}

std::string CreateReadersIn(const std::string& schema) {
  std::string sql;
  for (const GuardFunction& function : GuardReaders()) sql += Create(function, schema);
  return sql;
}

std::string CreateGuard() {
  std::string sql = "CREATE SCHEMA IF NOT EXISTS regraft_guard;\n";
  for (const GuardFunction& function : GuardFunctions())
    sql += Create(function, std::string(kGuardSchema));
  return sql + "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA regraft_guard FROM PUBLIC";
}

std::string CreateEventTriggers() {
  return "DROP EVENT TRIGGER IF EXISTS regraft_guard_command;"
         "DROP EVENT TRIGGER IF EXISTS regraft_guard_drop;"
         "CREATE EVENT TRIGGER regraft_guard_command ON ddl_command_end EXECUTE FUNCTION "
         "regraft_guard.on_command();"
         "ALTER EVENT TRIGGER regraft_guard_command ENABLE ALWAYS;"
         "CREATE EVENT TRIGGER regraft_guard_drop ON sql_drop EXECUTE FUNCTION "
         "regraft_guard.on_drop();"
         "ALTER EVENT TRIGGER regraft_guard_drop ENABLE ALWAYS";
}

std::string DropGuard() {
  return "DROP EVENT TRIGGER IF EXISTS regraft_guard_command;"
         "DROP EVENT TRIGGER IF EXISTS regraft_guard_drop;"
         "DROP SCHEMA IF EXISTS regraft_guard CASCADE";
}

}  // namespace regraft::leaf_lock

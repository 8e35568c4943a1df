#include "engine/leaf_lock/check.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/guard.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/registry.h"
#include "engine/pg/error.h"

#include "absl/strings/match.h"

namespace regraft::leaf_lock {
namespace {

constexpr const char* kLockAgain = "regraft lock PLAN.yaml makes it anew";

// Each query: object, what, remedy. $1 the keeper.
struct Question {
  const char* rule;
  bool guarded_only;
  const char* sql;
};
const std::vector<Question>& Questions() {
  static const std::vector<Question> kQuestions = {{"guard", true, R"sql(
SELECT w.name, CASE WHEN e.oid IS NULL THEN 'the event trigger is missing'
  WHEN e.evtenabled <> 'A' THEN 'the event trigger is not ENABLE ALWAYS'
  ELSE 'the event trigger does not do what regraft made it for' END, 'regraft lock PLAN.yaml makes it anew'
FROM (VALUES ('regraft_guard_command'::name, 'ddl_command_end'::name, 'on_command'::name),
  ('regraft_guard_drop', 'sql_drop', 'on_drop')) AS w(name, event, function)
LEFT JOIN pg_event_trigger e ON e.evtname = w.name
WHERE e.oid IS NULL OR e.evtenabled <> 'A' OR e.evtevent <> w.event OR e.evttags IS NOT NULL
  OR NOT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.oid = e.evtfoid AND n.nspname = 'regraft_guard' AND p.proname = w.function))sql"},
                                                   {"guard", true, R"sql(
SELECT 'regraft_guard.' || p.proname, 'its owner ' || o.rolname || ' is no superuser',
  'ALTER FUNCTION … OWNER TO a superuser'
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles o ON o.oid = p.proowner
WHERE n.nspname = 'regraft_guard' AND NOT o.rolsuper)sql"},
                                                   {"owner", false, R"sql(
SELECT quote_ident(n.nspname), format('this locked schema belongs to %I, not to %I', o.rolname, $1::text),
  format('ALTER SCHEMA %I OWNER TO %I', n.nspname, $1::text)
FROM regraft.locked_schema l JOIN pg_namespace n ON n.nspname = l.schema_name
JOIN pg_roles o ON o.oid = n.nspowner WHERE o.rolname <> $1)sql"},
                                                   {"privilege", false, R"sql(
SELECT quote_ident(n.nspname), format('%s may create in this locked schema', w.who),
  format('REVOKE CREATE ON SCHEMA %I FROM %s', n.nspname, w.who)
FROM regraft.locked_schema l JOIN pg_namespace n ON n.nspname = l.schema_name, aclexplode(n.nspacl) a,
  LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) AS w(who)
WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner AND NOT EXISTS (
  SELECT FROM regraft.leaf_lock k JOIN regraft.registry r ON r.schema_name = n.nspname
  WHERE k.lifted_at IS NULL AND k.guarded AND r.owner = pg_get_userbyid(a.grantee)))sql"},
                                                   {"owner", false, R"sql(
SELECT format('%I.%I', r.schema_name, r.relation_name),
  format('it belongs to %I now, when it was frozen to %I', pg_get_userbyid(c.relowner), r.owner),
  format('ALTER TABLE %s OWNER TO %I; or regraft lock PLAN.yaml again', c.oid::regclass, r.owner)
FROM regraft.registry r JOIN pg_class c ON c.oid = r.relation
WHERE r.frozen AND r.owner <> pg_get_userbyid(c.relowner))sql"},
                                                   {"bypass", true, R"sql(
SELECT 'regraft.' || c.relname, format('%s may %s it, and so open the lock', w.who, a.privilege_type),
  format('REVOKE %s ON regraft.%I FROM %s', a.privilege_type, c.relname, w.who)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
  aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a,
  LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) AS w(who)
WHERE n.nspname = 'regraft' AND a.privilege_type <> 'SELECT' AND pg_get_userbyid(a.grantee) <> $1
  AND c.relname IN ('registry', 'registry_rule', 'leaf_lock', 'leaf_lock_step', 'locked_schema', 'lock_part',
    'permit', 'unlock'))sql"},
                                                   {"bypass", false, R"sql(
SELECT $1, 'the keeper can log in or is a superuser', format('ALTER ROLE %I NOLOGIN NOSUPERUSER', $1::text)
FROM pg_roles WHERE rolname = $1 AND (rolcanlogin OR rolsuper)
UNION ALL SELECT $1, 'the keeper is gone', 'regraft lock PLAN.yaml makes it anew'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $1))sql"},
                                                   {"bypass", true, R"sql(
SELECT concat_ws(' in ', coalesce(pg_get_userbyid(nullif(s.setrole, 0)), 'every role'), d.datname),
  format('has the setting %s, under which %s', c.setting, CASE WHEN c.setting ILIKE 'event_triggers%' THEN
    'the guard sleeps' ELSE 'foreign keys and ordinary triggers sleep (the guard does not)' END),
  'ALTER ROLE … RESET ' || split_part(c.setting, '=', 1)
FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS c(setting)
WHERE (s.setdatabase = 0 OR d.datname = current_database())
  AND lower(c.setting) ~ '^(event_triggers=(off|false|no|0)|session_replication_role=replica)'
UNION ALL SELECT 'this session', 'runs with event_triggers = off', 'RESET event_triggers'
WHERE current_setting('event_triggers', true) = 'off')sql"},
                                                   {"bypass", false, R"sql(
SELECT 'regraft.permit', format('a permit was left, for %s', plan_sha256),
  'find out who wrote it; DELETE FROM regraft.permit' FROM regraft.permit)sql"},
                                                   {"unclassified", false, R"sql(
SELECT format('%I.%I', schema_name, relation_name), 'it came while the lock was open, and nobody said what it is',
  format('regraft register %s --sub-hub SUB_HUB --leaf-type LEAF_TYPE',
    quote_literal(format('%I.%I', schema_name, relation_name)))
FROM regraft.registry WHERE frozen AND leaf_type = 'UNCLASSIFIED' AND origin = 'unlock')sql"}};
  return kQuestions;
}

absl::Status Ask(pg::Connection& connection, const Question& question, CheckReport* report) {
  const bool has_parameter = absl::StrContains(question.sql, "$1");
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query(question.sql,
                       has_parameter ? pg::Parameters{report->lock->keeper} : pg::Parameters{}));
  for (int row = 0; row < found.rows(); ++row)
    report->drift.push_back({.rule = question.rule,
                             .object = found.Text(row, 0),
                             .what = found.Text(row, 1),
                             .remedy = found.Text(row, 2)});
  return absl::OkStatus();
}

// With this program's own text of the guard's queries.
absl::Status FindViolations(pg::Connection& connection, CheckReport* report) {
  RETURN_IF_ERROR(connection.Run(CreateReadersIn("pg_temp")));
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Execute(
          "SELECT rule, object, what, remedy FROM pg_temp.violations(NULL) ORDER BY 1, 2"));
  for (int row = 0; row < found.rows(); ++row)
    report->drift.push_back({.rule = found.Text(row, 0),
                             .object = found.Text(row, 1),
                             .what = found.Text(row, 2),
                             .remedy = found.Text(row, 3)});
  return absl::OkStatus();
}

absl::Status CompareFunctions(pg::Connection& connection, CheckReport* report) {
  for (const GuardFunction& function : GuardFunctions()) {
    const std::string name(function.name);
    ASSIGN_OR_RETURN(
        const pg::Result found,
        connection.Query(
            "SELECT p.prosrc = $2 AND p.prosecdef AND 'search_path=pg_catalog, pg_temp' = ANY "
            "(p.proconfig), count(*) OVER () FROM pg_proc p JOIN pg_namespace n ON n.oid = "
            "p.pronamespace WHERE n.nspname = 'regraft_guard' AND p.proname = $1",
            {name, std::string(function.body)}));
    if (found.rows() == 1 && found.Bool(0, 0)) continue;
    report->drift.push_back(
        {.rule = "guard",
         .object = "regraft_guard." + name,
         .what = found.rows() == 0 ? "the function is missing"
                                   : "the function is not as this version of regraft makes it",
         .remedy = kLockAgain});
  }
  return absl::OkStatus();
}

absl::Status AddNotes(pg::Connection& connection, CheckReport* report) {
  const auto add = [&](const char* sql) -> absl::Status {
    const bool has_parameter = absl::StrContains(sql, "$1");
    ASSIGN_OR_RETURN(const pg::Result found,
                     connection.Query(sql, has_parameter ? pg::Parameters{report->lock->keeper}
                                                         : pg::Parameters{}));
    for (int row = 0; row < found.rows(); ++row)
      if (!found.IsNull(row, 0)) report->notes.push_back(found.Text(row, 0));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(
      add("SELECT format('open until %s: %s, by %s', expires_at, reason, opened_by) FROM "
          "regraft.unlock WHERE expires_at > clock_timestamp() ORDER BY expires_at"));
  RETURN_IF_ERROR(
      add("SELECT 'not there yet, registered in advance: ' || string_agg(format('%I.%I', "
          "schema_name, relation_name), ', ') FROM regraft.registry WHERE relation IS "
          "NULL"));
  RETURN_IF_ERROR(
      add("SELECT 'members of the keeper, who pass by apply: ' || "
          "string_agg(quote_ident(pg_get_userbyid(member)), ', ') FROM pg_auth_members "
          "WHERE roleid = (SELECT oid FROM pg_roles WHERE rolname = $1)"));
  if (!report->lock->guarded)
    report->notes.emplace_back(
        "privileges alone: owners can still alter, truncate and drop their tables; a lock by a "
        "superuser refuses that too");
  return add(
      "SELECT 'superusers, who could switch the guard off: ' || string_agg(quote_ident("
      "rolname), ', ' ORDER BY rolname) FROM pg_roles WHERE rolsuper");
}

}  // namespace

absl::Status CheckInside(pg::Connection& connection, CheckReport* report) {
  ASSIGN_OR_RETURN(report->lock, FindLock(connection));
  if (!report->lock.has_value()) {
    report->drift.push_back({.rule = "lock",
                             .object = "this database",
                             .what = "nothing is locked",
                             .remedy = "regraft lock PLAN.yaml"});
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CompareFunctions(connection, report));
  for (const Question& question : Questions())
    if (report->lock->guarded || !question.guarded_only)
      RETURN_IF_ERROR(Ask(connection, question, report));
  RETURN_IF_ERROR(FindViolations(connection, report));
  ASSIGN_OR_RETURN(const std::vector<BrokenRule> broken, BrokenRules(connection));
  for (const BrokenRule& rule : broken)
    report->drift.push_back({.rule = "cardinality",
                             .object = "registry",
                             .what = rule.words,
                             .remedy = "regraft register; or change lock.cardinality in the plan"});
  return AddNotes(connection, report);
}

absl::StatusOr<CheckReport> Check(pg::Connection& connection) {
  CheckReport report;
  RETURN_IF_ERROR(
      connection.Run("BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '10s'"));
  absl::Status status = CheckInside(connection, &report);
  if (pg::Sqlstate(status) == pg::kLockNotAvailable)
    status = WithKind(Annotate(status, "somebody rebuilds one of the locked tables; try again"),
                      FailureKind::kLock);
  connection.Run("ROLLBACK").IgnoreError();
  if (!status.ok()) return status;
  return report;
}

}  // namespace regraft::leaf_lock

#include "engine/audit/audit.h"
#include "engine/audit/check.h"
#include "engine/audit/rows.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/audits.h"
#include "engine/ledger/schema.h"
#include "engine/pg/error.h"
#include "engine/plan/write_audit.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

#include <algorithm>
#include <cstdlib>

namespace regraft::audit {
namespace {

using plan::Audit;
using plan::AuditKind;

absl::StatusOr<std::vector<const Audit*>> Wanted(const AuditOptions& options) {
  std::vector<const Audit*> wanted;
  std::set<std::string> unknown = options.only;
  for (const Audit& audit : options.plan.audits) {
    unknown.erase(audit.id);
    if (options.only.empty() || options.only.contains(audit.id)) wanted.push_back(&audit);
  }
  if (!unknown.empty())
    return BadPlan(absl::StrCat("the plan has no audit ", absl::StrJoin(unknown, ", ")));
  if (wanted.empty())
    return BadPlan("the plan has no audits; docs/plan-format.md shows how to write them");
  return wanted;
}

absl::Status AsOne(const std::vector<std::string>& problems) {
  if (problems.empty()) return absl::OkStatus();
  return BadPlan(absl::StrCat("no audit was run:\n  - ", absl::StrJoin(problems, "\n  - ")));
}

// A TRUNCATE that commits after the snapshot would make a table look empty in it: what is read is
// locked before the snapshot is taken, which LOCK TABLE does not do.
absl::Status LockAll(pg::Connection& connection, const std::vector<Check>& checks) {
  std::set<std::string> names;
  for (const Check& check : checks) {
    for (const auto& table : {check.table, check.other})
      if (table.has_value() && (table->relkind == 'r' || table->relkind == 'p'))
        names.insert(pg::QuoteQualified(table->name));
  }
  if (names.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(connection.Run("SET LOCAL lock_timeout = '30s'"));
  absl::Status locked = connection.Run(
      absl::StrCat("LOCK TABLE ", absl::StrJoin(names, ", "), " IN ACCESS SHARE MODE"));
  if (pg::Sqlstate(locked) != pg::kLockNotAvailable) return locked;
  return WithKind(Annotate(locked, "nothing was checked; the same command again is safe"),
                  FailureKind::kLock);
}

// Whether the server's refusal is about the SQL, and so about the plan.
bool IsAboutSql(const absl::Status& status) {
  const std::string sqlstate = pg::Sqlstate(status);
  return sqlstate != pg::kInsufficientPrivilege &&
         (absl::StartsWith(sqlstate, "42") || absl::StartsWith(sqlstate, "22") ||
          absl::StartsWith(sqlstate, "0A"));
}

// Lets the server plan every query. What it refuses is the plan's mistake.
absl::Status TryAll(pg::Connection& connection, const std::vector<Check>& checks) {
  std::vector<std::string> problems;
  for (const Check& check : checks) {
    const CheckSql sql = SqlOf(check);
    RETURN_IF_ERROR(connection.Run("SAVEPOINT attempt"));
    absl::Status tried = connection.Run("EXPLAIN " + sql.counts);
    if (tried.ok() && !sql.faults.empty()) tried = connection.Run("EXPLAIN " + sql.faults);
    if (tried.ok()) continue;
    if (!IsAboutSql(tried)) return Annotate(tried, "audit " + check.audit->id);
    problems.push_back(absl::StrCat("audit ", check.audit->id, " (line ", check.audit->place.line,
                                    "): ", tried.message()));
    RETURN_IF_ERROR(connection.Run("ROLLBACK TO attempt"));
  }
  return AsOne(problems);
}

bool Passes(const CheckResult& result) {
  if (result.audit->kind == AuditKind::kFreshness) return result.found == 0;
  const plan::ExpectedRows& expected = result.audit->expected;
  return std::abs(result.found - expected.rows) <= expected.tolerance_rows;
}

absl::StatusOr<CheckResult> RunOne(pg::Connection& connection, const Check& check,
                                   const AuditOptions& options) {
  const Stopwatch watch;
  const CheckSql sql = SqlOf(check);
  CheckResult result{.audit = check.audit};
  ASSIGN_OR_RETURN(const pg::Result counts, connection.Execute(sql.counts));
  result.found = counts.Int64(0, 0);
  for (size_t i = 0; i < sql.parts.size(); ++i)
    result.parts.emplace_back(sql.parts[i], counts.Int64(0, static_cast<int>(i) + 1));
  if (check.audit->kind == AuditKind::kFreshness) result.newest = counts.Text(0, 1);
  result.collation = check.collation;
  result.passed = Passes(result);
  if (!sql.faults.empty() && result.found > 0) {
    ASSIGN_OR_RETURN(result.samples, ReadSamples(connection, sql.faults, options.samples));
  }
  // Also where nothing was found: a file of an earlier run must not stay.
  if (!sql.faults.empty() && options.export_rows)
    RETURN_IF_ERROR(CopyCsv(connection, sql.faults, [&](std::string_view piece) {
      return options.export_rows(*check.audit, piece);
    }));
  result.seconds = watch.seconds();
  return result;
}

absl::Status RunAll(pg::Connection& connection, const std::vector<Check>& checks,
                    const AuditOptions& options, AuditReport* report) {
  RETURN_IF_ERROR(connection.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  RETURN_IF_ERROR(LockAll(connection, checks));
  ASSIGN_OR_RETURN(const pg::Result now,
                   connection.Execute("SELECT to_char(now(), 'YYYY-MM-DD HH24:MI:SS \"UTC\"')"));
  report->snapshot_at = now.Text(0, 0);
  RETURN_IF_ERROR(TryAll(connection, checks));
  for (const Check& check : checks) {
    auto result = RunOne(connection, check, options);
    if (!result.ok()) return Annotate(result.status(), "audit " + check.audit->id);
    report->checks.push_back(*std::move(result));
  }
  return connection.Commit();
}

// The check without what it expects, and why: the same for as long as its number means the same.
std::string Definition(Audit audit) {
  audit.expected = {};
  audit.reason.clear();
  return plan::WriteAudit(audit);
}

ledger::AuditRecord Record(const CheckResult& result) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::object();
  for (const auto& [name, number] : result.parts) parts[name] = number;
  if (!result.newest.empty()) parts["newest"] = result.newest;
  ledger::AuditRecord record{.id = result.audit->id,
                             .definition = Definition(*result.audit),
                             .passed = result.passed,
                             .parts_json = parts.dump()};
  if (result.audit->kind == AuditKind::kFreshness) return record;
  record.found = result.found;
  record.expected = result.audit->expected.rows;
  record.tolerance = result.audit->expected.tolerance_rows;
  return record;
}

absl::Status Compare(pg::Connection& connection, AuditReport* report) {
  ASSIGN_OR_RETURN(const bool installed, ledger::HasAudits(connection));
  if (!installed) return absl::OkStatus();
  for (CheckResult& result : report->checks) {
    ASSIGN_OR_RETURN(const auto earlier,
                     ledger::LatestAudit(connection, result.audit->id, Definition(*result.audit)));
    if (earlier.has_value())
      result.earlier =
          Earlier{.found = earlier->found, .passed = earlier->passed, .at = earlier->at};
  }
  return absl::OkStatus();
}

absl::Status Store(pg::Connection& connection, const AuditOptions& options, AuditReport* report) {
  RETURN_IF_ERROR(ledger::Install(connection));
  std::vector<ledger::AuditRecord> records;
  for (const CheckResult& result : report->checks) records.push_back(Record(result));
  RETURN_IF_ERROR(connection.Run("BEGIN"));
  ASSIGN_OR_RETURN(const int64_t run_id, ledger::InsertAudits(connection,
                                                              {.plan_name = options.plan.name,
                                                               .plan_text = options.plan_text,
                                                               .snapshot_at = report->snapshot_at},
                                                              records));
  RETURN_IF_ERROR(connection.Commit());
  report->run_id = run_id;
  return absl::OkStatus();
}

absl::Status Verdict(const AuditReport& report) {
  std::vector<std::string> failed;
  for (const CheckResult& result : report.checks)
    if (!result.passed) failed.push_back(result.audit->id);
  if (failed.empty()) return absl::OkStatus();
  return Differences(
      absl::StrCat(failed.size(), " of ", report.checks.size(),
                   report.checks.size() == 1 ? " check failed: " : " checks failed: ",
                   absl::StrJoin(failed, ", ")));
}

}  // namespace

absl::Status RunAudits(const AuditOptions& options, AuditReport* report) {
  ASSIGN_OR_RETURN(const std::vector<const Audit*> wanted, Wanted(options));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options.connect));
  std::vector<std::string> problems;
  ASSIGN_OR_RETURN(const std::vector<Check> checks, BindChecks(connection, wanted, &problems));
  RETURN_IF_ERROR(AsOne(problems));
  RETURN_IF_ERROR(RunAll(connection, checks, options, report));
  RETURN_IF_ERROR(Compare(connection, report));
  if (options.record)
    RETURN_IF_ERROR(Annotate(Store(connection, options, report),
                             "the result could not be recorded (--no-record goes without)"));
  return Verdict(*report);
}

}  // namespace regraft::audit

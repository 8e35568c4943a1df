#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/ledger/schema.h"
#include "engine/pg/error.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::copy {
namespace {

absl::Status NoSuchTable(pg::Connection& connection, const pg::QualifiedName& name,
                         const std::string& advice) {
  ASSIGN_OR_RETURN(const std::vector<std::string> similar,
                   catalog::SimilarRelations(connection, name));
  const std::string meant =
      similar.empty() ? "" : absl::StrCat("; did you mean ", absl::StrJoin(similar, ", "), "?");
  return BadPlan(absl::StrCat("there is no table ", pg::DisplayName(name), meant, AsAbsl(advice)));
}

// Their rows are in the memory of the session that made them, which is none of ours.
absl::Status RefuseTemporary(const catalog::Table& table) {
  if (table.persistence != 't') return absl::OkStatus();
  return BadPlan(absl::StrCat(pg::DisplayName(table.name),
                              " is a temporary table of another session: only that session can use "
                              "its rows; copy them into a permanent table first"));
}

absl::Status CheckReadable(const Job& job, const catalog::Table& source) {
  RETURN_IF_ERROR(RefuseTemporary(source));
  if (source.inheritance_children.empty() ||
      job.options.request.children != plan::Children::kRefuse)
    return absl::OkStatus();
  return BadPlan(absl::StrCat(pg::DisplayName(source.name), " has ",
                              source.inheritance_children.size(), " inheritance children, such as ",
                              pg::DisplayName(source.inheritance_children[0].name),
                              "; say --children include or --children exclude"));
}

absl::Status CheckWritable(const catalog::Table& target) {
  RETURN_IF_ERROR(RefuseTemporary(target));
  if (target.relkind == 'r' || target.relkind == 'p') return absl::OkStatus();
  return BadPlan(absl::StrCat(pg::DisplayName(target.name), " is not a table (relkind ",
                              std::string(1, target.relkind), "): rows cannot be copied into it"));
}

absl::StatusOr<catalog::Table> ReadSource(Job* job) {
  pg::Connection& connection = *job->source_control;
  ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(connection, job->options.request.source));
  if (!oid.has_value()) return NoSuchTable(connection, job->options.request.source, "");
  ASSIGN_OR_RETURN(catalog::Table source, catalog::ReadTable(connection, *oid));
  RETURN_IF_ERROR(CheckReadable(*job, source));
  if (job->options.request.children == plan::Children::kInclude)
    source.leaves.insert(source.leaves.end(), source.inheritance_children.begin(),
                         source.inheritance_children.end());
  return source;
}

// Two programs must not make one table at once: the later one waits until the earlier has committed
// it.
absl::Status ExcludeOtherMakers(Job* job) {
  const std::string key =
      absl::StrCat("regraft.create ", pg::QuoteQualified(job->options.request.target));
  absl::Status locked = job->target_control->Run(absl::StrCat(
      "SELECT pg_advisory_xact_lock(hashtextextended(", analysis::Literal(key), ", 0))"));
  if (pg::Sqlstate(locked) != pg::kLockNotAvailable) return locked;
  return WithKind(Annotate(locked, absl::StrCat("another copy is making ",
                                                pg::DisplayName(job->options.request.target))),
                  FailureKind::kLock);
}

// What the server has against the statement itself, other flags or names cure: columns that clash,
// a name that is taken, a schema that is not there.
absl::Status MakeTarget(Job* job, const catalog::Table& source) {
  const plan::CopyRequest& request = job->options.request;
  job->created = analysis::MakeCreateStatements(request, source);
  for (const std::string& note : job->created->notes) job->options.say(note);
  const absl::Status made = Annotate(job->target_control->Run(job->created->table),
                                     "making " + pg::DisplayName(request.target));
  const std::string sqlstate = pg::Sqlstate(made);
  const bool by_statement = sqlstate.starts_with("42") || sqlstate.starts_with("3F");
  return by_statement && sqlstate != pg::kInsufficientPrivilege
             ? WithKind(made, FailureKind::kBadPlan)
             : made;
}

absl::StatusOr<catalog::Table> FindOrCreateTarget(Job* job, const catalog::Table& source) {
  pg::Connection& connection = *job->target_control;
  const plan::CopyRequest& request = job->options.request;
  if (request.create) RETURN_IF_ERROR(ExcludeOtherMakers(job));
  ASSIGN_OR_RETURN(auto oid, catalog::FindRelation(connection, request.target));
  if (!oid.has_value() && !request.create)
    return NoSuchTable(connection, request.target, "; --create would make it");
  if (!oid.has_value()) {
    RETURN_IF_ERROR(MakeTarget(job, source));
    ASSIGN_OR_RETURN(oid, catalog::FindRelation(connection, request.target));
    if (!oid.has_value())
      return BadPlan(absl::StrCat("the table ", pg::DisplayName(request.target),
                                  " was made outside the search path; write its schema"));
  }
  ASSIGN_OR_RETURN(catalog::Table target, catalog::ReadTable(connection, *oid));
  RETURN_IF_ERROR(CheckWritable(target));
  return target;
}

// The unqualified name of a table to be made goes where the role's own search path says.
absl::Status CheckTargetName(const Job& job) {
  const pg::QualifiedName& name = job.options.request.target;
  if (!job.options.request.create || !name.schema.empty()) return absl::OkStatus();
  return BadPlan(absl::StrCat("with --create the target needs its schema, such as ",
                              pg::DisplayName({"public", name.name})));
}

// A comment at the end must not swallow what we write behind it.
std::string CloseComment(const std::string& where) {
  return absl::StrContains(where, "--") ? where + "\n" : where;
}

// Volatile functions would give other rows at every reading, and no proof could hold.
absl::Status CheckWhere(Job* job, const catalog::Table& source, const std::string& where) {
  if (where.empty()) return absl::OkStatus();
  pg::Connection& connection = *job->source_control;
  RETURN_IF_ERROR(connection.Run("BEGIN"));
  // Twice, in two kinds of brackets: what closes ours to open its own, such as "a) OR (b", fits
  // only one. As a query with (no) parameters, which the server takes as one statement or not at
  // all.
  const absl::Status made =
      connection
          .Query(absl::StrCat("CREATE TEMPORARY VIEW regraft_where AS SELECT 1 AS one FROM ",
                              pg::QuoteQualified(source.name), " AS s WHERE (", where,
                              ") AND (ARRAY[", where, "])[1]"),
                 {})
          .status();
  absl::StatusOr<pg::Result> found = made.ok() ? connection.Execute(R"sql(
      SELECT string_agg(DISTINCT p.oid::regprocedure::text, ', ')
      FROM pg_rewrite r, regexp_matches(r.ev_action::text, ':(?:opfuncid|funcid|aggfnoid|winfnoid) (\d+)', 'g') AS f(id)
      JOIN pg_proc p ON p.oid = (f.id)[1]::oid
      WHERE r.ev_class = 'pg_temp.regraft_where'::regclass AND p.provolatile = 'v')sql")
                                               : absl::StatusOr<pg::Result>(made);
  RETURN_IF_ERROR(connection.Run("ROLLBACK"));
  if (!found.ok())
    return BadPlan(Annotate(found.status(), absl::StrCat("--where ", where)).message());
  if (found->IsNull(0, 0)) return absl::OkStatus();
  return BadPlan(absl::StrCat("--where ", where, ": ", found->Text(0, 0),
                              " is volatile: it could pick other rows at every reading"));
}

// Which way the target's triggers are kept still, if they are: chosen now, not when it is too late.
absl::StatusOr<execution::TriggerMode> ChooseTriggerMode(Job* job) {
  if (!job->plan.suppress_triggers) return execution::TriggerMode::kFire;
  // A deferrable key is kept by a trigger, which a replica does not fire: it would let duplicates
  // in.
  const auto& indexes = job->plan.target.indexes;
  if (std::any_of(indexes.begin(), indexes.end(),
                  [](const catalog::Index& index) { return !index.immediate; }))
    return execution::TriggerMode::kDisabledInside;
  pg::Connection& connection = *job->target_control;
  RETURN_IF_ERROR(connection.Run("SAVEPOINT regraft_replica"));
  const bool may = connection.Run("SET LOCAL session_replication_role = replica").ok();
  RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT regraft_replica"));
  return may ? execution::TriggerMode::kReplica : execution::TriggerMode::kDisabledInside;
}

}  // namespace

absl::Status Prepare(Job* job) {
  RETURN_IF_ERROR(CheckTargetName(*job));
  ASSIGN_OR_RETURN(job->source_control, pg::Connection::Open(job->Source("source-control")));
  ASSIGN_OR_RETURN(job->target_control, pg::Connection::Open(job->Target("target-control")));
  const std::string lock_timeout =
      absl::StrCat("SET lock_timeout = ", std::max(1, 1000 * job->options.lock_wait_seconds));
  RETURN_IF_ERROR(job->source_control->Run(lock_timeout));
  RETURN_IF_ERROR(job->target_control->Run(lock_timeout));
  RETURN_IF_ERROR(ledger::Install(*job->target_control));
  analysis::CopyPlanInput input{.request = job->options.request};
  ASSIGN_OR_RETURN(input.source_database, catalog::ReadDatabaseIdentity(*job->source_control));
  ASSIGN_OR_RETURN(input.target_database, catalog::ReadDatabaseIdentity(*job->target_control));
  ASSIGN_OR_RETURN(input.source, ReadSource(job));
  job->report->source = pg::DisplayName(input.source.name);
  input.request.mapping.where = CloseComment(input.request.mapping.where);
  RETURN_IF_ERROR(CheckWhere(job, input.source, input.request.mapping.where));
  RETURN_IF_ERROR(job->target_control->Run("BEGIN"));
  job->planning = true;
  ASSIGN_OR_RETURN(input.target, FindOrCreateTarget(job, input.source));
  job->report->target = pg::DisplayName(input.target.name);
  ASSIGN_OR_RETURN(job->plan, analysis::MakeCopyPlan(std::move(input), *job->target_control));
  for (const std::string& note : job->plan.notes) job->options.say(note);
  ASSIGN_OR_RETURN(job->trigger_mode, ChooseTriggerMode(job));
  return absl::OkStatus();
}

}  // namespace regraft::copy

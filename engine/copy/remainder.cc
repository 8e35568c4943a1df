#include "engine/copy/remainder.h"

#include "engine/analysis/conflicts.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/recheck.h"
#include "engine/pg/snapshot.h"
#include "engine/verification/digest_rows.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <map>

namespace regraft::copy {
namespace {

std::string QuotedColumns(const catalog::Table& table) {
  return absl::StrJoin(table.columns, ", ", [](std::string* out, const catalog::Column& column) {
    out->append(pg::QuoteIdentifier(column.name));
  });
}

std::map<uint32_t, std::vector<std::string>> ByLeaf(const Remainder& remainder) {
  std::map<uint32_t, std::vector<std::string>> leaves;
  for (const RemainderRow& row : remainder.rows) leaves[row.leaf_oid].push_back(row.ctid);
  return leaves;
}

std::string CtidArray(const std::vector<std::string>& ctids) {
  return absl::StrCat("'{",
                      absl::StrJoin(ctids, ",",
                                    [](std::string* out, const std::string& ctid) {
                                      absl::StrAppend(out, "\"", ctid, "\"");
                                    }),
                      "}'::tid[]");
}

// SQL over s: exactly the rows that are set aside.
std::string RowsWhere(const Remainder& remainder) {
  std::vector<std::string> parts;
  for (const auto& [leaf, ctids] : ByLeaf(remainder))
    parts.push_back(
        absl::StrCat("(s.tableoid = ", leaf, " AND s.ctid = ANY (", CtidArray(ctids), "))"));
  return absl::StrJoin(parts, " OR ");
}

absl::Status Refuse(const Job& job, const Remainder& remainder) {
  std::map<std::string, std::vector<const RemainderRow*>> by_reason;
  for (const RemainderRow& row : remainder.rows) by_reason[row.reason].push_back(&row);
  std::vector<std::string> lines;
  for (const auto& [reason, rows] : by_reason) {
    const std::string& winner = rows[0]->winner;
    lines.push_back(absl::StrCat(rows.size(), " rows: ", reason, " (such as source row ",
                                 rows[0]->ctid, winner.empty() ? "" : ", against " + winner, ")"));
  }
  return BadPlan(absl::StrCat(
      remainder.rows.size(), " rows of ", job.report->source, " cannot enter ", job.report->target,
      ":\n  - ", absl::StrJoin(lines, "\n  - "),
      "\nnothing was copied; --remainder SCHEMA.TABLE sets them aside in a table of their own"));
}

absl::Status CheckRemainderRequest(const Job& job) {
  if (!job.options.request.remainder.has_value()) return absl::OkStatus();
  if (!job.plan.same_database)
    return BadPlan("--remainder needs source and target in one database");
  if (!job.options.lock)
    return BadPlan("--remainder needs the source to stand still: leave out --no-lock");
  if (job.options.request.remainder->schema.empty())
    return BadPlan("--remainder needs the table's schema");
  return absl::OkStatus();
}

absl::StatusOr<bool> TargetIsEmpty(Job* job) {
  if (job->created.has_value()) return true;
  ASSIGN_OR_RETURN(const pg::Result any, job->target_control->Execute(absl::StrCat(
                                             "SELECT NOT EXISTS (SELECT FROM ",
                                             pg::QuoteQualified(job->plan.target.name), ")")));
  return any.Bool(0, 0);
}

absl::Status MakeTable(Job* job, const Remainder& remainder, const pg::QualifiedName& name) {
  pg::Connection& connection = *job->target_control;
  const std::string table = pg::QuoteQualified(name);
  RETURN_IF_ERROR(connection.Run(absl::StrCat("CREATE TABLE ", table, " (LIKE ",
                                              pg::QuoteQualified(job->plan.source.name), ")")));
  const std::string columns = QuotedColumns(job->plan.source);
  ASSIGN_OR_RETURN(
      const pg::Result inserted,
      connection.Execute(absl::StrCat("INSERT INTO ", table, " (", columns, ") SELECT ", columns,
                                      " FROM ", pg::QuoteQualified(job->plan.source.name),
                                      " AS s WHERE ", RowsWhere(remainder))));
  if (inserted.affected_rows() == static_cast<int64_t>(remainder.rows.size()))
    return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(remainder.rows.size(), " rows were to be set aside, ",
                                          inserted.affected_rows(), " were found again"));
}

absl::Status RecordRows(Job* job, const Remainder& remainder, int64_t run_id) {
  ASSIGN_OR_RETURN(
      pg::CopyIn copy,
      job->target_control->StartCopyIn(
          "COPY regraft.remainder (run_id, leaf_oid, row_ctid, reason, winner) FROM STDIN"
          " (FORMAT csv)"));
  for (const RemainderRow& row : remainder.rows)
    RETURN_IF_ERROR(copy.Put(absl::StrCat(
        run_id, ",", row.leaf_oid, ",\"", row.ctid, "\",", pg::QuoteIdentifier(row.reason), ",",
        row.winner.empty() ? "" : pg::QuoteIdentifier(row.winner), "\n")));
  return copy.Finish().status();
}

}  // namespace

absl::StatusOr<Remainder> FindRemainder(Job* job) {
  RETURN_IF_ERROR(CheckRemainderRequest(*job));
  Remainder remainder;
  if (!job->plan.same_database) return remainder;
  ASSIGN_OR_RETURN(const bool target_is_empty, TargetIsEmpty(job));
  const analysis::ConflictQuery query = analysis::FindConflicts(job->plan, target_is_empty);
  for (const std::string& note : query.notes) job->options.say(note);
  if (query.sql.empty()) return remainder;
  ASSIGN_OR_RETURN(pg::Connection connection,
                   pg::OpenInSnapshot(job->Source("source-conflicts"), job->snapshot));
  ASSIGN_OR_RETURN(const pg::Result found, connection.Execute(query.sql));
  for (int row = 0; row < found.rows(); ++row)
    remainder.rows.push_back({static_cast<uint32_t>(found.Int64(row, 0)), found.Text(row, 1),
                              found.Text(row, 2), found.Text(row, 3)});
  if (!remainder.rows.empty() && !job->options.request.remainder.has_value())
    return Refuse(*job, remainder);
  return remainder;
}

// By their oids: another table may have the name by now.
absl::Status DropRemainders(pg::Connection& connection, const Job& job,
                            const std::vector<ledger::RunRecord>& runs) {
  for (const ledger::RunRecord& run : runs) {
    if (run.remainder_oid == 0) continue;
    const auto table = catalog::ReadTable(connection, run.remainder_oid);
    if (table.status().code() == absl::StatusCode::kNotFound) continue;
    RETURN_IF_ERROR(table.status());
    const std::string name = pg::QuoteQualified(table->name);
    RETURN_IF_ERROR(connection.Run(absl::StrCat("LOCK TABLE ", name, " IN SHARE MODE")));
    ASSIGN_OR_RETURN(
        const std::string damage,
        RemainderDamage(connection, job.Target("target-remainder"), job.plan.back, run));
    if (!damage.empty())
      return Differences(
          absl::StrCat(damage,
                       "; nothing was done; move those rows or drop the table, then try "
                       "the same command again"));
    RETURN_IF_ERROR(connection.Run(absl::StrCat("DROP TABLE ", name)));
  }
  return absl::OkStatus();
}

absl::Status StoreRemainder(Job* job, const Remainder& remainder, ledger::RunRecord* run) {
  if (remainder.rows.empty()) return absl::OkStatus();
  const pg::QualifiedName& name = *job->options.request.remainder;
  RETURN_IF_ERROR(
      Annotate(MakeTable(job, remainder, name), "setting rows aside in " + pg::DisplayName(name)));
  RETURN_IF_ERROR(RecordRows(job, remainder, run->run_id));
  ASSIGN_OR_RETURN(const digest::SetDigest digest,
                   verification::DigestRows({.connect = job->Source("source-remainder"),
                                             .leaves = job->plan.source.leaves,
                                             .select = job->plan.back.source_select,
                                             .where = RowsWhere(remainder),
                                             .snapshot = job->snapshot,
                                             .jobs = 1},
                                            job->plan.back.source_shapes));
  run->remainder_name = pg::QuoteQualified(name);
  run->remainder_rows = digest.rows;
  run->remainder_digest = digest.sum.Hex();
  job->options.say(absl::StrCat(digest.rows, " rows cannot enter ", job->report->target,
                                " and are set aside in ", pg::DisplayName(name)));
  ASSIGN_OR_RETURN(
      const pg::Result stored,
      job->target_control->Query(
          "UPDATE regraft.run SET remainder_name = $1::text, remainder_oid = $1::text::regclass, "
          "remainder_rows = $2, remainder_digest = $3 WHERE run_id = $4 RETURNING remainder_oid",
          {*run->remainder_name, absl::StrCat(digest.rows), *run->remainder_digest,
           absl::StrCat(run->run_id)}));
  run->remainder_oid = static_cast<uint32_t>(stored.Int64(0, 0));
  return absl::OkStatus();
}

}  // namespace regraft::copy

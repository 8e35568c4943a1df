#include "engine/execution/writer.h"

#include "engine/base/status_macros.h"
#include "engine/copy_format/tuple.h"
#include "engine/execution/reader.h"
#include "engine/ledger/ledger.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::execution {
namespace {

// Without a list COPY takes every column that is not generated: all that are to be written where
// none is, because analysis refuses other targets then.
std::string CopyInSql(const analysis::CopyPlan& plan) {
  const std::string columns = absl::StrJoin(
      plan.written, ", ", [](std::string* out, const analysis::WrittenColumn& column) {
        out->append(pg::QuoteIdentifier(column.target));
      });
  return absl::StrCat("COPY ", pg::QuoteQualified(plan.target.name),
                      columns.empty() ? "" : absl::StrCat(" (", columns, ")"),
                      " FROM STDIN (FORMAT ", plan.text_format ? "text" : "binary", ")");
}

// Users' triggers of a table and of its partitions, their clones of the table's included. ALTER
// TABLE hands a trigger's state down to the clones, so what lies deeper comes later.
constexpr const char* kUserTriggers = R"sql(
SELECT format('%I.%I', n.nspname, c.relname), quote_ident(t.tgname), t.tgenabled
FROM (SELECT $1::oid AS oid, 0 AS level
      UNION ALL SELECT relid::oid, level FROM pg_partition_tree($1::oid::regclass) WHERE level > 0) AS tree
JOIN pg_class c ON c.oid = tree.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE NOT t.tgisinternal OR (t.tgparentid <> 0 AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.oid = t.tgconstraint AND k.contype = 'f'))
ORDER BY tree.level, c.oid, t.tgname
)sql";

// ALTER TABLE words for the value of pg_trigger.tgenabled that must come back.
std::string EnableWord(char enabled) {
  if (enabled == 'D') return "DISABLE TRIGGER ";
  if (enabled == 'A') return "ENABLE ALWAYS TRIGGER ";
  if (enabled == 'R') return "ENABLE REPLICA TRIGGER ";
  return "ENABLE TRIGGER ";
}

}  // namespace

Writer::Writer(pg::Connection connection, const analysis::CopyPlan& plan, int64_t run_id,
               TriggerMode mode, Progress* progress)
    : connection_(std::move(connection)),
      plan_(plan),
      run_id_(run_id),
      mode_(mode),
      progress_(progress),
      copy_sql_(CopyInSql(plan)) {}

absl::Status Writer::Begin() {
  if (in_transaction_) return absl::OkStatus();
  RETURN_IF_ERROR(connection_.Run("BEGIN"));
  in_transaction_ = true;
  return mode_ == TriggerMode::kDisabledInside ? DisableTriggers() : absl::OkStatus();
}

absl::Status Writer::DisableTriggers() {
  ASSIGN_OR_RETURN(const pg::Result triggers,
                   connection_.Query(kUserTriggers, {absl::StrCat(plan_.target.oid)}));
  std::string disable;
  for (int row = 0; row < triggers.rows(); ++row) {
    const std::string alter = absl::StrCat("ALTER TABLE ", triggers.Text(row, 0), " ");
    absl::StrAppend(&disable, alter, "DISABLE TRIGGER ", triggers.Text(row, 1), ";");
    absl::StrAppend(&restore_triggers_sql_, alter, EnableWord(triggers.Value(row, 2)[0]),
                    triggers.Text(row, 1), ";");
  }
  return connection_.Run(disable);
}

absl::Status Writer::Write(const Slab& slab) {
  if (slab.first) {
    done_ = {.number = slab.chunk->number};
    chunk_ = slab.chunk;
    RETURN_IF_ERROR(Begin());
  }
  if (!slab.out.empty()) {
    if (!stream_.has_value()) {
      ASSIGN_OR_RETURN(pg::CopyIn stream, connection_.StartCopyIn(copy_sql_));
      stream_.emplace(std::move(stream));
      if (!plan_.text_format) RETURN_IF_ERROR(stream_->Put(copy_format::kHeader));
    }
    RETURN_IF_ERROR(stream_->Put(slab.out));
  }
  done_.source += slab.source;
  done_.written += slab.written;
  return slab.last ? FinishChunk(slab) : absl::OkStatus();
}

absl::Status Writer::FinishChunk(const Slab& slab) {
  if (stream_.has_value()) {
    if (!plan_.text_format) RETURN_IF_ERROR(stream_->Put(copy_format::kTrailer));
    const auto stored = stream_->Finish();
    stream_.reset();
    if (!stored.ok()) return stored.status();
    // A trigger may have dropped rows; the read-back will name them. More or fewer without one is
    // our bug or the server's, and nothing is committed then.
    if (*stored != done_.written.rows && plan_.target.triggers.empty())
      return absl::DataLossError(
          absl::StrCat("sent ", done_.written.rows, " rows, the server stored ", *stored));
  }
  RETURN_IF_ERROR(ledger::InsertDone(connection_, run_id_, done_));
  if (mode_ != TriggerMode::kDisabledInside) {
    RETURN_IF_ERROR(connection_.Commit());
    in_transaction_ = false;
  }
  progress_->rows += done_.written.rows;
  progress_->bytes += done_.written.bytes;
  progress_->chunks += 1;
  (void)slab;
  return absl::OkStatus();
}

absl::Status Writer::Abandon() {
  if (!stream_.has_value()) return absl::OkStatus();
  const absl::Status reason = stream_->Abandon();
  stream_.reset();
  return Annotate(reason, DescribeChunk(*chunk_));
}

absl::Status Writer::Close() {
  if (mode_ != TriggerMode::kDisabledInside || !in_transaction_) return absl::OkStatus();
  RETURN_IF_ERROR(connection_.Run("SET CONSTRAINTS ALL IMMEDIATE"));
  RETURN_IF_ERROR(connection_.Run(restore_triggers_sql_));
  in_transaction_ = false;
  return connection_.Commit();
}

}  // namespace regraft::execution

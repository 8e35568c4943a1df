#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::copy {
namespace {

// $1 is the sequence. Where it stands (NULL: not called yet, or not for us to read) and whether it
// counts down.
constexpr const char* kSequence = R"sql(
SELECT seqincrement < 0, seqstart,
       CASE WHEN has_sequence_privilege(seqrelid, 'SELECT, USAGE')
            THEN pg_sequence_last_value(seqrelid) END,
       has_sequence_privilege(seqrelid, 'SELECT, USAGE')
FROM pg_sequence WHERE seqrelid = $1::text::regclass
)sql";

// The largest value is one look into a btree that begins with the column, and a scan without it.
bool MaximumIsCheap(const catalog::Table& table, const std::string& column) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const catalog::Index& index) {
    return !index.of_partition && index.predicate_sql.empty() && !index.key_columns.empty() &&
           index.key_columns[0] == column &&
           index.definition.find(" USING btree ") != std::string::npos;
  });
}

absl::StatusOr<std::string> NoteOfOwn(Job* job, const std::string& sequence,
                                      const std::string& column) {
  pg::Connection& connection = *job->target_control;
  const std::string quoted = pg::QuoteIdentifier(column);
  const std::string table = pg::QuoteQualified(job->plan.target.name);
  ASSIGN_OR_RETURN(const pg::Result stands, connection.Query(kSequence, {sequence}));
  if (stands.rows() == 0) return "";
  const bool down = stands.Bool(0, 0);
  const std::string extreme = absl::StrCat(down ? "min(" : "max(", quoted, ")");
  const std::string advice = absl::StrCat("SELECT setval(", analysis::Literal(sequence), ", ",
                                          extreme, ") FROM ", table, ";");
  if (!stands.Bool(0, 3) || !MaximumIsCheap(job->plan.target, column))
    return absl::StrCat("the sequence of ", quoted, " is not advanced; if it is behind: ", advice);
  ASSIGN_OR_RETURN(const pg::Result reached,
                   connection.Execute(absl::StrCat("SELECT ", extreme, " FROM ", table)));
  if (reached.IsNull(0, 0)) return "";
  const bool called = !stands.IsNull(0, 2);
  const int64_t next = stands.Int64(0, called ? 2 : 1), top = reached.Int64(0, 0);
  // Not called yet, it gives the value it stands at.
  const bool behind = (down ? top < next : top > next) || (top == next && !called);
  if (!behind) return "";
  return absl::StrCat("the sequence ", sequence, called ? " stands at " : " will begin at ", next,
                      ", but ", quoted, " has reached ", top,
                      ": new rows would clash; to advance it: ", advice);
}

absl::StatusOr<std::string> NoteOf(Job* job, const catalog::Column& column) {
  ASSIGN_OR_RETURN(
      const pg::Result own,
      job->target_control->Query("SELECT pg_get_serial_sequence($1, $2)",
                                 {pg::QuoteQualified(job->plan.target.name), column.name}));
  // Whoever concludes the copy advances the sequences of the target itself.
  if (!own.IsNull(0, 0) && job->options.conclude) return "";
  if (!own.IsNull(0, 0)) return NoteOfOwn(job, own.Text(0, 0), column.name);
  return absl::StrCat("the sequence of ", pg::QuoteIdentifier(column.name),
                      " is not advanced; its default is ", column.default_sql);
}

}  // namespace

void AdviseOnSequences(Job* job) {
  for (const analysis::WrittenColumn& written : job->plan.written) {
    const catalog::Column* column = job->plan.target.FindColumn(written.target);
    if (column == nullptr || (column->identity == '\0' && !column->default_uses_sequence)) continue;
    // Advice that cannot be had must not fail a copy that is done.
    const absl::StatusOr<std::string> note = NoteOf(job, *column);
    if (note.ok() && !note->empty()) job->options.say(*note);
  }
}

}  // namespace regraft::copy

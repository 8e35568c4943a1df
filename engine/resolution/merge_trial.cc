#include "engine/resolution/merge_trial.h"

#include "engine/analysis/conflicts.h"
#include "engine/analysis/row_key.h"
#include "engine/analysis/sql.h"
#include "engine/analysis/value_checks.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/namespace_names.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <algorithm>

namespace regraft::resolution {
namespace {

using analysis::CopyPlan;

class MergeTrial {
 public:
  MergeTrial(Run* run, Work* work, CopyPlan* plan, const Rebuild& rebuild)
      : run_(run), work_(work), plan_(*plan), rebuild_(rebuild), saved_(work->saved) {}

  absl::Status Try() {
    if (!work_->source->arriving.empty())
      work_->Note("chain", absl::StrCat("rows that other merges bring into ", saved_.source,
                                        " are merged too; they are tried when it runs"));
    TryFills();
    RETURN_IF_ERROR(TryValues());
    if (!work_->refused()) RETURN_IF_ERROR(CountRemainder());
    if (!work_->refused()) RETURN_IF_ERROR(FindOrphans());
    return run_->options.prove_mapping && !work_->refused() ? Prove() : absl::OkStatus();
  }

 private:
  [[nodiscard]] bool SetsAside() const {
    return work_->action->merge->conflict == plan::Conflict::kRemainder;
  }

  // Every expression on every row: what fails for one row only must not stop the run halfway. How
  // many of its values the column would not keep as they are: COPY cuts nothing, but it rounds.
  void TryFills() {
    const plan::Mapping& mapping = work_->action->merge->mapping;
    std::vector<std::string> columns, counts = {"count(*)"};
    for (const plan::Fill& fill : mapping.fills)
      for (const auto& [column, sql] : plan_.forward_sql) {
        if (!fill.is_sql || column != fill.column) continue;
        columns.push_back(column);
        counts.push_back(absl::StrCat("count(*) FILTER (WHERE record_image_ne(ROW(", sql,
                                      "), ROW((", sql,
                                      ")::", plan_.target.FindColumn(column)->type_sql, ")))"));
      }
    if (columns.empty() && mapping.where.empty()) return;
    const auto tried = resolution::Try(run_->connection(),
                                       absl::StrCat("SELECT ", absl::StrJoin(counts, ", "), " ",
                                                    analysis::FromWholeSource(plan_, "")));
    if (!tried.ok())
      return work_->Refuse("bad-sql", absl::StrCat("fill and where, on the rows of now: ",
                                                   tried.status().message()));
    for (size_t i = 0; i < columns.size(); ++i)
      if (const int64_t rows = tried->Int64(0, static_cast<int>(i) + 1); rows > 0)
        RefuseFill(columns[i], rows);
  }

  void RefuseFill(const std::string& column, int64_t rows) {
    const std::string& type = plan_.target.FindColumn(column)->type_sql;
    work_->Refuse("value-lost",
                  absl::StrCat("fill ", column, ": ", Count(rows), " values do not fit ", type),
                  absl::StrCat("write (…)::", type, " in the expression, if that may be"));
  }

  absl::Status TryValues() {
    const absl::Status tried = analysis::CheckValues(plan_, run_->connection(), SetsAside());
    if (tried.ok()) return tried;
    if (KindOf(tried) != FailureKind::kBadPlan) return tried;
    std::vector<std::string> complaints = absl::StrSplit(std::string(tried.message()), "\n  - ");
    complaints.erase(complaints.begin());
    for (const std::string& complaint : complaints)
      work_->Refuse("value-lost", complaint,
                    "conflict: remainder sets such rows aside; columns: {COLUMN: ''} keeps the "
                    "original in the overflow column");
    return absl::OkStatus();
  }

  absl::Status CountRemainder() {
    const std::string target = pg::QuoteQualified(plan_.target.name);
    ASSIGN_OR_RETURN(const pg::Result any, run_->connection().Execute(absl::StrCat(
                                               "SELECT NOT EXISTS (SELECT FROM ", target, ")")));
    const bool is_empty = any.Bool(0, 0) && work_->target->arriving.empty();
    plan_.target_sql = work_->target->WithArriving();
    work_->target->arriving.push_back(analysis::SelectImage(plan_));
    const analysis::ConflictQuery query = analysis::FindConflicts(plan_, is_empty);
    for (const std::string& note : query.notes) work_->Note("untried-index", note);
    if (query.sql.empty()) return absl::OkStatus();
    const auto reasons = resolution::Try(
        run_->connection(),
        absl::StrCat("SELECT r.reason, count(*), min(", analysis::KeyText(plan_.source), ") FROM (",
                     query.sql, ") AS r JOIN ", pg::QuoteQualified(plan_.source.name),
                     " AS s ON s.ctid = r.row_ctid AND s.tableoid = r.leaf "
                     "GROUP BY 1 ORDER BY 2 DESC, 1"));
    if (!reasons.ok()) {
      work_->Refuse("bad-sql",
                    absl::StrCat("the rows cannot be mapped: ", reasons.status().message()));
      return absl::OkStatus();
    }
    for (int row = 0; row < reasons->rows(); ++row)
      saved_.remainder.push_back(
          {reasons->Text(row, 0), reasons->Int64(row, 1), reasons->Text(row, 2)});
    if (!SetsAside()) RefuseRemainder();
    return absl::OkStatus();
  }

  void RefuseRemainder() {
    for (const auto& reason : saved_.remainder) {
      if (absl::StartsWith(reason.reason, "loss ")) continue;  // its column was named above
      work_->Refuse("cannot-enter",
                    absl::StrCat(Count(reason.rows), " rows cannot enter ", saved_.target, ": ",
                                 reason.reason, ", such as ", reason.example),
                    "conflict: remainder sets them aside; or prepare the target for them");
    }
  }

  // Rows whose foreign key finds nothing. Those that go to the remainder for another reason are
  // seen here too: a plan that is refused wrongly harms nobody.
  absl::Status FindOrphans() {
    for (const catalog::ForeignKey& key : plan_.target.foreign_keys) {
      if (!IsWritten(key)) continue;
      ASSIGN_OR_RETURN(Relation * referenced, run_->world.Find(key.referenced));
      if (referenced == nullptr || !referenced->unreadable.empty()) continue;
      std::vector<std::string> present, equal;
      for (size_t i = 0; i < key.columns.size(); ++i) {
        const std::string column = analysis::SourceColumn(key.columns[i]);
        present.push_back(absl::StrCat("num_nulls(", column, ") = 0"));
        const std::string equals = i < key.equals.size() ? key.equals[i] : "";
        equal.push_back(absl::StrCat("r.", pg::QuoteIdentifier(key.referenced_columns[i]), " ",
                                     equals.empty() ? "=" : equals, " ", column));
      }
      const auto orphans = resolution::Try(
          run_->connection(),
          absl::StrCat("SELECT count(*), min(", analysis::SourceColumn(key.columns[0]),
                       "::text) FROM (", analysis::SelectImage(plan_), ") AS s WHERE ",
                       absl::StrJoin(present, " AND "), " AND NOT EXISTS (SELECT FROM ",
                       referenced->WithArriving(), " AS r WHERE ", absl::StrJoin(equal, " AND "),
                       ")"));
      if (!orphans.ok())
        work_->Refuse("bad-sql", absl::StrCat("foreign key ", key.name,
                                              " cannot be tried: ", orphans.status().message()));
      else if (orphans->Int64(0, 0) > 0)
        work_->Refuse("foreign-key",
                      absl::StrCat(Count(orphans->Int64(0, 0)), " rows find nothing in ",
                                   pg::DisplayName(key.referenced), " (foreign key ", key.name,
                                   "), such as ", orphans->Text(0, 1)),
                      "fill or where, so that they have a partner or NULL");
    }
    return absl::OkStatus();
  }

  [[nodiscard]] bool IsWritten(const catalog::ForeignKey& key) const {
    return !key.columns.empty() &&
           std::all_of(key.columns.begin(), key.columns.end(), [&](const std::string& column) {
             return std::any_of(plan_.forward_sql.begin(), plan_.forward_sql.end(),
                                [&](const auto& forward) { return forward.first == column; });
           });
  }

  // The rows that go to the remainder have no image.
  absl::Status Prove() {
    std::string kept;
    for (const analysis::ValueCheck& check : plan_.value_checks)
      absl::StrAppend(&kept, kept.empty() ? "" : " AND ", "NOT (", check.lost_sql, ")");
    Rebuild rebuild = rebuild_;
    rebuild.from = analysis::FromWholeSource(plan_, kept);
    return ProveRebuild(run_, work_, rebuild);
  }

  Run* run_;
  Work* work_;
  CopyPlan& plan_;
  const Rebuild& rebuild_;
  saved_plan::SavedAction& saved_;
};

}  // namespace

absl::Status TryMerge(Run* run, Work* work, CopyPlan* plan, const Rebuild& rebuild) {
  return MergeTrial(run, work, plan, rebuild).Try();
}

absl::Status NameRemainder(Run* run, Work* work) {
  const pg::QualifiedName name = RemainderName(*work);
  work->saved.remainder_table = pg::DisplayName(name);
  ASSIGN_OR_RETURN(const Relation* there, run->world.Find(name));
  if (there != nullptr)
    work->Refuse("name-taken",
                 absl::StrCat(there->Display(),
                              " exists already; rows are set aside in a table of "
                              "their own"),
                 "remainder: another name");
  ASSIGN_OR_RETURN(
      const pg::Result schema,
      run->connection().Query("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)",
                              {name.schema}));
  // A fold makes the schema of its archived source first, in the same transaction.
  const bool is_made = work->action->fold.has_value() && work->new_name.has_value() &&
                       work->new_name->schema == name.schema;
  if (!schema.Bool(0, 0) && !is_made)
    work->Refuse(
        "no-such-schema", absl::StrCat("remainder: there is no schema ", name.schema),
        absl::StrCat("CREATE SCHEMA ", pg::QuoteIdentifier(name.schema), ", or another remainder"));
  return absl::OkStatus();
}

pg::QualifiedName RemainderName(const Work& work) {
  if (work.action->remainder.has_value()) return *work.action->remainder;
  constexpr size_t kNameBytesMax = 63;  // NAMEDATALEN - 1
  const pg::QualifiedName& source = work.source->table.name;
  const std::string name = source.name + "_remainder";
  // A name that must be cut keeps its beginning.
  return {source.schema,
          name.size() <= kNameBytesMax ? name : catalog::FreeName("remainder_" + source.name, {})};
}

}  // namespace regraft::resolution

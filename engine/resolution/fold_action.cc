// merge_jsonb and merge_cols: each source row becomes a value of one row of the target.

#include "engine/analysis/hazards.h"
#include "engine/analysis/overflow.h"
#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/planned_column.h"
#include "engine/plan/nearest_word.h"
#include "engine/resolution/fold_join.h"
#include "engine/resolution/merge_trial.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::resolution {
namespace {

using analysis::SourceColumn;
using catalog::Column;

constexpr uint32_t kJsonb = 3802;
constexpr size_t kNameBytesMax = 63;  // NAMEDATALEN - 1

class FoldResolver {
 public:
  FoldResolver(Run* run, Work* work)
      : run_(run),
        work_(work),
        rules_(*work->action->fold),
        saved_(work->saved),
        jsonb_(work->action->kind == plan::ActionKind::kMergeJsonb) {}

  absl::Status Resolve() {
    saved_.method = "fold";
    CheckTables();
    RETURN_IF_ERROR(CheckJoin());
    if (work_->refused()) return absl::OkStatus();
    RETURN_IF_ERROR(jsonb_ ? AddJsonbColumn() : AddColumns());
    Describe();
    NameHazards();
    NameLocks();
    if (rules_.unmatched == plan::Conflict::kRemainder) RETURN_IF_ERROR(NameRemainder(run_, work_));
    if (run_->options.estimate) {
      work_->Note(
          "not-tried",
          "--estimate: the rows were not tried against the join, nor the values of its columns");
      return absl::OkStatus();
    }
    if (!work_->refused()) TryFoldJoin(run_, work_, rebuild_.from);
    return run_->options.prove_mapping && !work_->refused() ? ProveRebuild(run_, work_, rebuild_)
                                                            : absl::OkStatus();
  }

 private:
  void CheckTables() {
    for (const Relation* relation : {work_->source, work_->target})
      if (relation->table.relkind != 'r' && relation->table.relkind != 'p')
        work_->Refuse("not-a-table", absl::StrCat(relation->Display(), " is not a table (relkind ",
                                                  std::string(1, relation->table.relkind), ")"));
    if (work_->source == work_->target)
      work_->Refuse("same-table", absl::StrCat(saved_.source, " cannot be folded into itself"));
    if (!jsonb_ && rules_.several == plan::Several::kArray)
      work_->Refuse("several-into-columns",
                    "several: array is for merge_jsonb; columns hold one row's values");
  }

  void RefuseColumn(const Relation& relation, const std::string& column) {
    std::vector<std::string_view> names;
    for (const Column& known : relation.table.columns) names.push_back(known.name);
    work_->Refuse("no-such-column", absl::StrCat("join: ", relation.Display(), " has no column ",
                                                 column, plan::SuggestWord(column, names)));
  }

  absl::Status CheckJoin() {
    for (const plan::JoinColumn& join : rules_.join) {
      if (work_->target->table.FindColumn(join.target) == nullptr)
        RefuseColumn(*work_->target, join.target);
      if (!join.sql.empty())
        RETURN_IF_ERROR(CheckSql(run_, work_, "join " + join.target, join.sql));
      else if (work_->source->table.FindColumn(join.source) == nullptr)
        RefuseColumn(*work_->source, join.source);
    }
    return absl::OkStatus();
  }

  void AddStatement(const Column& column) {
    const std::string table =
        absl::StrCat("ALTER TABLE ", pg::QuoteQualified(work_->target->table.name), " ");
    const std::string name = pg::QuoteIdentifier(column.name);
    saved_.statements.push_back({absl::StrCat(table, "ADD COLUMN ", name, " ", column.type_sql),
                                 absl::StrCat(table, "DROP COLUMN ", name), ""});
  }

  // A default would be taken for values of source rows.
  void RefuseDefault(const std::string& column) {
    for (const auto& [planned, value] : work_->target->planned)
      if (planned.name == column && !value.empty())
        work_->Refuse("column-taken",
                      absl::StrCat("the column ", column, " of ", saved_.target,
                                   " is prepared with DEFAULT ", value),
                      "prepare it without DEFAULT");
  }

  [[nodiscard]] bool IsPlanned(const std::string& column) const {
    return std::any_of(work_->target->planned.begin(), work_->target->planned.end(),
                       [&](const auto& planned) { return planned.first.name == column; });
  }

  // What a column holds already is somebody's, and is not written over.
  absl::Status CheckFree(const std::string& column) {
    if (IsPlanned(column) || run_->options.estimate) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::Result held,
                     run_->connection().Execute(absl::StrCat(
                         "SELECT count(*) FROM ", pg::QuoteQualified(work_->target->table.name),
                         " AS s WHERE num_nulls(", SourceColumn(column), ") = 0")));
    if (held.Int64(0, 0) > 0)
      work_->Refuse("column-taken",
                    absl::StrCat("the column ", column, " of ", saved_.target, " already holds ",
                                 Count(held.Int64(0, 0)), " values"),
                    "choose another name");
    return absl::OkStatus();
  }

  absl::Status AddColumn(const std::string& name, const std::string& type, uint32_t type_oid) {
    if (name.size() > kNameBytesMax) {
      work_->Refuse("name-too-long",
                    absl::StrCat("the column name ", name, " has ", name.size(),
                                 " bytes; PostgreSQL takes 63"),
                    "choose a shorter prefix");
      return absl::OkStatus();
    }
    const Column* there = work_->target->table.FindColumn(name);
    if (there == nullptr) {
      ASSIGN_OR_RETURN(Column column, catalog::PlanColumn(run_->connection(), name, type));
      AddStatement(column);
      column.attnum = static_cast<int16_t>(work_->target->table.columns.back().attnum + 1);
      work_->target->table.columns.push_back(column);
      work_->target->planned.emplace_back(std::move(column), "");
      return absl::OkStatus();
    }
    if (there->type.oid != type_oid || (!jsonb_ && there->type_sql != type))
      work_->Refuse("column-differs",
                    absl::StrCat("the column ", name, " of ", saved_.target, " is ",
                                 there->type_sql, ", not ", type),
                    jsonb_ ? "choose another column" : "choose another prefix");
    RefuseDefault(name);
    return CheckFree(name);
  }

  absl::Status AddJsonbColumn() { return AddColumn(rules_.column, "jsonb", kJsonb); }

  absl::Status AddColumns() {
    for (const Column& column : work_->source->table.columns)
      RETURN_IF_ERROR(AddColumn(rules_.prefix + column.name, column.type_sql, column.type.oid));
    return absl::OkStatus();
  }

  [[nodiscard]] const std::vector<Column>& SourceColumns() const {
    return work_->source->table.columns;
  }

  void Describe() {
    rebuild_.from = absl::StrCat("FROM ", pg::QuoteQualified(work_->source->table.name), " AS s");
    jsonb_ ? DescribeObject() : DescribeColumns();
    for (const Rebuild::Column& column : rebuild_.columns) {
      const Column& source = *work_->source->table.FindColumn(column.name);
      const std::string home = jsonb_ ? rules_.column : rules_.prefix + column.name;
      saved_.homes.push_back({column.name, source.type_sql, jsonb_ ? "folded" : "same", home,
                              jsonb_ ? "jsonb" : source.type_sql, column.inverse});
    }
    saved_.forward = ForwardSelect(rebuild_);
    saved_.inverse = InverseSelect();
  }

  // One flat object of strings per source row, as in the overflow column.
  void DescribeObject() {
    std::vector<const Column*> columns;
    for (const Column& column : SourceColumns()) columns.push_back(&column);
    rebuild_.forward.emplace_back(rules_.column,
                                  analysis::OverflowForward(columns, /*null_if_empty=*/false,
                                                            /*portable=*/false));
    for (const Column& column : SourceColumns())
      rebuild_.columns.push_back({column.name, SourceColumn(column.name),
                                  analysis::OverflowInverse(rules_.column, column)});
  }

  // A target row without a source row must be told from one whose values are all NULL.
  void DescribeColumns() {
    for (const Column& column : SourceColumns()) {
      const std::string name = rules_.prefix + column.name;
      rebuild_.forward.emplace_back(name, SourceColumn(column.name));
      rebuild_.columns.push_back({column.name, SourceColumn(column.name), SourceColumn(name)});
      if (column.not_null && never_null_.empty()) never_null_ = name;
    }
    if (never_null_.empty())
      work_->Refuse("no-inverse",
                    absl::StrCat("every column of ", saved_.source,
                                 " can be NULL: a row of NULLs "
                                 "could not be told from no row"),
                    "use merge_jsonb, which keeps an empty object");
  }

  [[nodiscard]] std::string InverseSelect() const {
    std::vector<std::string> columns;
    for (const Rebuild::Column& column : rebuild_.columns)
      columns.push_back(absl::StrCat(column.inverse, " AS ", pg::QuoteIdentifier(column.name)));
    const std::string select = absl::StrCat("SELECT ", absl::StrJoin(columns, ", "), " FROM ");
    const std::string target = pg::QuoteQualified(work_->target->table.name);
    const std::string column = pg::QuoteIdentifier(rules_.column);
    if (!jsonb_)
      return absl::StrCat(select, target, " AS s WHERE num_nulls(", SourceColumn(never_null_),
                          ") = 0");
    if (rules_.several == plan::Several::kRefuse)
      return absl::StrCat(select, target, " AS s WHERE num_nulls(s.", column, ") = 0");
    return absl::StrCat(select, target, " AS t, jsonb_array_elements(t.", column, ") AS s(", column,
                        ")");
  }

  void NameHazards() {
    const bool suppress = work_->Allows(plan::kTriggersSuppressed);
    const auto acting =
        analysis::ActingOn(work_->target->table, analysis::RowEvent::kUpdate, suppress);
    const auto still = analysis::ActingOn(work_->target->table, analysis::RowEvent::kUpdate, false);
    if (!acting.empty())
      work_->Hazard(plan::kTriggerFires,
                    absl::StrCat("on ", saved_.target, " ", absl::StrJoin(acting, ", "),
                                 " acts on every row that is filled"));
    else if (!still.empty())
      work_->Hazard(plan::kTriggersSuppressed,
                    absl::StrCat("on ", saved_.target, " ", absl::StrJoin(still, ", "),
                                 " will not act on the rows that are filled"));
  }

  void NameLocks() {
    const std::string duration = CopyDuration(saved_.bytes);
    saved_.locks.push_back(
        {saved_.source, "SHARE",
         absl::StrCat("until ", Count(saved_.rows), " rows are folded and verified, ", duration)});
    if (!saved_.statements.empty())
      saved_.locks.push_back(
          {saved_.target, "ACCESS EXCLUSIVE", "some milliseconds, for the columns"});
    saved_.locks.push_back({saved_.target, "ROW EXCLUSIVE", duration});
  }

  Run* run_;
  Work* work_;
  const plan::FoldRules& rules_;
  saved_plan::SavedAction& saved_;
  bool jsonb_;
  Rebuild rebuild_;
  std::string never_null_;
};

}  // namespace

absl::Status ResolveFold(Run* run, Work* work) { return FoldResolver(run, work).Resolve(); }

}  // namespace regraft::resolution

#include "engine/analysis/hazards.h"
#include "engine/analysis/make_copy_plan.h"
#include "engine/analysis/narrowing.h"
#include "engine/analysis/sql.h"
#include "engine/analysis/value_checks.h"
#include "engine/base/status_macros.h"
#include "engine/resolution/merge_trial.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::resolution {
namespace {

using analysis::CopyPlan;

class MergeResolver {
 public:
  MergeResolver(Run* run, Work* work)
      : run_(run), work_(work), rules_(*work->action->merge), saved_(work->saved) {}

  absl::Status Resolve() {
    saved_.method = "copy";
    saved_.discriminator = plan::DiscriminatorWords(rules_.mapping);
    CheckTables();
    RETURN_IF_ERROR(CheckSqlTexts());
    if (work_->refused()) return absl::OkStatus();
    ASSIGN_OR_RETURN(analysis::AnalysedCopy analysed, Analyse());
    for (const std::string& refusal : analysed.refusals) work_->Refuse("no-home", refusal);
    if (!analysed.refusals.empty()) return absl::OkStatus();
    plan_ = std::move(analysed.plan);
    plan_.target_sql = work_->target->FromSql();
    DescribeMapping();
    NameHazards();
    NameLocks();
    if (plan_.back.provenance.empty()) NameLackOfProvenance();
    if (rules_.conflict == plan::Conflict::kRemainder) RETURN_IF_ERROR(NameRemainder(run_, work_));
    if (run_->options.estimate) {
      work_->Note("not-tried", "--estimate: the rows were not tried against the mapping");
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(CheckDiscriminator());
    return TryMerge(run_, work_, &plan_, rebuild_);
  }

 private:
  void CheckTables() {
    const catalog::Table& target = work_->target->table;
    const catalog::Table& source = work_->source->table;
    if (target.relkind != 'r' && target.relkind != 'p')
      work_->Refuse("not-a-table", absl::StrCat(saved_.target, " is not a table (relkind ",
                                                std::string(1, target.relkind), ")"));
    if (source.relkind != 'r' && source.relkind != 'p')
      work_->Refuse("not-a-table", absl::StrCat(saved_.source, " is not a table (relkind ",
                                                std::string(1, source.relkind), ")"));
    if (!source.inheritance_children.empty())
      work_->Refuse("inheritance",
                    absl::StrCat(saved_.source, " has inheritance children, such as ",
                                 pg::DisplayName(source.inheritance_children[0].name)),
                    "merge each of them by an action of its own");
    if (source.persistence == 't' || target.persistence == 't')
      work_->Refuse("temporary", "a temporary table can be used by its own session only");
  }

  absl::Status CheckSqlTexts() {
    for (const plan::Fill& fill : rules_.mapping.fills)
      if (fill.is_sql) RETURN_IF_ERROR(CheckSql(run_, work_, "fill " + fill.column, fill.value));
    if (!rules_.mapping.where.empty())
      RETURN_IF_ERROR(CheckSql(run_, work_, "where", rules_.mapping.where, SqlUse::kCondition));
    return absl::OkStatus();
  }

  absl::StatusOr<analysis::AnalysedCopy> Analyse() {
    plan::CopyRequest request{.source = work_->source->table.name,
                              .target = work_->target->table.name,
                              .mapping = rules_.mapping,
                              .remainder = work_->action->remainder,
                              .allow = work_->action->allow};
    // A comment at its end must not swallow what is written behind it.
    if (absl::StrContains(request.mapping.where, "--")) request.mapping.where += '\n';
    // What acts on the rows is named below, as hazards of the plan.
    request.allow.insert(std::string(plan::kTriggerFires));
    analysis::CopyPlanInput input{.request = std::move(request),
                                  .source = work_->source->table,
                                  .target = work_->target->table};
    return analysis::AnalyseCopy(std::move(input), run_->connection());
  }

  void DescribeMapping() {
    for (const analysis::SourceHome& home : plan_.source_homes) {
      const std::string inverse = TypedInverse(home);
      rebuild_.columns.push_back({home.column, analysis::SourceColumn(home.column), inverse});
      saved_.homes.push_back(
          {home.column, home.type, home.how, home.home, home.home_type, inverse});
    }
    for (const plan::Constant& constant : rules_.mapping.constants)
      AddFilled(constant.column, analysis::Literal(constant.value));
    for (const plan::Fill& fill : rules_.mapping.fills)
      AddFilled(fill.column, fill.is_sql ? fill.value : analysis::Literal(fill.value));
    for (const std::string& column : Unwritten())
      AddFilled(column, DefaultWords(*plan_.target.FindColumn(column)));
    rebuild_.forward = plan_.forward_sql;
    rebuild_.from = analysis::FromWholeSource(plan_, "");
    saved_.forward = ForwardSelect(rebuild_);
    saved_.inverse = InverseSelect();
  }

  // Of the same bytes is not of the same type: varchar in a home of type text, or one enum in
  // another, between which there is no cast.
  [[nodiscard]] std::string TypedInverse(const analysis::SourceHome& home) const {
    if (home.how != "same" || home.home_type == home.type) return home.inverse;
    const auto is_enum = [](const catalog::Column* column) {
      return column != nullptr && !column->type.enum_labels_sql.empty();
    };
    const bool enums = is_enum(plan_.source.FindColumn(home.column)) &&
                       is_enum(plan_.target.FindColumn(home.home));
    return absl::StrCat("(", home.inverse, enums ? ")::text::" : ")::", home.type);
  }

  static std::string DefaultWords(const catalog::Column& column) {
    return "default " +
           (column.default_sql.empty() ? "(next value of its identity)" : column.default_sql);
  }

  void AddFilled(const std::string& column, std::string value) {
    const catalog::Column* target = plan_.target.FindColumn(column);
    saved_.filled.push_back({column, target == nullptr ? "" : target->type_sql, std::move(value)});
  }

  [[nodiscard]] std::vector<std::string> Unwritten() const {
    std::vector<std::string> columns;
    for (const catalog::Column& column : plan_.target.columns) {
      const auto writes = [&](const auto& forward) { return forward.first == column.name; };
      if (std::none_of(plan_.forward_sql.begin(), plan_.forward_sql.end(), writes) &&
          column.generated == '\0' && (!column.default_sql.empty() || column.identity != '\0'))
        columns.push_back(column.name);
    }
    return columns;
  }

  [[nodiscard]] std::string InverseSelect() const {
    std::vector<std::string> columns;
    for (const auto& column : rebuild_.columns)
      columns.push_back(absl::StrCat(column.inverse, " AS ", pg::QuoteIdentifier(column.name)));
    return absl::StrCat("SELECT ", absl::StrJoin(columns, ", "), " FROM ",
                        pg::QuoteQualified(plan_.target.name), " AS s",
                        plan_.back.provenance.empty() ? "" : " WHERE " + plan_.back.provenance);
  }

  void NameHazards() {
    const bool suppress = work_->Allows(plan::kTriggersSuppressed);
    const auto acting =
        analysis::ActingOn(plan_.target, analysis::RowEvent::kInsert, /*as_replica=*/suppress);
    if (!acting.empty())
      NameTriggers(acting, suppress);
    else if (suppress)
      NameSuppressed();
    for (const analysis::ValueCheck& check : plan_.value_checks) {
      const catalog::Column& source = *plan_.source.FindColumn(check.source_column);
      const catalog::Column& target = *plan_.target.FindColumn(check.target_column);
      if (analysis::Narrows(source, target))
        work_->Hazard(plan::kNarrowingCast,
                      absl::StrCat("column \"", source.name, "\" (", source.type_sql, ") into \"",
                                   target.name, "\" (", target.type_sql,
                                   "): every value is tried, but the type is narrower"));
    }
    for (const std::string& note : plan_.notes) work_->Note("mapping", note);
  }

  void NameTriggers(const std::vector<std::string>& acting, bool suppressed) {
    const std::string what =
        absl::StrCat("on ", saved_.target, " ", absl::StrJoin(acting, ", "),
                     suppressed ? " would still act on merged rows" : " would act on merged rows");
    if (suppressed || work_->Allows(plan::kTriggerFires))
      return work_->Hazard(plan::kTriggerFires, what);
    work_->Refuse(std::string(plan::kTriggerFires), what,
                  "to keep them still: allow: [triggers-suppressed]; to let them act: allow: "
                  "[trigger-fires]");
  }

  void NameSuppressed() {
    const auto still = analysis::ActingOn(plan_.target, analysis::RowEvent::kInsert, false);
    if (!still.empty())
      work_->Hazard(plan::kTriggersSuppressed,
                    absl::StrCat("on ", saved_.target, " ", absl::StrJoin(still, ", "),
                                 " will not act on merged rows"));
  }

  void NameLocks() {
    const std::string until =
        absl::StrCat("until ", Count(saved_.rows), " rows are copied and verified, ",
                     CopyDuration(saved_.bytes));
    saved_.locks.push_back({saved_.source, "SHARE", until + "; writers of it wait"});
    saved_.locks.push_back({saved_.target, "ROW EXCLUSIVE", until + "; readers and writers go on"});
  }

  void NameLackOfProvenance() {
    work_->Hazard(plan::kNoProvenance,
                  absl::StrCat("nothing tells merged rows from others in ", saved_.target,
                               ": give the merge a set: {COLUMN: VALUE}; without one it can be "
                               "verified now, but not later, and not undone"));
  }

  // Rows that carry the discriminator already would be taken for merged ones for ever after.
  absl::Status CheckDiscriminator() {
    if (plan_.back.provenance.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::Result count, run_->connection().Execute(absl::StrCat(
                                                 "SELECT count(*) FROM ", plan_.target_sql,
                                                 " AS s WHERE ", plan_.back.provenance)));
    if (const int64_t there = count.Int64(0, 0); there > 0)
      work_->Refuse("discriminator-taken",
                    absl::StrCat(saved_.target, " already holds ", Count(there), " rows with ",
                                 saved_.discriminator),
                    "choose another value for set");
    return absl::OkStatus();
  }

  Run* run_;
  Work* work_;
  const plan::MergeRules& rules_;
  saved_plan::SavedAction& saved_;
  CopyPlan plan_;
  Rebuild rebuild_;
};

}  // namespace

absl::Status ResolveMerge(Run* run, Work* work) { return MergeResolver(run, work).Resolve(); }

}  // namespace regraft::resolution

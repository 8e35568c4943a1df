#include "engine/resolution/checks.h"

#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::resolution {
namespace {

class NameChecker {
 public:
  NameChecker(Run* run, const std::vector<Work>& works) : run_(run), works_(works) {}

  absl::Status CheckAudit(const plan::Audit& audit) {
    const std::string what = "audit " + audit.id;
    if (audit.kind == plan::AuditKind::kSql || !audit.todo.empty()) return absl::OkStatus();
    std::vector<std::string> columns = audit.columns, others;
    if (!audit.column.empty()) columns.push_back(audit.column);
    for (const plan::ColumnPair& pair : audit.join) {
      columns.push_back(pair.source);
      others.push_back(pair.target);
    }
    RETURN_IF_ERROR(CheckTable(what, audit.table, columns));
    return audit.other.has_value() ? CheckTable(what, *audit.other, others) : absl::OkStatus();
  }

  absl::Status CheckTable(const std::string& what, const pg::QualifiedName& name,
                          const std::vector<std::string>& columns) {
    ASSIGN_OR_RETURN(const Relation* relation, Find(name));
    if (relation == nullptr) {
      ASSIGN_OR_RETURN(const auto similar, catalog::SimilarRelations(run_->connection(), name));
      Refuse("no-such-table", absl::StrCat(what, ": there is no table ", pg::DisplayName(name)),
             similar.empty() ? "" : absl::StrCat("did you mean ", similar[0], "?"));
      return absl::OkStatus();
    }
    std::vector<std::string_view> known;
    for (const catalog::Column& column : relation->table.columns) known.push_back(column.name);
    for (const std::string& column : columns)
      if (relation->table.FindColumn(column) == nullptr)
        Refuse("no-such-column",
               absl::StrCat(what, ": ", pg::DisplayName(name), " has no column ", column,
                            plan::SuggestWord(column, known)),
               "");
    return absl::OkStatus();
  }

  // Who approves the plan approves this too.
  void AnnounceLock(const plan::Lock& lock) {
    findings_.push_back(
        {"note", "leaf-lock",
         absl::StrCat(
             "when all else is done, apply locks the schemas ", absl::StrJoin(lock.schemas, ", "),
             ": no relation appears there, goes or ",
             "changes its structure unless it is registered; leaves of type ARCHIVE take no "
             "rows; undo lifts it"),
         ""});
  }

  std::vector<saved_plan::Finding> Take() { return std::move(findings_); }

 private:
  absl::StatusOr<Relation*> Find(const pg::QualifiedName& name) {
    ASSIGN_OR_RETURN(Relation * relation, run_->world.Find(name));
    if (relation != nullptr) return relation;
    for (const Work& work : works_)
      if (work.new_name == name) return work.source;
    return nullptr;
  }

  void Refuse(const std::string& code, const std::string& text, const std::string& remedy) {
    findings_.push_back({"refusal", code, text, remedy});
  }

  Run* run_;
  const std::vector<Work>& works_;
  std::vector<saved_plan::Finding> findings_;
};

}  // namespace

absl::StatusOr<std::vector<saved_plan::Finding>> CheckNames(Run* run,
                                                            const std::vector<Work>& works) {
  NameChecker checker(run, works);
  for (const plan::Audit& audit : run->plan.audits) RETURN_IF_ERROR(checker.CheckAudit(audit));
  if (run->plan.lock.has_value()) checker.AnnounceLock(*run->plan.lock);
  if (run->plan.lock.has_value())
    for (const plan::Leaf& leaf : run->plan.lock->leaves)
      if (leaf.todo.empty()) RETURN_IF_ERROR(checker.CheckTable("lock", leaf.table, {}));
  return checker.Take();
}

}  // namespace regraft::resolution

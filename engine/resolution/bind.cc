#include "engine/resolution/bind.h"

#include "engine/analysis/encode.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include <algorithm>
#include <map>
#include <set>

namespace regraft::resolution {
namespace {

using plan::ActionKind;
using saved_plan::SavedAnswer;

const SavedAnswer* Find(const std::vector<SavedAnswer>& answers, const std::string& id) {
  const auto found = std::find_if(answers.begin(), answers.end(),
                                  [&](const SavedAnswer& answer) { return answer.id == id; });
  return found == answers.end() ? nullptr : &*found;
}

class Answerer {
 public:
  explicit Answerer(const std::vector<SavedAnswer>& ledger) : ledger_(ledger) {}

  BoundPlan Expand(const plan::Plan& plan) {
    for (const plan::Action& action : plan.actions) {
      bound_.actions.push_back(action);
      if (action.kind == ActionKind::kPending && action.question.has_value()) Expand(action);
    }
    return std::move(bound_);
  }

 private:
  // The file's answer counts as much as the ledger's: two that differ are nobody's will.
  void Expand(const plan::Action& action) {
    const SavedAnswer* stored = Find(ledger_, action.id);
    std::optional<SavedAnswer> answer;
    if (stored != nullptr) answer = *stored;
    if (const auto& own = action.question->answer; own.has_value()) {
      if (answer.has_value() && answer->choice != own->choice)
        return Refuse(action, absl::StrCat("the plan answers ", own->choice, ", the ledger ",
                                           answer->choice));
      answer = SavedAnswer{action.id, own->choice, own->by, own->reason};
    }
    if (!answer.has_value()) return;
    for (const plan::Option& option : action.question->options)
      if (option.word == answer->choice) return Choose(action, option, *answer);
    Refuse(action, absl::StrCat("the answer ", answer->choice, " is none of its options"));
  }

  void Refuse(const plan::Action& action, const std::string& what) {
    bound_.findings.push_back(
        {"refusal", "answer", absl::StrCat(action.id, ": ", what),
         absl::StrCat("regraft decide PLAN.yaml ", action.id, " --choose OPTION --reason WHY")});
  }

  void Choose(const plan::Action& question, const plan::Option& option, const SavedAnswer& answer) {
    bound_.answers.push_back(answer);
    for (size_t i = 0; i < option.actions.size(); ++i) {
      bound_.actions.push_back(option.actions[i]);
      plan::Action& action = bound_.actions.back();
      if (action.id.empty())
        action.id = absl::StrCat(question.id, "/", option.word,
                                 option.actions.size() > 1 ? absl::StrCat("-", i + 1) : "");
    }
  }

  const std::vector<SavedAnswer>& ledger_;
  BoundPlan bound_;
};

bool RewritesRows(ActionKind kind) {
  return kind == ActionKind::kMerge || kind == ActionKind::kMergeJsonb ||
         kind == ActionKind::kMergeCols;
}

bool GivesNewName(ActionKind kind) {
  return kind == ActionKind::kArchive || kind == ActionKind::kMove;
}

class Binder {
 public:
  Binder(Run* run, const std::vector<plan::Action>& actions) : run_(run), actions_(actions) {}

  absl::StatusOr<Work> Bind(const plan::Action& action) {
    Work work{.action = &action};
    work.saved.id = action.id;
    work.saved.kind = std::string(plan::KindWord(action.kind));
    work.saved.source = pg::DisplayName(action.source);
    if (action.target.has_value()) work.saved.target = pg::DisplayName(*action.target);
    work.saved.reason = action.reason;
    work.saved.state = "ready";
    if (action.expected.has_value()) work.saved.expected_rows = action.expected->rows;
    ASSIGN_OR_RETURN(work.source, Find(action.source, &work, &work.maker));
    if (RewritesRows(action.kind) && action.target.has_value()) {
      ASSIGN_OR_RETURN(work.target, Find(*action.target, &work, nullptr));
    }
    if (work.source != nullptr) work.saved.source_oid = work.source->table.oid;
    if (work.target != nullptr) work.saved.target_oid = work.target->table.oid;
    NameDestination(&work);
    return work;
  }

 private:
  // A name of the database as it is, or one that another action gives.
  absl::StatusOr<Relation*> Find(const pg::QualifiedName& name, Work* work,
                                 const plan::Action** maker) {
    ASSIGN_OR_RETURN(Relation * relation, run_->world.Find(name));
    if (relation != nullptr) return relation;
    for (const plan::Action& other : actions_) {
      if (!GivesNewName(other.kind) || other.target != name || &other == work->action) continue;
      if (maker != nullptr) *maker = &other;
      return run_->world.Find(other.source);
    }
    ASSIGN_OR_RETURN(const auto similar, catalog::SimilarRelations(run_->connection(), name));
    work->Refuse("no-such-table", absl::StrCat("there is no table ", pg::DisplayName(name)),
                 similar.empty() ? "" : absl::StrCat("did you mean ", similar[0], "?"));
    return nullptr;
  }

  void NameDestination(Work* work) {
    const plan::Action& action = *work->action;
    if (GivesNewName(action.kind)) {
      work->new_name = action.target;
      work->view_remains = action.view;
    } else if (RewritesRows(action.kind) && action.after != plan::After::kKeep) {
      work->new_name = ArchiveName(action.source);
      work->view_remains = action.after == plan::After::kView;
    }
    if (!RewritesRows(action.kind)) return;
    work->saved.source_after =
        work->new_name.has_value()
            ? absl::StrCat(pg::DisplayName(*work->new_name),
                           work->view_remains ? ", with a view under its old name" : "")
            : "stays";
  }

  [[nodiscard]] pg::QualifiedName ArchiveName(const pg::QualifiedName& source) const {
    const std::string pattern = absl::StrReplaceAll(
        run_->plan.archive_names, {{"{schema}", source.schema}, {"{table}", source.name}});
    const size_t dot = pattern.find('.');
    return {pattern.substr(0, dot), pattern.substr(dot + 1)};
  }

  Run* run_;
  const std::vector<plan::Action>& actions_;
};

// A table is touched with its partitions, and a partition by what is done to the whole.
bool Holds(const Relation* relation, uint32_t oid) {
  if (relation == nullptr) return false;
  const auto is_it = [&](const catalog::Leaf& leaf) { return leaf.oid == oid; };
  return relation->table.oid == oid ||
         std::any_of(relation->table.leaves.begin(), relation->table.leaves.end(), is_it);
}

void CheckUntouchable(const Relation& untouchable, std::vector<Work>* works) {
  for (Work& work : *works) {
    if (work.action->kind == ActionKind::kPending) continue;
    for (const Relation* relation : {work.source, work.target})
      if (Holds(relation, untouchable.table.oid) ||
          (relation != nullptr && Holds(&untouchable, relation->table.oid)))
        work.Refuse("untouchable", absl::StrCat(untouchable.Display(), " is named as untouchable"),
                    "take the action out, or the table off the list");
  }
}

// The target's columns that a merge or fold gives values.
std::set<std::string> WrittenColumns(const Work& work) {
  std::set<std::string> columns;
  const auto add_source = [&](const std::string& prefix) {
    for (const catalog::Column& column : work.source->table.columns)
      columns.insert(prefix + column.name);
  };
  if (const auto& fold = work.action->fold; fold.has_value()) {
    if (fold->prefix.empty()) return {fold->column};
    add_source(fold->prefix);
    return columns;
  }
  const plan::Mapping& mapping = work.action->merge->mapping;
  add_source("");
  for (const plan::ColumnPair& pair : mapping.columns) columns.erase(pair.source);
  for (const plan::ColumnPair& pair : mapping.columns) columns.insert(pair.target);
  for (const plan::Constant& constant : mapping.constants) columns.insert(constant.column);
  for (const plan::ValueMap& map : mapping.value_maps) columns.insert(map.target);
  for (const plan::Fill& fill : mapping.fills) columns.insert(fill.column);
  columns.insert(mapping.overflow);
  columns.erase("");
  return columns;
}

// What a fold puts into a column is known later by the column alone.
void CheckColumns(const Work& one, Work* other) {
  if (one.target == nullptr || one.target != other->target || one.source == nullptr ||
      other->source == nullptr)
    return;
  if (!one.action->fold.has_value() && !other->action->fold.has_value()) return;
  const std::set<std::string> columns = WrittenColumns(one);
  for (const std::string& column : WrittenColumns(*other))
    if (columns.contains(column))
      return other->Refuse("column-twice",
                           absl::StrCat("the column ", column, " of ", other->saved.target,
                                        " is already filled by ", one.saved.id),
                           "choose another column or prefix");
}

// Two literals of one type may be one value: 1 and 01, 'a' and 'a ' of char(3).
bool SameValue(Run* run, const Relation& target, const plan::Constant& one,
               const plan::Constant& other) {
  if (one.value == other.value) return true;
  const catalog::Column* column = target.table.FindColumn(one.column);
  if (column == nullptr) return false;
  const auto equal =
      Try(run->connection(), absl::StrCat("SELECT ", analysis::TypedLiteral(one.value, *column),
                                          " = ", analysis::TypedLiteral(other.value, *column)));
  return equal.ok() && equal->Bool(0, 0);
}

// Two merges whose discriminators do not exclude each other could not be told apart.
bool Overlap(Run* run, const Work& one, const Work& other) {
  for (const plan::Constant& constant : one.action->merge->mapping.constants)
    for (const plan::Constant& its : other.action->merge->mapping.constants)
      if (constant.column == its.column && !SameValue(run, *one.target, constant, its))
        return false;
  return true;
}

std::vector<pg::QualifiedName> NewNames(const Work& work) {
  std::vector<pg::QualifiedName> names;
  if (work.new_name.has_value()) names.push_back(*work.new_name);
  if (work.action->remainder.has_value()) names.push_back(*work.action->remainder);
  return names;
}

void CheckPair(Run* run, Work* one, Work* other) {
  CheckColumns(*one, other);
  if (one->source != nullptr && one->source == other->source &&
      one->action->kind == ActionKind::kAddPk && other->action->kind == ActionKind::kAddPk)
    other->Refuse("source-twice",
                  absl::StrCat(other->saved.source, " already gets a key by ", one->saved.id),
                  "a table has one primary key");
  if (one->source != nullptr && one->source == other->source && MovesSource(*one) &&
      MovesSource(*other) && other->maker == nullptr)
    other->Refuse("source-twice",
                  absl::StrCat(other->saved.source, " is already taken by ", one->saved.id),
                  "one action decides what becomes of a table");
  for (const pg::QualifiedName& name : NewNames(*one))
    for (const pg::QualifiedName& its : NewNames(*other))
      if (name == its)
        other->Refuse("name-twice",
                      absl::StrCat(pg::DisplayName(its), " is already the new name that ",
                                   one->saved.id, " gives"),
                      one->target == nullptr && other->target == nullptr
                          ? "choose another name in `to`"
                          : "choose other archive_names, or another remainder");
  if (one->action->merge.has_value() && other->action->merge.has_value() &&
      one->target != nullptr && one->target == other->target && Overlap(run, *one, *other))
    other->Refuse("discriminators-overlap",
                  absl::StrCat("rows of ", one->saved.id, " in ", other->saved.target,
                               " could carry the same discriminator"),
                  "give each merge another value of the same column in `set`");
}

}  // namespace

BoundPlan Answer(const plan::Plan& plan, const std::vector<SavedAnswer>& ledger) {
  return Answerer(ledger).Expand(plan);
}

absl::StatusOr<std::vector<Work>> Bind(Run* run, const std::vector<plan::Action>& actions) {
  std::vector<Work> works;
  for (const plan::Action& action : actions) {
    ASSIGN_OR_RETURN(Work work, Binder(run, actions).Bind(action));
    works.push_back(std::move(work));
  }
  return works;
}

absl::StatusOr<std::vector<saved_plan::Finding>> CheckContradictions(Run* run,
                                                                     std::vector<Work>* works) {
  for (size_t i = 0; i < works->size(); ++i) {
    Work& work = (*works)[i];
    for (const std::string& todo : work.action->todo)
      work.Refuse("todo", absl::StrCat("still to be decided: ", todo),
                  "decide it in the plan and take the todo out");
    for (size_t before = 0; before < i; ++before) CheckPair(run, &(*works)[before], &work);
  }
  std::vector<saved_plan::Finding> findings;
  for (const pg::QualifiedName& name : run->plan.untouchable) {
    ASSIGN_OR_RETURN(const Relation* relation, run->world.Find(name));
    if (relation == nullptr)
      findings.push_back({"refusal", "no-such-table",
                          absl::StrCat("untouchable: there is no table ", pg::DisplayName(name)),
                          "correct its name, or take it off the list"});
    else
      CheckUntouchable(*relation, works);
    for (const plan::Preparation& preparation : run->plan.preparations)
      if (preparation.table == name)
        findings.push_back(
            {"refusal", "untouchable",
             absl::StrCat("prepare: ", pg::DisplayName(name), " is named as untouchable"),
             "take the preparation out, or the table off the list"});
  }
  return findings;
}

void Block(std::vector<Work>* works, const std::vector<SavedAnswer>& answers) {
  std::map<std::string, std::string> blocked;  // id -> the question's
  for (Work& work : *works)
    if (work.action->kind == ActionKind::kPending && Find(answers, work.saved.id) == nullptr)
      blocked[work.saved.id] = work.saved.id;
  const auto touches = [](const Work& work, const Relation* relation) {
    return relation != nullptr &&
           (work.source == relation || work.target == relation ||
            std::find(work.reads.begin(), work.reads.end(), relation) != work.reads.end());
  };
  for (const Work& question : *works) {
    if (!blocked.contains(question.saved.id)) continue;
    for (const Work& work : *works)
      if (work.action != question.action && touches(work, question.source))
        blocked.emplace(work.saved.id, question.saved.id);
  }
  // In order: what comes first is decided first.
  for (Work& work : *works) {
    for (const saved_plan::After& after : work.saved.after)
      if (const auto found = blocked.find(after.id); found != blocked.end())
        blocked.emplace(work.saved.id, found->second);
    if (const auto found = blocked.find(work.saved.id); found != blocked.end()) {
      work.saved.state = "blocked";
      work.saved.blocked_by = found->second;
    }
  }
}

}  // namespace regraft::resolution

#include "engine/resolution/bind.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include <algorithm>
#include <map>

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

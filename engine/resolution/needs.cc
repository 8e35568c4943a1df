#include "engine/resolution/needs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <utility>

namespace regraft::resolution {
namespace {

using plan::ActionKind;

int PhaseOf(ActionKind kind) {
  switch (kind) {
    case ActionKind::kArchive:
      return 0;
    case ActionKind::kMerge:
    case ActionKind::kMergeJsonb:
    case ActionKind::kMergeCols:
      return 1;
    case ActionKind::kMove:
      return 2;
    case ActionKind::kAddPk:
      return 3;
    case ActionKind::kKeepAsMv:
      return 4;
    case ActionKind::kPending:
      return 5;
  }
  return 5;
}

bool Reads(const Work& work, const Relation* relation) {
  return std::find(work.reads.begin(), work.reads.end(), relation) != work.reads.end();
}

// Why `first` must be done before `second`; empty if it need not.
std::string WhyBefore(const Work& first, const Work& second, bool first_stands_first) {
  const auto name = [](const Relation* relation) { return relation->Display(); };
  if (second.maker == first.action)
    return absl::StrCat(first.saved.id, " makes ", second.saved.source);
  if (MovesSource(second) && second.source != nullptr) {
    if (first.target == second.source)
      return absl::StrCat(first.saved.id, " fills ", name(second.source), ", which moves away");
    if (Reads(first, second.source))
      return absl::StrCat(first.saved.id, " reads ", name(second.source), ", which moves away");
    if (first.source == second.source && !MovesSource(first) && first.maker == nullptr)
      return absl::StrCat(first.saved.id, " needs ", name(second.source), " in its place");
  }
  if (first.target == nullptr || first.source == nullptr) return "";
  const bool labels =
      second.action->kind == ActionKind::kAddPk || second.action->kind == ActionKind::kKeepAsMv;
  if (labels && first.target == second.source)
    return absl::StrCat(first.saved.id, " fills ", name(second.source), " first");
  if (second.target != nullptr && second.target != first.target)
    for (const catalog::ForeignKey& key : second.target->table.foreign_keys)
      if (key.referenced == first.target->table.name)
        return absl::StrCat("foreign key ", key.name, ": ", name(second.target), " refers to ",
                            name(first.target), ", which ", first.saved.id, " fills");
  if (!first_stands_first) return "";
  if (second.target != nullptr && (second.source == first.target || Reads(second, first.target)))
    return absl::StrCat(first.saved.id, " fills ", name(first.target), ", which ", second.saved.id,
                        " reads");
  return "";
}

std::vector<OrderedAction> NeedsOf(const std::vector<Work>& works) {
  std::vector<OrderedAction> actions;
  for (size_t second = 0; second < works.size(); ++second) {
    OrderedAction action{
        .id = works[second].saved.id, .phase = PhaseOf(works[second].action->kind), .needs = {}};
    for (size_t first = 0; first < works.size(); ++first) {
      if (first == second) continue;
      std::string why = WhyBefore(works[first], works[second], first < second);
      if (!why.empty()) action.needs.push_back({first, std::move(why)});
    }
    actions.push_back(std::move(action));
  }
  return actions;
}

void RefuseCircle(const std::vector<OrderedAction>& actions, const std::vector<size_t>& circle,
                  std::vector<Work>* works) {
  std::vector<std::string> reasons;
  for (const size_t i : circle)
    for (const Need& need : actions[i].needs)
      if (std::find(circle.begin(), circle.end(), need.before) != circle.end())
        reasons.push_back(absl::StrCat((*works)[need.before].saved.id, " before ",
                                       (*works)[i].saved.id, " (", need.reason, ")"));
  for (const size_t i : circle)
    (*works)[i].Refuse("circle", absl::StrCat("no order fits: ", absl::StrJoin(reasons, "; ")),
                       "take one of these actions out of the plan, or point it elsewhere");
}

}  // namespace

void OrderWorks(std::vector<Work>* works) {
  const std::vector<OrderedAction> actions = NeedsOf(*works);
  Order order = DeriveOrder(actions);
  RefuseCircle(actions, order.circle, works);
  for (size_t i = 0; i < works->size(); ++i)
    for (const Need& need : actions[i].needs)
      (*works)[i].saved.after.push_back({(*works)[need.before].saved.id, need.reason});
  order.sequence.insert(order.sequence.end(), order.circle.begin(), order.circle.end());
  std::vector<Work> sorted;
  for (const size_t i : order.sequence) sorted.push_back(std::move((*works)[i]));
  *works = std::move(sorted);
}

}  // namespace regraft::resolution

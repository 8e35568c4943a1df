#include "cli/render/plan_tally.h"

#include "cli/render/words.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <set>

namespace regraft::cli {
namespace {

using saved_plan::Finding;
using saved_plan::SavedAction;
using saved_plan::SavedPlan;

void CountCode(const std::string& place, const std::string& code, std::vector<CodeCount>* counts) {
  auto found = std::find_if(counts->begin(), counts->end(),
                            [&](const CodeCount& count) { return count.code == code; });
  if (found == counts->end())
    found = counts->insert(found, {.code = code, .places = {}, .findings = 0});
  ++found->findings;
  if (!place.empty() && (found->places.empty() || found->places.back() != place))
    found->places.push_back(place);
}

void Count(const std::string& id, const std::vector<Finding>& findings, Tally* tally) {
  for (const Finding& finding : findings) {
    if (finding.kind == "refusal") {
      ++tally->refusals;
      CountCode(id, finding.code, &tally->refusal_codes);
    } else if (finding.kind == "hazard") {
      ++tally->hazards;
      CountCode(id, finding.code, &tally->hazard_codes);
    } else {
      ++tally->notes;
    }
  }
}

void CountKind(const std::string& kind, Tally* tally) {
  auto found = std::find_if(tally->kinds.begin(), tally->kinds.end(),
                            [&](const auto& pair) { return pair.first == kind; });
  if (found == tally->kinds.end()) found = tally->kinds.insert(found, {kind, 0});
  ++found->second;
}

}  // namespace

std::string Amount::Words() const {
  return absl::StrCat(estimated ? "about " : "", Counted(rows, "row", "rows"), ", ", Size(bytes));
}

bool RewritesRows(const SavedAction& action) {
  return action.method == "copy" || action.method == "fold";
}

Tally TallyOf(const SavedPlan& plan) {
  Tally tally;
  std::set<std::pair<uint32_t, bool>> seen;  // a table that is copied may be archived besides
  Count("", plan.findings, &tally);
  for (const auto& preparation : plan.preparations)
    Count(preparation.table, preparation.findings, &tally);
  for (const SavedAction& action : plan.actions) {
    CountKind(action.kind, &tally);
    ++(action.state == "refused"   ? tally.refused
       : action.state == "blocked" ? tally.blocked
                                   : tally.ready);
    Count(action.id, action.findings, &tally);
    const bool rewrites = RewritesRows(action);
    if (!seen.emplace(action.source_oid, rewrites).second && action.source_oid != 0) continue;
    Amount& amount = rewrites ? tally.copied : tally.in_place;
    amount.rows += action.rows;
    amount.bytes += action.bytes;
    amount.estimated = amount.estimated || action.estimated;
  }
  return tally;
}

std::vector<const SavedAction*> Undecided(const SavedPlan& plan) {
  std::vector<const SavedAction*> questions;
  for (const SavedAction& action : plan.actions) {
    const bool answered = std::any_of(plan.answers.begin(), plan.answers.end(),
                                      [&](const auto& answer) { return answer.id == action.id; });
    if (action.kind == "pending" && !answered) questions.push_back(&action);
  }
  return questions;
}

std::string ActionWords(const SavedAction& action) {
  const std::string work = absl::StrCat(action.kind, " ", action.source);
  return action.id == work ? work : absl::StrCat(action.id, ": ", work);
}

std::string OptionWord(std::string_view option) {
  return std::string(option.substr(0, option.find(':')));
}

}  // namespace regraft::cli

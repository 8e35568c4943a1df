#include "cli/render/report_words.h"

#include "cli/render/plan_tally.h"
#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace regraft::cli {
namespace {

using report::Action;
using report::Counts;
using report::Report;

std::string ActionCount(int64_t count) { return Counted(count, "action", "actions"); }

std::pair<std::string, std::string> WordOf(const Report& report) {
  const Counts& counts = report.counts;
  if (report.undone()) return {"UNDONE", "undone"};
  if (counts.different > 0) return {"DIFFERENT", "failed"};
  if (counts.failed > 0) return {"FAILED", "failed"};
  if (counts.undone > 0) return {"PARTLY UNDONE", "undone"};
  if (counts.running + counts.waiting > 0 || counts.done == 0) return {"UNFINISHED", "waiting"};
  return {"DONE", "done"};
}

std::string ActionSentence(const Report& report) {
  const Counts& counts = report.counts;
  if (report.undone())
    return absl::StrCat("All that this run had done was taken back: ", ActionCount(counts.undone),
                        ", the last at ", report.undone_at, ".");
  std::string out = absl::StrCat(Grouped(counts.done), " of ", ActionCount(counts.actions),
                                 counts.done == 1 ? " is done" : " are done");
  std::vector<std::string> rest;
  if (counts.failed > 0) rest.push_back(Grouped(counts.failed) + " failed");
  if (counts.running > 0) rest.push_back(Grouped(counts.running) + " begun and not finished");
  if (counts.waiting > 0) rest.push_back(Grouped(counts.waiting) + " not begun");
  if (counts.blocked > 0)
    rest.push_back(Grouped(counts.blocked) +
                   (counts.blocked == 1 ? " waits for a decision" : " wait for a decision"));
  if (counts.undone > 0) rest.push_back(Grouped(counts.undone) + " taken back");
  absl::StrAppend(&out, rest.empty() ? "" : "; ", absl::StrJoin(rest, ", "), ".");
  if (counts.different > 0)
    absl::StrAppend(&out, " The last proof of ", ActionCount(counts.different),
                    " found differences.");
  return out;
}

void Add(const std::vector<saved_plan::Finding>& findings, const std::string& place,
         std::vector<SaidOf>* said) {
  for (const saved_plan::Finding& finding : findings) {
    auto same = std::find_if(said->begin(), said->end(), [&](const SaidOf& one) {
      return one.code == finding.code && one.text == finding.text;
    });
    if (same == said->end())
      same = said->insert(same, {.code = finding.code, .text = finding.text, .places = {}});
    if (!place.empty()) same->places.push_back(place);
  }
}

template <typename Findings>
std::vector<SaidOf> Collect(const Report& report, const std::vector<saved_plan::Finding>& of_plan,
                            const Findings& findings) {
  std::vector<SaidOf> said;
  Add(of_plan, "", &said);
  for (const report::Preparation& preparation : report.preparations)
    if (preparation.state != "waiting") Add(findings(preparation), preparation.table, &said);
  for (const Action& action : report.actions)
    if (Begun(action)) Add(findings(action), action.id, &said);
  return said;
}

std::string RowSentence(const Counts& counts) {
  if (counts.moved == 0) return "";
  return absl::StrCat(Counted(counts.rows_source, "row", "rows"), " of ",
                      Counted(counts.moved, "source", "sources"), " = ",
                      Grouped(counts.rows_target), " in their targets + ",
                      Grouped(counts.rows_remainder), " set aside.");
}

std::string ProofSentence(const Counts& counts) {
  if (counts.moved == 0 || counts.different > 0) return "";
  return "Every one of them was proved to be there, with every value.";
}

}  // namespace

Verdict VerdictOf(const Report& report) {
  const auto [word, state] = WordOf(report);
  return {word, state, ActionSentence(report), RowSentence(report.counts),
          ProofSentence(report.counts)};
}

std::string Took(double seconds) {
  if (seconds < 0.0995) return absl::StrFormat("%.0f ms", std::ceil(seconds * 1000));
  if (seconds < 9.995) return absl::StrFormat("%.2f s", seconds);
  if (seconds < 59.95) return absl::StrFormat("%.1f s", seconds);
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 3600) return absl::StrCat(whole / 60, " min ", whole % 60, " s");
  return absl::StrCat(Grouped(whole / 3600), " h ", whole % 3600 / 60, " min");
}

std::string Rate(const Action& action) {
  if (action.rows_source.value_or(0) == 0 || action.seconds.value_or(0) <= 0) return "";
  return Grouped(std::llround(static_cast<double>(*action.rows_source) / *action.seconds)) +
         " rows/s";
}

std::string StateWords(const Counts& counts) {
  std::vector<std::string> words;
  for (const auto& [count, word] : {std::pair<int64_t, const char*>{counts.done, "done"},
                                    {counts.failed, "failed"},
                                    {counts.running, "running"},
                                    {counts.waiting, "waiting"},
                                    {counts.blocked, "blocked"},
                                    {counts.undone, "undone"}})
    if (count > 0) words.push_back(absl::StrCat(Grouped(count), " ", word));
  return absl::StrJoin(words, ", ");
}

std::string Equation(const Action& action) {
  if (!action.rows_source.has_value()) return "";
  return absl::StrCat(Grouped(*action.rows_source), " = ", Grouped(action.rows_target.value_or(0)),
                      " + ", Grouped(action.rows_remainder.value_or(0)));
}

std::string ReasonWords(const Action& action) {
  std::vector<std::string> words;
  words.reserve(action.reasons.size());
  for (const report::Reason& reason : action.reasons)
    words.push_back(absl::StrCat(Grouped(reason.rows), " ", reason.reason));
  return absl::StrJoin(words, ", ");
}

std::string ProofWords(const Action& action) {
  if (action.equal == false)
    return action.difference.empty() ? "DIFFERENT" : "DIFFERENT: " + action.difference;
  switch (action.proof) {
    case report::Proof::kDigests:
      return "digests equal";
    case report::Proof::kRows:
      return "every row equal";
    case report::Proof::kCatalog:
      return action.files_after.empty() ? "as declared" : "as declared, same file";
    case report::Proof::kNone:
      break;
  }
  return action.state == "undone" ? "taken back" : "not proved";
}

std::string WhyNot(const Action& action) {
  if (!action.error.empty()) return action.error;
  if (action.state == "blocked")
    return action.blocked_by == action.id ? "waits for its answer"
                                          : "waits for the answer to " + action.blocked_by;
  if (action.state == "waiting" && !action.waits_for.empty())
    return absl::StrCat("comes after ", absl::StrJoin(action.waits_for, ", "));
  if (action.state == "running") return "begun, and neither finished nor failed yet";
  return "";
}

std::string WhereTo(const Action& action) {
  if (!action.target.empty()) return action.target;
  return action.method == "question" || action.source_now == action.source ? "" : action.source_now;
}

bool Begun(const Action& action) { return action.state != "waiting" && action.state != "blocked"; }

std::vector<SaidOf> HazardsTaken(const Report& report) {
  return Collect(report, report.hazards, [](const auto& one) { return one.hazards; });
}

std::vector<SaidOf> NotesOf(const Report& report) {
  return Collect(report, report.notes, [](const auto& one) { return one.notes; });
}

std::vector<const Action*> SlowestFirst(const Report& report) {
  std::vector<const Action*> timed;
  for (const Action& action : report.actions)
    if (action.seconds.has_value()) timed.push_back(&action);
  std::stable_sort(timed.begin(), timed.end(),
                   [](const Action* a, const Action* b) { return *a->seconds > *b->seconds; });
  return timed;
}

std::string ApprovalState(const approval::Approval& approval, int64_t run) {
  if (approval.consumed.has_value())
    return approval.consumed->run_id == run
               ? "opened this run"
               : absl::StrCat("opened run ", approval.consumed->run_id);
  if (approval.revoked.has_value()) return "revoked";
  return approval.expired ? "expired" : "holds";
}

std::string DecideCommand(const report::Question& question) {
  std::vector<std::string> words;
  words.reserve(question.options.size());
  for (const std::string& option : question.options) words.push_back(ShellWord(OptionWord(option)));
  return absl::StrCat("regraft decide PLAN.yaml ", ShellWord(question.id), " --choose ",
                      absl::StrJoin(words, "|"), " --reason WHY");
}

std::string UndoCommand(const Report& report, const std::string& file) {
  const auto leaves_something = [](const Action& action) {
    return action.state == "done" ||
           (action.method == "copy" && (action.state == "running" || action.state == "failed"));
  };
  if (std::none_of(report.actions.begin(), report.actions.end(), leaves_something)) return "";
  return absl::StrCat("regraft undo ", ShellWord(file));
}

}  // namespace regraft::cli

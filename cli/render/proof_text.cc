#include "cli/render/proof_text.h"

#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <cstdlib>
#include <optional>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;
using proof::ActionProof;
using proof::DamageReport;
using proof::TargetEquation;
using proof::VerifyReport;

constexpr Margin kDetail{.indent = 2, .label_width = 2};

std::string Verdict(const ActionProof& action) {
  if (!action.checked) return action.state == "done" ? "nothing to prove" : action.state;
  if (!action.equal) return "DIFFERENT";
  return action.live ? "there, and in use" : "equal";
}

std::string Equation(const ActionProof& action) {
  if (!action.rows_source.has_value()) return "";
  std::string rows = ", " + Counted(*action.rows_source, "row", "rows");
  if (action.kind.substr(0, 5) != "merge") return rows;
  return absl::StrCat(rows, action.equal ? " = " : " against ",
                      Grouped(action.rows_target.value_or(0)), " + ",
                      Grouped(action.rows_remainder.value_or(0)), " set aside");
}

std::string Damages(const ActionProof& action) {
  if (action.damages.empty()) return "";
  std::string text = Wrapped(
      kDetail, "",
      absl::StrCat("damaged, in a copy of ", Counted(action.rows_damaged, "row", "rows"), ":"));
  for (const DamageReport& damage : action.damages) {
    const std::string place = damage.place.empty() ? "" : absl::StrCat(" (", damage.place, ")");
    const std::string said = !damage.tried   ? "no column allows it"
                             : damage.caught ? "seen: " + damage.words
                                             : "NOT SEEN";
    text += Wrapped({.indent = 4, .label_width = 2}, "-",
                    absl::StrCat(damage.kind, place, ": ", Shortened(said, 200)));
  }
  return text;
}

std::string ActionText(const ActionProof& action) {
  std::string text = absl::StrCat(Titled(action.id, action.kind, action.source),
                                  action.target.empty() ? "" : " -> " + OneLine(action.target),
                                  ": ", Verdict(action), Equation(action), "\n");
  for (const std::string& difference : action.differences)
    text += Wrapped(kDetail, "-", difference);
  for (const std::string& row : action.rows_different) text += Wrapped(kDetail, "-", row);
  for (const std::string& note : action.notes) text += Wrapped(kDetail, "", note);
  return text + Damages(action);
}

std::string TargetText(const TargetEquation& target) {
  std::string text = absl::StrCat(Counted(target.rows_now, "row", "rows"),
                                  " now = ", Grouped(target.rows_before), " before the plan");
  for (const auto& merged : target.merged)
    absl::StrAppend(&text, " + ", Grouped(merged.rows), " by ", merged.id);
  if (target.others_since > 0)
    absl::StrAppend(&text, " + ", Grouped(target.others_since), " added by others since");
  if (target.others_since < 0)
    absl::StrAppend(&text, " - ", Grouped(-target.others_since), " removed by others since");
  return Wrapped({.indent = 0, .label_width = 4}, OneLine(target.target) + ":", text);
}

struct Sums {
  int64_t source = 0, target = 0, remainder = 0;
  int64_t equal = 0, different = 0, not_done = 0;
  int64_t now = 0, before = 0, merged = 0, others = 0;  // of the tables merged into
};

Sums SumOf(const VerifyReport& report) {
  Sums sums;
  for (const ActionProof& action : report.actions) {
    if (!action.checked) {
      sums.not_done += action.state == "done" ? 0 : 1;
      continue;
    }
    ++(action.equal ? sums.equal : sums.different);
    if (action.kind.substr(0, 5) != "merge") continue;
    sums.source += action.rows_source.value_or(0);
    sums.target += action.rows_target.value_or(0);
    sums.remainder += action.rows_remainder.value_or(0);
  }
  for (const TargetEquation& target : report.targets) {
    sums.now += target.rows_now;
    sums.before += target.rows_before;
    sums.others += target.others_since;
    for (const auto& merged : target.merged) sums.merged += merged.rows;
  }
  return sums;
}

std::string SumText(const VerifyReport& report) {
  const Sums sums = SumOf(report);
  std::string text = absl::StrCat(
      Counted(sums.equal, "action", "actions"), " as they must be, ", sums.different, " different",
      sums.not_done > 0 ? absl::StrCat(", ", sums.not_done, " not done") : "");
  if (sums.source + sums.target > 0)
    absl::StrAppend(&text, "; of merges and folds ", Counted(sums.source, "row", "rows"),
                    " in the sources",
                    sums.source == sums.target + sums.remainder ? " = " : " against ",
                    Grouped(sums.target), " in targets + ", Grouped(sums.remainder), " set aside");
  if (!report.targets.empty())
    absl::StrAppend(&text, "; the targets of merges hold ", Counted(sums.now, "row", "rows"), " = ",
                    Grouped(sums.before), " before + ", Grouped(sums.merged), " merged",
                    sums.others < 0 ? " - " : " + ", Grouped(std::abs(sums.others)),
                    sums.others < 0 ? " removed by others" : " added by others");
  return Wrapped({}, "all:", absl::StrCat(text, absl::StrFormat("; %.1f s", report.seconds)));
}

ordered_json NumberOrNull(const std::optional<int64_t>& number) {
  return number.has_value() ? ordered_json(*number) : ordered_json(nullptr);
}

ordered_json TextOrNull(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json DamageJson(const ActionProof& action) {
  ordered_json damages = ordered_json::array();
  for (const DamageReport& damage : action.damages)
    damages.push_back({{"kind", damage.kind},
                       {"column", TextOrNull(damage.place)},
                       {"tried", damage.tried},
                       {"caught", damage.caught},
                       {"words", damage.words}});
  return damages;
}

ordered_json ActionJson(const ActionProof& action) {
  return {{"id", action.id},
          {"kind", action.kind},
          {"source", action.source},
          {"target", action.target},
          {"state", action.state},
          {"checked", action.checked},
          {"equal", action.checked ? ordered_json(action.equal) : ordered_json(nullptr)},
          {"live", action.live},
          {"same_files", action.same_files.has_value() ? ordered_json(*action.same_files)
                                                       : ordered_json(nullptr)},
          {"rows_source", NumberOrNull(action.rows_source)},
          {"rows_target", NumberOrNull(action.rows_target)},
          {"rows_remainder", NumberOrNull(action.rows_remainder)},
          {"remainder_table", TextOrNull(action.remainder_table)},
          {"digest_source", TextOrNull(action.source_digest)},
          {"digest_rebuilt", TextOrNull(action.rebuilt_digest)},
          {"differences", action.differences},
          {"rows_different", action.rows_different},
          {"notes", action.notes},
          {"rows_damaged", action.rows_damaged},
          {"damages", DamageJson(action)},
          {"seconds", action.seconds}};
}

ordered_json TargetJson(const TargetEquation& target) {
  ordered_json merged = ordered_json::array();
  for (const auto& one : target.merged) merged.push_back({{"id", one.id}, {"rows", one.rows}});
  return {{"target", target.target},
          {"rows_now", target.rows_now},
          {"rows_before", target.rows_before},
          {"merged", merged},
          {"others_since", target.others_since}};
}

}  // namespace

std::string ProofText(const VerifyReport& report) {
  std::string text;
  for (const ActionProof& action : report.actions) text += ActionText(action);
  for (const TargetEquation& target : report.targets) text += TargetText(target);
  return text + SumText(report);
}

ordered_json ProofDocument(const VerifyReport& report) {
  const Sums sums = SumOf(report);
  ordered_json document = {{"run", report.run_id},
                           {"actions", ordered_json::array()},
                           {"targets", ordered_json::array()},
                           {"rows_source", sums.source},
                           {"rows_target", sums.target},
                           {"rows_remainder", sums.remainder},
                           {"equal", sums.equal},
                           {"different", sums.different},
                           {"not_done", sums.not_done},
                           {"recorded", report.recorded},
                           {"record_note", TextOrNull(report.record_note)},
                           {"seconds", report.seconds}};
  for (const ActionProof& action : report.actions)
    document["actions"].push_back(ActionJson(action));
  for (const TargetEquation& target : report.targets)
    document["targets"].push_back(TargetJson(target));
  return document;
}

}  // namespace regraft::cli

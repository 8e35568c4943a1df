#include "cli/render/apply_text.h"

#include "cli/render/words.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <optional>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

ordered_json NumberOrNull(const std::optional<int64_t>& number) {
  return number.has_value() ? ordered_json(*number) : ordered_json(nullptr);
}

std::string Line(const apply::ActionReport& action) {
  std::string rows;
  if (action.rows_source.has_value())
    rows = absl::StrCat(", ", Counted(*action.rows_source, "row", "rows"), " = ",
                        Grouped(action.rows_target.value_or(0)), " + ",
                        Grouped(action.rows_remainder.value_or(0)), " set aside");
  return absl::StrCat(
      Titled(action.id, action.kind, action.source),
      action.target.empty() ? "" : " -> " + OneLine(action.target), ": ", action.state, rows,
      action.words.empty() || action.state == "failed" ? "" : ", " + OneLine(action.words), "\n");
}

// Of a dry run. What is no SQL is a comment.
std::string Statements(const apply::ActionReport& action) {
  if (action.statements.empty()) return "";
  std::string out = absl::StrCat("-- ", OneLine(action.id), "\n");
  for (const std::string& sql : action.statements)
    absl::StrAppend(&out, absl::StartsWith(sql, "--") ? OneLine(sql) : sql + ";", "\n");
  return out;
}

}  // namespace

std::string ApplyText(const apply::ApplyReport& report, bool undo, bool dry_run) {
  if (report.already_done && undo) return "nothing to undo\n";
  if (report.already_done)
    return absl::StrCat("the plan is finished: run ", report.run_id,
                        " has done it; nothing changed\n");
  std::string out;
  if (dry_run) {
    for (auto action = report.actions.rbegin(); action != report.actions.rend(); ++action)
      out += Statements(*action);
    return out;
  }
  for (const apply::ActionReport& action : report.actions) out += Line(action);
  return out;
}

ordered_json ActionJson(const apply::ActionReport& action) {
  return {{"id", action.id},
          {"kind", action.kind},
          {"source", action.source},
          {"target", action.target},
          {"state", action.state},
          {"words", action.words},
          {"touched", action.touched},
          {"rows_source", NumberOrNull(action.rows_source)},
          {"rows_target", NumberOrNull(action.rows_target)},
          {"rows_remainder", NumberOrNull(action.rows_remainder)},
          {"remainder_table", action.remainder_table},
          {"seconds", action.seconds},
          {"statements", action.statements}};
}

ordered_json ApplyJson(const apply::ApplyReport& report) {
  ordered_json document;
  document["run"] = report.run_id;
  document["resumed"] = report.resumed;
  document["already_done"] = report.already_done;
  document["actions"] = ordered_json::array();
  for (const apply::ActionReport& action : report.actions)
    document["actions"].push_back(ActionJson(action));
  return document;
}

}  // namespace regraft::cli

#include "cli/render/status_text.h"

#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;
using status::ActionStatus;
using status::Blocker;
using status::RunStatus;

constexpr size_t kQueryBytes = 160;

std::string Time(double seconds) {
  if (seconds < 10) return absl::StrFormat("%.1f s", seconds);
  if (seconds < 100) return absl::StrFormat("%.0f s", seconds);
  return absl::StrFormat("%.0f min", seconds / 60);
}

std::string Rows(const ActionStatus& action) {
  if (!action.rows_done.has_value()) return "";
  if (action.state != "running" && action.state != "failed")
    return ", " + Counted(*action.rows_done, "row", "rows");
  return absl::StrCat(", ", Grouped(*action.rows_done), " of ",
                      Counted(action.rows_expected.value_or(0), "row", "rows"));
}

std::string Pace(const ActionStatus& action) {
  std::string out;
  if (action.rows_per_second.has_value())
    absl::StrAppend(&out, ", ", Grouped(static_cast<int64_t>(*action.rows_per_second)), " rows/s");
  if (action.seconds_left.has_value())
    absl::StrAppend(&out, ", about ", Time(*action.seconds_left), " left");
  return out;
}

std::string Why(const ActionStatus& action) {
  if (!action.question.empty()) return "waits for the answer to " + action.question;
  if (!action.comes_after.empty()) return "comes after " + absl::StrJoin(action.comes_after, ", ");
  return action.state == "failed" ? action.error : "";
}

std::string ActionLine(const ActionStatus& action) {
  const std::string why = Why(action);
  const std::string title =
      action.kind == "prepare"
          ? OneLine(action.id)
          : absl::StrCat(Titled(action.id, action.kind, action.source),
                         action.target.empty() ? "" : " -> " + OneLine(action.target));
  return absl::StrCat(title, ": ", action.state, action.phase.empty() ? "" : ", " + action.phase,
                      Rows(action), Pace(action),
                      action.seconds.has_value() ? ", " + Time(*action.seconds) : "",
                      why.empty() ? "" : ", " + OneLine(why), "\n");
}

int Rank(const ActionStatus& action) {
  if (action.state == "running" || action.state == "undoing" || action.state == "failed") return 0;
  return action.state == "waiting" ? 1 : 2;
}

std::string ActionLines(const std::vector<ActionStatus>& actions, size_t most) {
  std::vector<const ActionStatus*> shown;
  shown.reserve(actions.size());
  for (const ActionStatus& action : actions) shown.push_back(&action);
  const auto by_rank = [](const auto* a, const auto* b) { return Rank(*a) < Rank(*b); };
  if (shown.size() > most) {
    std::stable_sort(shown.begin(), shown.end(), by_rank);
    shown.resize(most);
  }
  std::string out;
  for (const ActionStatus* action : shown) out += ActionLine(*action);
  if (shown.size() < actions.size())
    absl::StrAppend(&out, "… and ", actions.size() - shown.size(), " more\n");
  return out;
}

std::string BlockerLines(const Blocker& blocker) {
  std::string out =
      absl::StrCat(blocker.waiting, " waits",
                   blocker.wants.empty() ? "" : " for " + OneLine(blocker.wants), ", which ");
  if (blocker.pid == 0) return out + "a prepared transaction holds (see pg_prepared_xacts)\n";
  absl::StrAppend(&out, "pid ", blocker.pid, " (", OneLine(blocker.role), ", ",
                  blocker.application.empty() ? "?" : OneLine(blocker.application), ", ",
                  blocker.state.empty() ? "?" : blocker.state, ", for ", Time(blocker.seconds),
                  ") holds\n");
  if (!blocker.query.empty())
    absl::StrAppend(&out, "  ", Shortened(OneLine(blocker.query), kQueryBytes), "\n");
  return out;
}

std::string Next(const RunStatus& status, const std::string& file) {
  const std::string name = ShellWord(file);
  const std::string state = status.Summary();
  if (!status.blockers.empty())
    return absl::StrCat("wait, or end what is in the way: SELECT pg_terminate_backend(",
                        status.blockers.front().pid, ")");
  if (!status.program.empty()) return "";
  if (status.run_id == 0) return absl::StrCat("regraft apply ", name);
  if (state == "finished")
    return absl::StrCat("regraft report ", name, " shows what was done; regraft undo ", name,
                        " takes it back");
  if (state == "undone") return absl::StrCat("regraft approve ", name, " before it can run again");
  if (state == "undone in part") return absl::StrCat("regraft undo ", name, " goes on");
  return absl::StrCat(
      state == "failed" ? "cure what failed, then regraft apply " : "regraft apply ", name,
      " goes on; regraft undo ", name, " takes back what is done");
}

std::string Counts(const RunStatus& status) {
  std::vector<std::string> counts;
  for (const char* state : {"done", "running", "undoing", "waiting", "failed", "undone", "blocked"})
    if (const int64_t count = status.Count(state); count > 0)
      counts.push_back(absl::StrCat(count, " ", state));
  return absl::StrJoin(counts, ", ");
}

std::string Heading(const RunStatus& status) {
  if (status.run_id == 0) return "nothing of a plan has been executed\n";
  return absl::StrCat("run ", status.run_id, " of plan ",
                      status.plan_name.empty() ? "" : OneLine(status.plan_name) + " ",
                      status.plan_sha256.substr(0, 12), ", begun ", status.started_at, " by ",
                      OneLine(status.session_role), ": ", status.Summary(), "\n", Counts(status),
                      "\n");
}

template <typename T>
ordered_json OrNull(const std::optional<T>& value) {
  return value.has_value() ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json ActionJson(const ActionStatus& action) {
  return {{"id", action.id},
          {"kind", action.kind},
          {"source", action.source},
          {"target", action.target},
          {"state", action.state},
          {"phase", action.phase},
          {"comes_after", action.comes_after},
          {"question", action.question},
          {"error", action.error},
          {"rows_done", OrNull(action.rows_done)},
          {"rows_expected", OrNull(action.rows_expected)},
          {"chunks_done", OrNull(action.chunks_done)},
          {"chunks", OrNull(action.chunks)},
          {"seconds", OrNull(action.seconds)},
          {"rows_per_second", OrNull(action.rows_per_second)},
          {"seconds_left", OrNull(action.seconds_left)}};
}

ordered_json BlockerJson(const Blocker& blocker) {
  return {
      {"pid", blocker.pid},         {"role", blocker.role},   {"application", blocker.application},
      {"state", blocker.state},     {"query", blocker.query}, {"seconds", blocker.seconds},
      {"waiting", blocker.waiting}, {"wants", blocker.wants}};
}

}  // namespace

std::string StatusText(const RunStatus& status, const std::string& file, size_t actions_max) {
  std::string out = Heading(status);
  out += ActionLines(status.actions, actions_max);
  out += status.program.empty() ? "nobody is at work in this database\n"
                                : "at work: " + OneLine(status.program) + "\n";
  if (status.program.empty())
    for (const std::string& session : status.sessions)
      absl::StrAppend(&out, "still connected: ", OneLine(session), "\n");
  for (const Blocker& blocker : status.blockers) out += BlockerLines(blocker);
  const std::string next = Next(status, file);
  return next.empty() ? out : absl::StrCat(out, "next: ", next, "\n");
}

ordered_json StatusJson(const RunStatus& status, const std::string& file) {
  ordered_json document = {{"run", status.run_id},
                           {"sha256", status.plan_sha256},
                           {"name", status.plan_name},
                           {"started_at", status.started_at},
                           {"session_role", status.session_role},
                           {"state", status.run_id == 0 ? "" : status.Summary()},
                           {"program", status.program},
                           {"sessions", status.sessions},
                           {"actions", ordered_json::array()},
                           {"blockers", ordered_json::array()},
                           {"next", Next(status, file)}};
  for (const ActionStatus& action : status.actions)
    document["actions"].push_back(ActionJson(action));
  for (const Blocker& blocker : status.blockers)
    document["blockers"].push_back(BlockerJson(blocker));
  return document;
}

std::string StatusKey(const RunStatus& status) {
  std::string key = absl::StrCat(status.run_id, status.Summary());
  for (const ActionStatus& action : status.actions)
    absl::StrAppend(&key, "\n", action.id, " ", action.state, " ", action.phase, " ",
                    action.rows_done.value_or(-1));
  for (const Blocker& blocker : status.blockers)
    absl::StrAppend(&key, "\n", blocker.pid, " ", blocker.wants);
  return key;
}

}  // namespace regraft::cli

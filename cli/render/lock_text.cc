#include "cli/render/lock_text.h"

#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <algorithm>

namespace regraft::cli {
namespace {

using leaf_lock::Attempt;
using leaf_lock::Expected;
using leaf_lock::LeafEntry;
using leaf_lock::LockState;
using nlohmann::ordered_json;

ordered_json LockJson(const std::optional<LockState>& lock) {
  if (!lock.has_value()) return nullptr;
  return {{"schemas", lock->schemas},     {"guarded", lock->guarded},
          {"keeper", lock->keeper},       {"plan", lock->plan_name},
          {"locked_by", lock->locked_by}, {"locked_at", lock->locked_at}};
}

std::string Rows(const LeafEntry& leaf, bool counted) {
  if (!leaf.exists) return "not there yet";
  if (!leaf.rows.has_value()) return "";
  return absl::StrCat(counted ? "" : "~", Counted(*leaf.rows, "row", "rows"));
}

std::string Padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string LeafLine(const LeafEntry& leaf, size_t depth, size_t name_width, bool counted) {
  const std::string rows = Rows(leaf, counted);
  std::string line =
      absl::StrCat(std::string(2 * depth, ' '), Padded(OneLine(leaf.name), name_width), "  ",
                   Padded(leaf.leaf_type, 12), "  ", rows,
                   leaf.bytes > 0 ? absl::StrCat(rows.empty() ? "" : ", ", Size(leaf.bytes)) : "",
                   leaf.frozen ? "" : "  (not locked)");
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// The path's parts that the line before did not have, each one step further to the right.
std::string Branches(const std::vector<std::string>& path, const std::vector<std::string>& before) {
  std::string out;
  bool same = true;
  for (size_t i = 0; i < path.size(); ++i) {
    same = same && i < before.size() && before[i] == path[i];
    if (!same) absl::StrAppend(&out, std::string(2 * i, ' '), OneLine(path[i]), "\n");
  }
  return out;
}

std::string LockLine(const std::optional<LockState>& lock) {
  if (!lock.has_value()) return "nothing is locked\n";
  return absl::StrCat("locked: ", OneLine(absl::StrJoin(lock->schemas, ", ")), ", by ",
                      OneLine(lock->locked_by), " at ", lock->locked_at,
                      lock->guarded ? "" : ", by privileges alone", "\n");
}

const char* ExpectedWord(Expected expected) {
  switch (expected) {
    case Expected::kRefused:
      return "refused";
    case Expected::kAllowed:
      return "allowed";
    case Expected::kUnenforceable:
      break;
  }
  return "unenforceable";
}

std::string AttemptLine(const Attempt& attempt) {
  return absl::StrCat(attempt.as_expected() ? "  " : "! ",
                      Padded(attempt.refused ? "refused" : "allowed", 9),
                      Padded(attempt.sqlstate, 7), attempt.what, "\n");
}

}  // namespace

std::string RegistryText(const std::optional<LockState>& lock, const std::vector<LeafEntry>& leaves,
                         bool counted) {
  std::string out = LockLine(lock);
  if (leaves.empty())
    return out + "no leaf is registered\nnext: regraft lock PLAN.yaml, or regraft register\n";
  size_t width = 0;
  for (const LeafEntry& leaf : leaves) width = std::max(width, OneLine(leaf.name).size());
  std::vector<std::string> before;
  for (const LeafEntry& leaf : leaves) {
    const std::string path = leaf.path.empty() ? "UNCLASSIFIED" : leaf.path;
    const std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
    out += Branches(parts, before);
    out += LeafLine(leaf, parts.size(), width, counted);
    before = parts;
  }
  return out;
}

ordered_json RegistryJson(const std::optional<LockState>& lock,
                          const std::vector<LeafEntry>& leaves) {
  ordered_json document;
  document["lock"] = LockJson(lock);
  document["leaves"] = ordered_json::array();
  for (const LeafEntry& leaf : leaves)
    document["leaves"].push_back(
        {{"table", leaf.name},
         {"sub_hub", leaf.sub_hub.empty() ? ordered_json(nullptr) : ordered_json(leaf.sub_hub)},
         {"leaf_type", leaf.leaf_type},
         {"path", leaf.path.empty() ? ordered_json(nullptr) : ordered_json(leaf.path)},
         {"partition_of", leaf.parent.empty() ? ordered_json(nullptr) : ordered_json(leaf.parent)},
         {"exists", leaf.exists},
         {"frozen", leaf.frozen},
         {"rows", leaf.rows.has_value() ? ordered_json(*leaf.rows) : ordered_json(nullptr)},
         {"bytes", leaf.bytes},
         {"registered_by", leaf.registered_by},
         {"origin", leaf.origin}});
  return document;
}

std::string FreezeText(const leaf_lock::FreezeReport& report) {
  std::string out = LockLine(report.lock);
  if (!report.beside.empty())
    absl::StrAppend(&out, "beside the lock of ", OneLine(absl::StrJoin(report.beside, "; ")), "\n");
  absl::StrAppend(&out, Counted(report.registered, "leaf", "leaves"), " registered, ",
                  Grouped(report.unclassified), " unclassified");
  if (report.reserved > 0) absl::StrAppend(&out, ", ", report.reserved, " not there yet");
  absl::StrAppend(&out, "\nowner of the schemas: ", OneLine(report.lock.keeper), "; ",
                  Counted(static_cast<int64_t>(report.statements.size()), "change", "changes"),
                  " of owners and privileges, recorded for unlock\n");
  if (!report.lock.guarded)
    out +=
        "this role is no superuser, so there is no guard: only new tables are refused. Owners can "
        "still alter,\ntruncate and drop theirs; regraft lock --check finds it afterwards\n";
  return out + "next: regraft lock --test; and regraft lock --check from cron\n";
}

ordered_json FreezeJson(const leaf_lock::FreezeReport& report) {
  return {{"lock", LockJson(report.lock)},
          {"again", report.again},
          {"beside", report.beside},
          {"registered", report.registered},
          {"unclassified", report.unclassified},
          {"reserved", report.reserved},
          {"statements", report.statements},
          {"lost", report.lost}};
}

std::string CheckText(const leaf_lock::CheckReport& report) {
  std::string out = LockLine(report.lock);
  for (const leaf_lock::Drift& drift : report.drift)
    absl::StrAppend(&out, Padded(drift.rule, 13), OneLine(drift.object), ": ", OneLine(drift.what),
                    "\n", std::string(13, ' '), "next: ", OneLine(drift.remedy), "\n");
  for (const std::string& note : report.notes) absl::StrAppend(&out, "note: ", OneLine(note), "\n");
  return report.drift.empty() ? out + "no drift\n" : out;
}

ordered_json CheckJson(const leaf_lock::CheckReport& report) {
  ordered_json document;
  document["lock"] = LockJson(report.lock);
  document["drift"] = ordered_json::array();
  for (const leaf_lock::Drift& drift : report.drift)
    document["drift"].push_back({{"rule", drift.rule},
                                 {"object", drift.object},
                                 {"what", drift.what},
                                 {"remedy", drift.remedy}});
  document["notes"] = report.notes;
  return document;
}

std::string AttemptsText(const leaf_lock::AttemptsReport& report) {
  std::string must, free, open;
  for (const Attempt& attempt : report.attempts) {
    std::string* list = attempt.expected == Expected::kRefused   ? &must
                        : attempt.expected == Expected::kAllowed ? &free
                                                                 : &open;
    *list += AttemptLine(attempt);
  }
  return absl::StrCat(
      LockLine(report.lock), "tried as ", OneLine(report.role),
      ", on tables of its own; everything was rolled back\n\nwhat must be refused:\n", must,
      "\nwhat must keep working:\n", free,
      open.empty() ? ""
                   : "\nwhat the server does not let this lock decide, for this role; regraft "
                     "lock --check finds it:\n",
      open);
}

ordered_json AttemptsJson(const leaf_lock::AttemptsReport& report) {
  ordered_json document;
  document["lock"] = LockJson(report.lock);
  document["role"] = report.role;
  document["attempts"] = ordered_json::array();
  for (const Attempt& attempt : report.attempts)
    document["attempts"].push_back(
        {{"what", attempt.what},
         {"sql", attempt.sql},
         {"expected", ExpectedWord(attempt.expected)},
         {"refused", attempt.refused},
         {"as_expected", attempt.as_expected()},
         {"sqlstate", attempt.refused ? ordered_json(attempt.sqlstate) : ordered_json(nullptr)},
         {"message", attempt.message}});
  return document;
}

}  // namespace regraft::cli

#include "engine/resolution/work.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::resolution {

bool Work::refused() const {
  return std::any_of(saved.findings.begin(), saved.findings.end(),
                     [](const saved_plan::Finding& finding) { return finding.kind == "refusal"; });
}

void Work::Refuse(const std::string& code, const std::string& text, const std::string& remedy) {
  saved.findings.push_back({.kind = "refusal", .code = code, .text = text, .remedy = remedy});
}

void Work::RefuseUnreadable(const Relation& relation) {
  if (relation.unreadable.empty()) return;
  unreadable = true;
  Refuse("unreadable", absl::StrCat(relation.Display(), " cannot be read: ", relation.unreadable),
         absl::StrCat(relation.remedy, "; or --estimate, which reads no row"));
}

void Work::Hazard(std::string_view hazard, const std::string& text) {
  const std::string code(hazard);
  if (Allows(hazard))
    saved.findings.push_back({.kind = "hazard", .code = code, .text = text, .remedy = ""});
  else
    Refuse(code, text, absl::StrCat("if that may be: allow: [", code, "]"));
}

void Work::Note(const std::string& code, const std::string& text) {
  saved.findings.push_back({.kind = "note", .code = code, .text = text, .remedy = ""});
}

std::string Count(int64_t number) {
  std::string digits = absl::StrCat(number);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<size_t>(at), 1, ',');
  return digits;
}

absl::StatusOr<pg::Result> Try(pg::Connection& connection, const std::string& sql) {
  RETURN_IF_ERROR(connection.Run("SAVEPOINT regraft_try"));
  // By the protocol that takes one statement: what people wrote cannot end ours and begin another.
  auto result = connection.Query(sql, {});
  RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT regraft_try"));
  return result;
}

std::string CopyDuration(int64_t bytes) {
  // A verified copy of this engine on two cores moved 120 MB/s (bench/results); half of it is
  // promised.
  constexpr int64_t kBytesPerSecond = int64_t{60} << 20;
  const int64_t seconds = bytes / kBytesPerSecond;
  if (seconds < 1) return "about a second";
  if (seconds < 120) return absl::StrCat("about ", seconds + 1, " s");
  return absl::StrCat("about ", seconds / 60 + 1, " min");
}

}  // namespace regraft::resolution

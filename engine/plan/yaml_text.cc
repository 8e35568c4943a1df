#include "engine/plan/yaml_text.h"

#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <algorithm>
#include <array>

namespace regraft::plan {
namespace {

// Words that some reader of YAML takes for no text.
constexpr std::array<std::string_view, 8> kOtherThanText = {"null", "true", "false", "yes",
                                                            "no",   "on",   "off",   "nan"};

bool IsPlain(std::string_view text) {
  constexpr std::string_view kInside = "_./+%() -";
  if (text.empty() || !absl::ascii_isalnum(static_cast<unsigned char>(text[0]))) return false;
  if (text.back() == ' ') return false;
  for (const char c : text)
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        kInside.find(c) == std::string_view::npos)
      return false;
  const std::string lower = absl::AsciiStrToLower(AsAbsl(text));
  return std::find(kOtherThanText.begin(), kOtherThanText.end(), lower) == kOtherThanText.end();
}

}  // namespace

std::string YamlScalar(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      absl::StrAppend(&quoted, "\\", std::string(1, c));
    else if (c == '\n')
      absl::StrAppend(&quoted, "\\n");
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      absl::StrAppendFormat(&quoted, "\\x%02x", static_cast<unsigned char>(c));
    else
      quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string YamlList(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts)
    absl::StrAppend(&list, list.size() == 1 ? "" : ", ", YamlScalar(text));
  return list + "]";
}

std::string YamlFlowMap(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string map = "{";
  for (const auto& [key, value] : pairs)
    absl::StrAppend(&map, map.size() == 1 ? "" : ", ", YamlScalar(key), ": ", value);
  return map + "}";
}

std::string YamlDuration(int64_t seconds) {
  constexpr int64_t kHour = 3600, kDay = 24 * kHour;
  if (seconds % kDay == 0) return absl::StrCat(seconds / kDay, "d");
  if (seconds % kHour == 0) return absl::StrCat(seconds / kHour, "h");
  return absl::StrCat(seconds / 60, "m");
}

void YamlItem::BeginLine() { absl::StrAppend(&text_, indent_, text_.empty() ? "- " : "  "); }

void YamlItem::Add(std::string_view key, std::string_view value) {
  if (value.empty()) return;
  BeginLine();
  absl::StrAppend(&text_, AsAbsl(key), ": ", AsAbsl(value), "\n");
}

void YamlItem::AddText(std::string_view key, std::string_view text) {
  if (!text.empty()) Add(key, YamlScalar(text));
}

void YamlItem::AddList(std::string_view key, const std::vector<std::string>& texts) {
  if (!texts.empty()) Add(key, YamlList(texts));
}

void YamlItem::AddLines(std::string_view key, const std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts)
    absl::StrAppend(&lines, indent_, "  - ", YamlScalar(text), "\n");
  AddBlock(key, lines);
}

void YamlItem::AddBlock(std::string_view key, std::string_view lines) {
  if (lines.empty()) return;
  BeginLine();
  absl::StrAppend(&text_, AsAbsl(key), ":\n", AsAbsl(lines));
}

}  // namespace regraft::plan

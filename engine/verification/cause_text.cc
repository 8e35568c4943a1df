#include "engine/base/status_macros.h"
#include "engine/verification/cause_parts.h"

#include "absl/strings/match.h"

#include <algorithm>
#include <cctype>

namespace regraft::verification::internal {
namespace {

constexpr std::string_view kWhite = " \t\n\r\f\v";

std::string_view WithoutTrailing(std::string_view text, std::string_view what) {
  return text.substr(0, text.find_last_not_of(what) + 1);
}

std::string_view Trimmed(std::string_view text) {
  text = WithoutTrailing(text, kWhite);
  return text.substr(std::min(text.find_first_not_of(kWhite), text.size()));
}

std::string Without(std::string_view text, std::string_view unwanted) {
  std::string kept;
  for (const char c : text)
    if (!absl::StrContains(AsAbsl(unwanted), c)) kept.push_back(c);
  return kept;
}

// ASCII only: the case rules of other letters depend on a language that is not known here.
std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    c = static_cast<char>(
        static_cast<unsigned char>(c) < 128 ? std::tolower(static_cast<unsigned char>(c)) : c);
  return lower;
}

}  // namespace

std::string TextCause(std::string_view a, std::string_view b) {
  if (WithoutTrailing(a, " ") == WithoutTrailing(b, " ")) return "padding: trailing blanks";
  if (Without(a, "\r") == Without(b, "\r")) return "line ends";
  if (Trimmed(a) == Trimmed(b)) return "white space at the ends";
  if (Lower(a) == Lower(b)) return "letter case";
  const std::string_view shorter = a.size() < b.size() ? a : b;
  const std::string_view longer = a.size() < b.size() ? b : a;
  if (!shorter.empty() && longer.starts_with(shorter)) return "cut short";
  return Without(a, kWhite) == Without(b, kWhite) ? "white space" : "";
}

}  // namespace regraft::verification::internal

#include "engine/pg/identifier.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <cctype>
#include <vector>

namespace regraft::pg {
namespace {

absl::Status Malformed(std::string_view text, std::string_view why) {
  return BadPlan(absl::StrCat("\"", AsAbsl(text), "\" is not a table name: ", AsAbsl(why),
                              "; write schema.table, or schema.\"Odd Name\""));
}

// Reads one quoted part; `at` stands behind the opening quote and ends behind the closing one.
absl::StatusOr<std::string> ReadQuoted(std::string_view text, size_t* at) {
  std::string part;
  while (*at < text.size()) {
    const char c = text[(*at)++];
    if (c != '"') {
      part.push_back(c);
    } else if (*at < text.size() && text[*at] == '"') {
      part.push_back('"');
      ++*at;
    } else {
      return part;
    }
  }
  return Malformed(text, "a quote is not closed");
}

std::string ReadPlain(std::string_view text, size_t* at) {
  std::string part;
  while (*at < text.size() && text[*at] != '.' && text[*at] != '"') {
    const auto c = static_cast<unsigned char>(text[(*at)++]);
    part.push_back(c < 128 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c));
  }
  return part;
}

bool NeedsQuotes(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) return true;
  for (const char c : name)
    if (std::islower(static_cast<unsigned char>(c)) == 0 &&
        std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '_')
      return true;
  return false;
}

}  // namespace

absl::StatusOr<QualifiedName> ParseQualifiedName(std::string_view text) {
  std::vector<std::string> parts;
  size_t at = 0;
  while (true) {
    std::string part;
    if (at < text.size() && text[at] == '"') {
      ++at;
      ASSIGN_OR_RETURN(part, ReadQuoted(text, &at));
    } else {
      part = ReadPlain(text, &at);
    }
    if (part.empty()) return Malformed(text, "a part is empty");
    parts.push_back(part);
    if (at == text.size()) break;
    if (text[at++] != '.') return Malformed(text, "a dot is missing between two parts");
  }
  if (parts.size() == 1) return QualifiedName{"", parts[0]};
  if (parts.size() == 2) return QualifiedName{parts[0], parts[1]};
  return Malformed(text, "it has more than two parts");
}

std::string QuoteIdentifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string QuoteQualified(const QualifiedName& name) {
  if (name.schema.empty()) return QuoteIdentifier(name.name);
  return absl::StrCat(QuoteIdentifier(name.schema), ".", QuoteIdentifier(name.name));
}

std::string DisplayName(const QualifiedName& name) {
  const auto part = [](const std::string& text) {
    return NeedsQuotes(text) ? QuoteIdentifier(text) : text;
  };
  return name.schema.empty() ? part(name.name)
                             : absl::StrCat(part(name.schema), ".", part(name.name));
}

}  // namespace regraft::pg

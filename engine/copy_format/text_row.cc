#include "engine/copy_format/text_row.h"

#include "engine/copy_format/tuple.h"

#include "absl/base/macros.h"

#include <array>
#include <optional>

namespace regraft::copy_format {
namespace {

// The letter behind the backslash for each byte that COPY FROM would misread, 0 for all others. CR
// and LF end lines, TAB ends fields, a backslash starts \N and \. ; \b \f \v only as COPY TO has
// it.
constexpr std::array<char, 256> kEscapeLetters = [] {
  std::array<char, 256> letters{};
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  letters['\v'] = 'v';
  letters['\\'] = '\\';
  return letters;
}();

// Most values hold nothing to escape: append runs, not bytes.
void AppendEscaped(std::string_view text, std::string* out) {
  size_t run = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char letter = kEscapeLetters[static_cast<unsigned char>(text[i])];
    if (letter == 0) continue;
    out->append(text, run, i - run);
    out->push_back('\\');
    out->push_back(letter);
    run = i + 1;
  }
  out->append(text, run);
}

}  // namespace

void AppendTextLine(std::string_view fields, int field_count, std::string* out) {
  const char* at = fields.data();
  const char* const end = at + fields.size();
  std::optional<std::string_view> field;
  for (int i = 0; i < field_count; ++i) {
    if (i > 0) out->push_back('\t');
    // A short line may still load, with other values than were read; nothing but a stop is safe.
    const bool well_formed = ReadField(&at, end, &field);
    ABSL_HARDENING_ASSERT(well_formed);
    if (field.has_value()) {
      AppendEscaped(*field, out);
    } else {
      out->append("\\N");
    }
  }
  ABSL_HARDENING_ASSERT(at == end);
  out->push_back('\n');
}

}  // namespace regraft::copy_format

// SQL text cut into what matters to find names in it. Comments and white space are left out. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace regraft::catalog {

struct SqlToken {
  enum Kind {
    kWord,     // identifier or keyword: folded to lower case
    kQuoted,   // "identifier", unquoted
    kLiteral,  // 'text', E'text', $tag$text$tag$: what is inside
    kSign,     // any other single character; a number is one '0'
  };
  Kind kind = kSign;
  std::string text;

  [[nodiscard]] bool IsName() const { return kind == kWord || kind == kQuoted; }
  [[nodiscard]] bool Is(std::string_view word) const {
    return (kind == kWord || kind == kSign) && text == word;
  }
};

// Never fails: a quote that is not closed reaches to the end.
std::vector<SqlToken> TokenizeSql(std::string_view sql);

}  // namespace regraft::catalog

#include "engine/catalog/sql_tokens.h"

#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"

#include <algorithm>

namespace regraft::catalog {
namespace {

bool StartsName(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_' ||
         static_cast<unsigned char>(c) >= 128;
}
bool ContinuesName(char c) {
  return StartsName(c) || absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '$';
}

// Enough of E'…' to keep words apart.
char Unescaped(char c) { return c == 'n' || c == 't' || c == 'r' ? ' ' : c; }

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view sql) : sql_(sql) {}

  std::vector<SqlToken> Run() {
    while (at_ < sql_.size()) Next();
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char Peek(size_t ahead = 0) const {
    return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
  }

  void Next() {
    const char c = Peek();
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      ++at_;
    } else if (c == '-' && Peek(1) == '-') {
      at_ = std::min(sql_.find('\n', at_), sql_.size());
    } else if (c == '/' && Peek(1) == '*') {
      SkipComment();
    } else if (c == '\'') {
      Add(SqlToken::kLiteral, ReadQuoted('\'', false));
    } else if ((c == 'e' || c == 'E') && Peek(1) == '\'') {
      ++at_;
      Add(SqlToken::kLiteral, ReadQuoted('\'', true));
    } else if (c == '"') {
      Add(SqlToken::kQuoted, ReadQuoted('"', false));
    } else if (c == '$' && ReadDollarQuoted()) {
    } else if (StartsName(c)) {
      Add(SqlToken::kWord, absl::AsciiStrToLower(AsAbsl(ReadWhile(ContinuesName))));
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      ReadWhile(ContinuesName);
      Add(SqlToken::kSign, "0");
    } else {
      Add(SqlToken::kSign, std::string(1, c));
      ++at_;
    }
  }

  void Add(SqlToken::Kind kind, std::string text) { tokens_.push_back({kind, std::move(text)}); }

  std::string_view ReadWhile(bool (*belongs)(char)) {
    const size_t start = at_;
    while (at_ < sql_.size() && belongs(sql_[at_])) ++at_;
    return sql_.substr(start, at_ - start);
  }

  // PostgreSQL's comments nest.
  void SkipComment() {
    int depth = 0;
    do {
      if (Peek() == '/' && Peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (Peek() == '*' && Peek(1) == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
  }

  std::string ReadQuoted(char quote, bool backslashes) {
    std::string text;
    ++at_;
    while (at_ < sql_.size()) {
      const char c = sql_[at_++];
      if (c == quote && Peek() != quote) break;
      if (c == quote)
        text.push_back(sql_[at_++]);
      else if (backslashes && c == '\\' && at_ < sql_.size())
        text.push_back(Unescaped(sql_[at_++]));
      else
        text.push_back(c);
    }
    return text;
  }

  // False where the dollar sign opens no quote: $1.
  bool ReadDollarQuoted() {
    size_t end = at_ + 1;
    if (end < sql_.size() && sql_[end] != '$' && !StartsName(sql_[end])) return false;
    while (end < sql_.size() && ContinuesName(sql_[end]) && sql_[end] != '$') ++end;
    if (end >= sql_.size() || sql_[end] != '$') return false;
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const size_t start = end + 1;
    const size_t close = std::min(sql_.find(tag, start), sql_.size());
    Add(SqlToken::kLiteral, std::string(sql_.substr(start, close - start)));
    at_ = std::min(close + tag.size(), sql_.size());
    return true;
  }

  std::string_view sql_;
  size_t at_ = 0;
  std::vector<SqlToken> tokens_;
};

}  // namespace

std::vector<SqlToken> TokenizeSql(std::string_view sql) { return Tokenizer(sql).Run(); }

}  // namespace regraft::catalog

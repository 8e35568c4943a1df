#include "engine/document/markdown.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/document/parseable_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <md4c.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace regraft::document {
namespace {

// md4c fills short rows up to the head's width: a wide head over many rows would fill any memory.
constexpr size_t kCellsMax = 2'000'000;

// Collects what md4c calls back with. One object per document, one thread.
class Collector {
 public:
  explicit Collector(const std::string& text) : text_(text) {
    for (size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') line_ends_.push_back(i);
  }

  int Enter(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_H:
        Begin(Block::Kind::kHeading);
        now_->level = static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
        break;
      case MD_BLOCK_OL:
      case MD_BLOCK_UL:
        End();  // the item around a nested list ends where the list begins
        lists_.push_back(type == MD_BLOCK_OL);
        break;
      case MD_BLOCK_LI:
        Begin(Block::Kind::kItem);
        now_->ordered = !lists_.empty() && lists_.back();
        break;
      case MD_BLOCK_P:
        if (!now_.has_value()) Begin(Block::Kind::kParagraph);
        break;
      case MD_BLOCK_TABLE:
        Begin(Block::Kind::kTable);
        break;
      case MD_BLOCK_TR:
        if (in_body_ && now_.has_value()) now_->table.rows.emplace_back();
        break;
      case MD_BLOCK_TBODY:
        in_body_ = true;
        break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        return BeginCell();
      default:
        break;
    }
    return 0;
  }

  int Leave(MD_BLOCKTYPE type) {
    if (type == MD_BLOCK_OL || type == MD_BLOCK_UL) lists_.pop_back();
    if (type == MD_BLOCK_TBODY) in_body_ = false;
    if (type == MD_BLOCK_TH || type == MD_BLOCK_TD) {
      if (cell_ != nullptr) Tidy(cell_);
      cell_ = nullptr;
    }
    // An item's paragraph ends with the item; a second one within it is one of its own.
    if (type == MD_BLOCK_H || type == MD_BLOCK_P || type == MD_BLOCK_LI || type == MD_BLOCK_TABLE)
      End();
    return 0;
  }

  void EnterSpan(MD_SPANTYPE type) {
    Text* into = Current();
    if (type == MD_SPAN_CODE && into != nullptr) into->codes.push_back({"", into->plain.size()});
    in_code_ = in_code_ || type == MD_SPAN_CODE;
  }
  void LeaveSpan(MD_SPANTYPE type) {
    if (type == MD_SPAN_CODE) in_code_ = false;
  }

  void Add(MD_TEXTTYPE type, std::string_view piece) {
    Text* into = Current();
    if (into == nullptr || type == MD_TEXT_HTML) {
      // `<br>` in a cell; comments and other HTML say nothing to us.
      if (into != nullptr) into->plain.push_back(' ');
      return;
    }
    Locate(piece, into);
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) piece = " ";
    std::string text(piece);
    if (type == MD_TEXT_ENTITY)
      text = absl::StrReplaceAll(text, {{"&amp;", "&"},
                                        {"&lt;", "<"},
                                        {"&gt;", ">"},
                                        {"&nbsp;", " "},
                                        {"&rarr;", "→"},
                                        {"&quot;", "\""}});
    // In a table, a pipe inside backticks is written with a backslash.
    if (in_code_ && cell_ != nullptr) text = absl::StrReplaceAll(text, {{"\\|", "|"}});
    into->plain += text;
    if (in_code_ && !into->codes.empty()) into->codes.back().text += text;
  }

  std::vector<Block> Take() {
    End();
    return std::move(blocks_);
  }
  // md4c does not always pass on that a callback wants to stop.
  [[nodiscard]] bool has_too_many_cells() const { return cells_ > kCellsMax; }

 private:
  void Begin(Block::Kind kind) {
    End();
    now_.emplace();
    now_->kind = kind;
  }

  void End() {
    if (!now_.has_value()) return;
    if (now_->kind != Block::Kind::kTable) Tidy(&now_->text);
    if (now_->line == 0) now_->line = last_line_;
    for (auto& row : now_->table.rows)
      if (!has_too_many_cells()) row.resize(now_->table.head.size());
    if (now_->kind == Block::Kind::kTable || !now_->text.plain.empty())
      blocks_.push_back(*std::move(now_));
    now_.reset();
  }

  int BeginCell() {
    if (!now_.has_value() || ++cells_ > kCellsMax) return 1;
    auto& row = in_body_ ? now_->table.rows.back() : now_->table.head;
    cell_ = &row.emplace_back();
    cell_->line = last_line_;
    return 0;
  }

  Text* Current() {
    if (cell_ != nullptr) return cell_;
    return now_.has_value() && now_->kind != Block::Kind::kTable ? &now_->text : nullptr;
  }

  // The line of a piece that lies in the document; md4c also gives pieces of its own.
  void Locate(std::string_view piece, Text* into) {
    if (piece.data() < text_.data() || piece.data() >= text_.data() + text_.size()) return;
    const auto offset = static_cast<size_t>(piece.data() - text_.data());
    const auto before = std::lower_bound(line_ends_.begin(), line_ends_.end(), offset);
    last_line_ = static_cast<int>(before - line_ends_.begin()) + 1;
    if (now_->line == 0) now_->line = last_line_;
    if (into->plain.empty()) into->line = last_line_;
  }

  // Folds blanks; the places of codes follow.
  static void Tidy(Text* text) {
    std::string folded;
    size_t code = 0;
    for (size_t i = 0; i <= text->plain.size(); ++i) {
      while (code < text->codes.size() && text->codes[code].at == i)
        text->codes[code++].at = folded.size();
      if (i == text->plain.size()) break;
      const char c = text->plain[i];
      if (!absl::ascii_isspace(static_cast<unsigned char>(c)))
        folded.push_back(c);
      else if (!folded.empty() && folded.back() != ' ')
        folded.push_back(' ');
    }
    while (!folded.empty() && folded.back() == ' ') folded.pop_back();
    text->plain = std::move(folded);
    for (Code& each : text->codes) each.text = std::string(absl::StripAsciiWhitespace(each.text));
  }

  const std::string& text_;
  std::vector<size_t> line_ends_;
  std::vector<Block> blocks_;
  std::optional<Block> now_;
  std::vector<bool> lists_;  // the lists around us: whether each is numbered
  Text* cell_ = nullptr;
  bool in_body_ = false;
  bool in_code_ = false;
  size_t cells_ = 0;
  int last_line_ = 1;
};

Collector* Of(void* user) { return static_cast<Collector*>(user); }

}  // namespace

absl::StatusOr<std::vector<Block>> ReadMarkdown(const std::string& text) {
  ASSIGN_OR_RETURN(const std::string normal, ParseableText(text));
  Collector collector(normal);
  MD_PARSER parser = {};
  parser.flags = MD_FLAG_TABLES | MD_FLAG_NOINDENTEDCODEBLOCKS;
  parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* user) {
    return Of(user)->Enter(type, detail);
  };
  parser.leave_block = [](MD_BLOCKTYPE type, void*, void* user) { return Of(user)->Leave(type); };
  parser.enter_span = [](MD_SPANTYPE type, void*, void* user) {
    Of(user)->EnterSpan(type);
    return 0;
  };
  parser.leave_span = [](MD_SPANTYPE type, void*, void* user) {
    Of(user)->LeaveSpan(type);
    return 0;
  };
  parser.text = [](MD_TEXTTYPE type, const MD_CHAR* piece, MD_SIZE size, void* user) {
    Of(user)->Add(type, {piece, size});
    return 0;
  };
  const int result =
      md_parse(normal.data(), static_cast<MD_SIZE>(normal.size()), &parser, &collector);
  if (result != 0 || collector.has_too_many_cells())
    return BadPlan(absl::StrCat("its tables have more than ", kCellsMax, " cells"));
  return collector.Take();
}

}  // namespace regraft::document

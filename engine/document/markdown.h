// A Markdown document as a flat list of blocks, each with its line: what remains when the looks are
// taken away. Values, no I/O.
#pragma once

#include "absl/status/statusor.h"

#include <cstddef>
#include <string>
#include <vector>

namespace regraft::document {

// A word in backticks; `at` is where it begins in the text around it.
struct Code {
  std::string text;
  size_t at = 0;
};

// Text without markup, blanks and line ends folded to single blanks.
struct Text {
  std::string plain;  // the codes are in it too
  std::vector<Code> codes;
  int line = 0;  // of the file, from 1
};

struct Table {
  std::vector<Text> head;
  std::vector<std::vector<Text>> rows;  // each as wide as the head
};

struct Block {
  enum class Kind { kHeading, kParagraph, kItem, kTable };
  Kind kind = Kind::kParagraph;
  int level = 0;         // kHeading: 1 to 6
  bool ordered = false;  // kItem: of a numbered list
  Text text;             // not of kTable
  Table table;           // kTable
  int line = 0;
};

// Errors, all BadPlan: what is no text (not UTF-8, a zero byte), and what is larger than a document
// that people wrote.
absl::StatusOr<std::vector<Block>> ReadMarkdown(const std::string& text);

}  // namespace regraft::document

#include "engine/copy_format/text_row.h"

#include "engine/copy_format/tuple.h"

#include "gtest/gtest.h"

#include <map>
#include <optional>
#include <vector>

namespace regraft::copy_format {
namespace {

using Row = std::vector<std::optional<std::string>>;

std::string TextLine(const Row& row) {
  std::string fields;
  for (const auto& field : row) AppendField(&fields, field);
  std::string line;
  AppendTextLine(fields, static_cast<int>(row.size()), &line);
  return line;
}

// What CopyReadAttributesText of PostgreSQL's copyfromparse.c makes of one field.
std::optional<std::string> Unescape(std::string_view field) {
  if (field == "\\N") return std::nullopt;
  static const std::map<char, char> kLetters = {{'b', '\b'}, {'f', '\f'}, {'n', '\n'},
                                                {'r', '\r'}, {'t', '\t'}, {'v', '\v'}};
  std::string value;
  for (size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\') {
      value += field[i];
      continue;
    }
    ++i;
    EXPECT_LT(i, field.size()) << "a backslash ends the field";
    const auto letter = kLetters.find(field[i]);
    value += letter == kLetters.end() ? field[i] : letter->second;
  }
  return value;
}

Row ReadLine(std::string_view line) {
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\r'), std::string_view::npos);
  line.remove_suffix(1);
  Row row;
  for (size_t tab; (tab = line.find('\t')) != std::string_view::npos; line.remove_prefix(tab + 1)) {
    row.push_back(Unescape(line.substr(0, tab)));
  }
  row.push_back(Unescape(line));
  return row;
}

TEST(TextLine, SeparatesFieldsByTabsAndEndsInANewline) {
  EXPECT_EQ(TextLine({"a", "b c", "1"}), "a\tb c\t1\n");
}

TEST(TextLine, NullEmptyAndTheTextOfNullDiffer) {
  EXPECT_EQ(TextLine({std::nullopt, "", "\\N", "NULL"}), "\\N\t\t\\\\N\tNULL\n");
}

TEST(TextLine, EscapesAsPostgresqlDoes) {
  EXPECT_EQ(TextLine({"\b\f\n\r\t\v\\"}), "\\b\\f\\n\\r\\t\\v\\\\\n");
}

TEST(TextLine, TheEndOfDataMarkIsJustText) { EXPECT_EQ(TextLine({"\\."}), "\\\\.\n"); }

TEST(TextLine, LeavesBytesBeyondAsciiAlone) {
  EXPECT_EQ(TextLine({"\x80\xff", "ż€😀"}), "\x80\xff\tż€😀\n");
}

TEST(TextLine, ARowWithoutColumnsIsAnEmptyLine) { EXPECT_EQ(TextLine({}), "\n"); }

TEST(TextLine, AppendsToWhatIsThere) {
  std::string fields;
  AppendField(&fields, "2");
  std::string out = "1\n";
  AppendTextLine(fields, 1, &out);
  EXPECT_EQ(out, "1\n2\n");
}

TEST(TextLine, EveryPairOfBytesReadsBack) {
  for (int first = 1; first < 256; ++first) {
    for (int second = 1; second < 256; ++second) {
      const Row row = {std::string{static_cast<char>(first), static_cast<char>(second)}};
      ASSERT_EQ(ReadLine(TextLine(row)), row) << first << " " << second;
    }
  }
}

TEST(TextLine, AwkwardRowsReadBack) {
  const std::vector<Row> rows = {
      {""},
      {std::nullopt},
      {"\\", "\\\\", "\\N", "\\."},
      {"tab\there", "line\nhere", "carriage\rreturn", "both\r\n"},
      {"\v\f\b", "\x80\x81\xfe\xff", std::string(100000, '\t'), std::nullopt, ""},
  };
  for (const Row& row : rows) EXPECT_EQ(ReadLine(TextLine(row)), row);
}

TEST(TextLineDeathTest, StopsTheProgramRatherThanWriteAnotherRow) {
  std::string out;
  EXPECT_DEATH(AppendTextLine(std::string_view("\0\0\0\5abc", 7), 1, &out), "");
  EXPECT_DEATH(AppendTextLine("", 1, &out), "");
  EXPECT_DEATH(AppendTextLine("\377\377\377\377more", 1, &out), "");
}

}  // namespace
}  // namespace regraft::copy_format

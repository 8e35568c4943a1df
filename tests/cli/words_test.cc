#include "cli/render/words.h"

#include "gtest/gtest.h"

#include <cstdint>
#include <limits>

namespace regraft::cli {
namespace {

TEST(Words, GroupsDigitsByThree) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(-123456), "-123,456");
  EXPECT_EQ(Grouped(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Words, SizesAreThoseOfPgSizePretty) {
  EXPECT_EQ(Size(10239), "10239 bytes");
  EXPECT_EQ(Size(10240), "10 kB");
  EXPECT_EQ(Size(421888), "412 kB");
  EXPECT_EQ(Size(220200960), "210 MB");
}

TEST(Words, DurationsUseTheLargestUnitThatDividesThem) {
  EXPECT_EQ(Duration(604800), "7 days");
  EXPECT_EQ(Duration(86400), "1 day");
  EXPECT_EQ(Duration(129600), "36 hours");
  EXPECT_EQ(Duration(5400), "90 minutes");
  EXPECT_EQ(Duration(61), "61 seconds");
}

TEST(Words, ControlCharactersAreEscapedAndLinesJoined) {
  EXPECT_EQ(OneLine("a\n\n  b\tc"), "a   b c");
  EXPECT_EQ(OneLine("\x1b[31m\x7f\xc2\x9b"), "\\x1b[31m\\x7f\\x9b");
  EXPECT_EQ(OneLine("Zürich"), "Zürich");
}

TEST(Words, ShorteningCutsBetweenCharacters) {
  EXPECT_EQ(Shortened("abc", 3), "abc");
  EXPECT_EQ(Shortened("abcdef", 5), "ab…");
  EXPECT_EQ(Shortened("üüüü", 7), "üü…");
  EXPECT_EQ(Shortened("üüüü", 6), "ü…");
}

TEST(Words, TheShellTakesAWordForOne) {
  EXPECT_EQ(ShellWord("plan.yaml"), "plan.yaml");
  EXPECT_EQ(ShellWord("pending app.urls"), "'pending app.urls'");
  EXPECT_EQ(ShellWord("it's; rm"), "'it'\\''s; rm'");
  EXPECT_EQ(ShellWord(""), "''");
}

TEST(Words, AnActionIsNotNamedTwice) {
  EXPECT_EQ(Titled("A-1", "merge", "app.old"), "A-1: merge app.old");
  EXPECT_EQ(Titled("merge app.old", "merge", "app.old"), "merge app.old");
  EXPECT_EQ(Titled("a\nb", "merge", "app.\"o\nd\"").find('\n'), std::string::npos);
}

TEST(Words, LongTextIsWrappedUnderItself) {
  const std::string word(40, 'x');
  const std::string wrapped =
      Wrapped({.indent = 2, .label_width = 6}, "why", word + " " + word + " " + word);
  EXPECT_EQ(wrapped, "  why   " + word + " " + word + "\n        " + word + "\n");
}

}  // namespace
}  // namespace regraft::cli

#include "engine/document/markdown.h"

#include "gtest/gtest.h"

namespace regraft::document {
namespace {

TEST(ReadMarkdown, GivesBlocksWithTheirLines) {
  const auto blocks = ReadMarkdown(
      "\xEF\xBB\xBF# A `b`  c\r\n\r\ntwo\r\nlines\r\n\r\n| H | `i` |\r\n|--|--|\r\n| 1 | `x|y` "
      "|\r\n"
      "| `p\\|q` | a&amp;b<br>c |\r\n|  |  |\r\n\r\n1. one\r\n   - in\r\n");
  ASSERT_TRUE(blocks.ok());
  ASSERT_EQ(blocks->size(), 5u);
  EXPECT_EQ((*blocks)[0].kind, Block::Kind::kHeading);
  EXPECT_EQ((*blocks)[0].text.plain, "A b c");
  EXPECT_EQ((*blocks)[0].text.codes[0].text, "b");
  EXPECT_EQ((*blocks)[0].text.codes[0].at, 2u);
  EXPECT_EQ((*blocks)[1].text.plain, "two lines");
  EXPECT_EQ((*blocks)[1].line, 3);
  const Block& table = (*blocks)[2];
  EXPECT_EQ(table.line, 6);
  EXPECT_EQ(table.table.head[1].codes[0].text, "i");
  ASSERT_EQ(table.table.rows.size(), 3u);
  EXPECT_EQ(table.table.rows[0][1].codes[0].text, "x|y");
  EXPECT_EQ(table.table.rows[0][1].line, 8);
  EXPECT_EQ(table.table.rows[1][0].plain, "p|q");
  EXPECT_EQ(table.table.rows[1][1].plain, "a&b c");
  EXPECT_EQ(table.table.rows[2][0].plain, "");
  EXPECT_TRUE((*blocks)[3].ordered);
  EXPECT_EQ((*blocks)[3].text.plain, "one");
  EXPECT_FALSE((*blocks)[4].ordered);
  EXPECT_EQ((*blocks)[4].line, 13);
}

}  // namespace
}  // namespace regraft::document

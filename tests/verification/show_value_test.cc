#include "engine/verification/show_value.h"

#include <gtest/gtest.h>

#include <string>

namespace regraft::verification {
namespace {

TEST(ShowValue, TellsNullFromEmptyFromBlank) {
  EXPECT_EQ(ShowValue(std::nullopt), "NULL");
  EXPECT_EQ(ShowValue(""), "''");
  EXPECT_EQ(ShowValue(" "), "' '");
}

TEST(ShowValue, WritesNoByteThatATerminalWouldObey) {
  EXPECT_EQ(ShowValue("a\x1b[31m\n\x7f"), R"('a\x1b[31m\x0a\x7f')");
}

TEST(ShowValue, CutsALongValueBetweenCharacters) {
  const std::string at_the_limit(120, 'x');
  EXPECT_EQ(ShowValue(at_the_limit), "'" + at_the_limit + "'");
  EXPECT_EQ(ShowValue(at_the_limit + "y"), "'" + at_the_limit + "…'");
  // The two bytes of the umlaut are the 120th and the 121st.
  EXPECT_EQ(ShowValue(std::string(119, 'x') + "äy"), "'" + std::string(119, 'x') + "…'");
}

}  // namespace
}  // namespace regraft::verification

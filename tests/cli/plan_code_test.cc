#include "cli/render/plan_code.h"

#include "gtest/gtest.h"

namespace regraft::cli {
namespace {

code_search::CodeSearch Sample() {
  code_search::CodeSearch search;
  search.found = {{.file = "src/\x1b[1mx.py",
                   .line = 12,
                   .text = "q = 'app.orders'",
                   .old_name = {"app", "orders"},
                   .new_name = {"archive", "Odd one"},
                   .bare = false},
                  {.file = "src/y.py",
                   .line = 3,
                   .text = "orders",
                   .old_name = {"app", "orders"},
                   .new_name = {"archive", "Odd one"},
                   .bare = true}};
  search.unread = {"dump.sql: larger than 8388608 bytes"};
  search.skipped = {".git", "build"};
  search.files = 84;
  search.bytes = 2048;
  return search;
}

TEST(CodeText, PlacesThenWhatWasSearchedAndWhatNot) {
  EXPECT_EQ(CodeText(Sample()),
            "src/\\x1b[1mx.py:12: app.orders → archive.\"Odd one\"\n"
            "    q = 'app.orders'\n"
            "src/y.py:3: app.orders → archive.\"Odd one\"  (by its bare name: may be something "
            "else)\n"
            "    orders\n"
            "2 places in 2 files to be edited: 84 files, 2048 bytes, searched\n"
            "not searched: dump.sql: larger than 8388608 bytes\n"
            "left out as output or dependencies: .git, build\n");
}

TEST(CodeText, NothingFoundIsSaid) {
  EXPECT_EQ(CodeText({}), "No place names a table of this plan: 0 files, 0 bytes, searched\n");
}

TEST(CodeJson, OneObjectForEachPlace) {
  const auto json = CodeJson(Sample());
  EXPECT_EQ(json["found"].size(), 2);
  EXPECT_EQ(json["found"][0].dump(),
            R"({"file":"src/\u001b[1mx.py","line":12,"text":"q = 'app.orders'",)"
            R"("old_name":"app.orders","new_name":"archive.\"Odd one\"","bare":false})");
  EXPECT_EQ(json["files"], 84);
  EXPECT_EQ(CodeJson({})["found"].dump(), "[]");
  EXPECT_EQ(CodeJson({})["unread"].dump(), "[]");
}

}  // namespace
}  // namespace regraft::cli

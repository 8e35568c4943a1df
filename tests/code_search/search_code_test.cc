#include "engine/code_search/search_code.h"

#include "engine/base/failure_kind.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace regraft::code_search {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SearchCodeTest : public ::testing::Test {
 protected:
  SearchCodeTest() {
    std::string pattern = (fs::temp_directory_path() / "regraft_code_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    fs::permissions(root_, fs::perms::all);
  }
  ~SearchCodeTest() override { fs::remove_all(root_); }

  void Write(const std::string& path, std::string_view text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }

  [[nodiscard]] CodeSearch Search(const SearchOptions& options = {}) const {
    return SearchCode(root_.string(),
                      {{{"app", "orders"}, {"archive", "app_orders"}},
                       {{"app", "items"}, {"sales", "items"}}},
                      options)
        .value();
  }
  // "file:line: text -> new name".
  [[nodiscard]] std::vector<std::string> Lines(const SearchOptions& options = {}) const {
    std::vector<std::string> lines;
    const CodeSearch search = Search(options);
    for (const Occurrence& found : search.found)
      lines.push_back(absl::StrCat(found.file, ":", found.line, ": ", found.text, " -> ",
                                   pg::DisplayName(found.new_name)));
    return lines;
  }

  fs::path root_;
};

TEST_F(SearchCodeTest, FileLineTextAndTheNewName) {
  Write("b.sql", "SELECT 1\n  FROM app.orders, app.items, app.orders;\n\nTABLE app.items");
  Write("a/deep/x.py", "q = 'app.orders'\n");
  EXPECT_THAT(Lines(),
              ElementsAre("a/deep/x.py:1: q = 'app.orders' -> archive.app_orders",
                          "b.sql:2: FROM app.orders, app.items, app.orders; -> archive.app_orders",
                          "b.sql:2: FROM app.orders, app.items, app.orders; -> sales.items",
                          "b.sql:4: TABLE app.items -> sales.items"));
  EXPECT_EQ(Search().files, 2);
  EXPECT_EQ(Search().bytes, 84);
}

TEST_F(SearchCodeTest, LinesThatEndAsOnOtherSystems) {
  Write("x.sql", "one\r\nTABLE app.orders\r\n\r\nTABLE app.items\r\n");
  EXPECT_THAT(Lines(), ElementsAre("x.sql:2: TABLE app.orders -> archive.app_orders",
                                   "x.sql:4: TABLE app.items -> sales.items"));
}

TEST_F(SearchCodeTest, NoDependenciesNoBuildOutputNoBinaries) {
  for (const char* path : {".git/x", "web/node_modules/x/y.js", "build/x", "src/target/x"})
    Write(path, "app.orders");
  Write("program", std::string("\x7f"
                               "ELF\0app.orders",
                               15));
  Write("src/kept", "app.orders");
  EXPECT_THAT(Lines(), ElementsAre("src/kept:1: app.orders -> archive.app_orders"));
  EXPECT_THAT(Search().skipped, ElementsAre(".git", "build", "src/target", "web/node_modules"));
  EXPECT_THAT(Search().unread, IsEmpty());
}

TEST_F(SearchCodeTest, LargeFilesAreSaidToBeUnread) {
  Write("dump.sql", "app.orders" + std::string(100, ' '));
  EXPECT_THAT(Lines({.namesakes = {}, .file_bytes_max = 109}), IsEmpty());
  EXPECT_THAT(Search({.namesakes = {}, .file_bytes_max = 109}).unread,
              ElementsAre("dump.sql: larger than 109 bytes"));
  EXPECT_EQ(Lines({.namesakes = {}, .file_bytes_max = 110}).size(), 1);
}

TEST_F(SearchCodeTest, LinksAreNotFollowed) {
  Write("real/x.sql", "app.orders");
  fs::create_directory_symlink(root_ / "real", root_ / "real" / "loop");
  fs::create_symlink(root_ / "real" / "x.sql", root_ / "again.sql");
  fs::create_directory_symlink(fs::temp_directory_path(), root_ / "outside");
  EXPECT_THAT(Lines(), ElementsAre("real/x.sql:1: app.orders -> archive.app_orders"));
}

// As root everything is readable; the rights of another user are taken for the while.
class OtherUser {
 public:
  OtherUser() {
    if (::geteuid() == 0) changed_ = ::seteuid(65534) == 0;
  }
  ~OtherUser() {
    if (changed_) (void)::seteuid(0);
  }

 private:
  bool changed_ = false;
};

TEST_F(SearchCodeTest, UnreadableFilesAndDirectoriesEndNothing) {
  Write("a.sql", "app.orders");
  Write("b/c.sql", "app.orders");
  Write("d.sql", "app.orders");
  fs::permissions(root_ / "a.sql", fs::perms::none);
  fs::permissions(root_ / "b", fs::perms::none);
  {
    const OtherUser user;
    EXPECT_THAT(Lines(), ElementsAre("d.sql:1: app.orders -> archive.app_orders"));
    EXPECT_THAT(Search().unread, ElementsAre("a.sql: Permission denied", "b: Permission denied"));
  }
  fs::permissions(root_ / "b", fs::perms::all);
}

TEST_F(SearchCodeTest, BareNamesThatAreUnique) {
  Write("x.rb", "table :orders\nitems");
  EXPECT_THAT(Lines(), IsEmpty());
  EXPECT_THAT(Lines({.bare_names = true, .namesakes = {"items"}}),
              ElementsAre("x.rb:1: table :orders -> archive.app_orders"));
}

TEST_F(SearchCodeTest, ShownTextIsUtf8AndShort) {
  Write("latin1",
        "-- gr\xf6\xdf"
        "e\tapp.orders \xc3");
  Write("minified.js", std::string(5000, 'x') + " app.orders " + std::string(5000, 'y'));
  const CodeSearch search = Search();
  ASSERT_EQ(search.found.size(), 2);
  EXPECT_EQ(search.found[0].text,
            "-- gr\uFFFD\uFFFD"
            "e\tapp.orders \uFFFD");
  EXPECT_THAT(search.found[1].text, HasSubstr("x app.orders y"));
  EXPECT_LT(search.found[1].text.size(), 200);
}

TEST_F(SearchCodeTest, WhatIsNoDirectoryIsRefused) {
  Write("x", "app.orders");
  for (const char* path : {"x", "missing"}) {
    const auto search = SearchCode((root_ / path).string(), {});
    EXPECT_EQ(KindOf(search.status()), FailureKind::kBadPlan);
    EXPECT_THAT(std::string(search.status().message()), HasSubstr(path));
  }
}

}  // namespace
}  // namespace regraft::code_search

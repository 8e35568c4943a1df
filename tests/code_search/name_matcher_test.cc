#include "engine/code_search/name_matcher.h"

#include "gtest/gtest.h"

#include <iterator>
#include <random>
#include <string>

namespace regraft::code_search {
namespace {

const std::vector<pg::QualifiedName> kNames = {{"app", "orders"},
                                               {"app", "orders_2023"},
                                               {"app", "Odd \"one"},
                                               {"größe", "maß"},
                                               {"Shop", "Items"}};

// "name@offset …", bare ones with "~".
std::string Found(std::string_view text, const std::vector<size_t>& bare = {}) {
  std::string found;
  for (const auto& match : NameMatcher(kNames, bare).Find(text))
    found += (found.empty() ? "" : " ") + std::string(match.bare ? "~" : "") +
             std::to_string(match.name) + "@" + std::to_string(match.offset);
  return found;
}

TEST(NameMatcher, EveryQuoting) {
  EXPECT_EQ(Found("app.orders"), "0@0");
  EXPECT_EQ(Found("\"app\".\"orders\""), "0@0");
  EXPECT_EQ(Found("\"app\".orders"), "0@0");
  EXPECT_EQ(Found("app.\"orders\""), "0@0");
  EXPECT_EQ(Found("`app`.`orders`"), "0@0");
  EXPECT_EQ(Found("'app.orders'"), "0@1");
  EXPECT_EQ(Found("\"app.orders\""), "0@1");
  EXPECT_EQ(Found("app . orders"), "0@0");
  EXPECT_EQ(Found("\"app\"\t.  \"orders\""), "0@0");
  EXPECT_EQ(Found("x = \"SELECT 1 FROM \\\"app\\\".\\\"orders\\\"\""), "0@20");
  EXPECT_EQ(Found("app.\"Odd \"\"one\""), "2@0");
}

TEST(NameMatcher, WholeNamesOnly) {
  EXPECT_EQ(Found("app.orders_2023"), "1@0");
  EXPECT_EQ(Found("app.orders_2024 myapp.orders app_orders app.order app.orders2 $app.orders"), "");
  EXPECT_EQ(Found("\"my app\".orders \"app.orders\".x"), "0@17");
  EXPECT_EQ(Found("app\n.orders"), "");
  EXPECT_EQ(Found("app..orders . orders"), "");
  EXPECT_EQ(Found("größe.maß"), "3@0");
  EXPECT_EQ(Found("größe.maßstab, xgröße.maß, größe.ma"), "");
}

TEST(NameMatcher, CaseCountsWhereQuotesMakeItCount) {
  EXPECT_EQ(Found("APP.Orders"), "0@0");
  EXPECT_EQ(Found("app.\"Orders\""), "");
  EXPECT_EQ(Found("\"Shop\".\"Items\""), "4@0");
  EXPECT_EQ(Found("Shop.Items"), "4@0");  // a configuration file's way to write it
  EXPECT_EQ(Found("shop.items"), "");
}

TEST(NameMatcher, ManyInOneText) {
  EXPECT_EQ(Found("app.orders.id = db.app.orders.id, app.orders_2023"), "0@0 0@19 1@34");
}

TEST(NameMatcher, TextsThatEndEarly) {
  for (const char* text : {"", ".", "app.", ".orders", "\".", ".\"", "\"app\".\"orders",
                           "\\\".\\\"", "app.\\", "\"\".\"\"", "'"})
    EXPECT_EQ(Found(text), "") << text;
}

TEST(NameMatcher, AnyTextIsRead) {
  const NameMatcher matcher(kNames, {0, 3});
  std::mt19937 random(20230817);
  const std::string_view pieces[] = {"'", "\"",  "`",      "\\",  "\n",  ".",
                                     " ", "app", "orders", "maß", "\xc3"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (unsigned i = random() % 16; i > 0; --i) text += pieces[random() % std::size(pieces)];
    for (const auto& match : matcher.Find(text)) ASSERT_LT(match.offset, text.size()) << text;
  }
}

TEST(NameMatcher, BareNamesOnlyOfThoseAskedFor) {
  EXPECT_EQ(Found("orders Orders \"orders\" orders_2023", {0}), "~0@0 ~0@7 ~0@15");
  EXPECT_EQ(Found("other.orders x.\"orders\" orders2 app.orders", {0}), "0@32");
  EXPECT_EQ(Found("orders"), "");
}

}  // namespace
}  // namespace regraft::code_search

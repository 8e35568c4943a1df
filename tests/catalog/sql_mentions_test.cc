#include "engine/catalog/sql_mentions.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <iterator>
#include <random>
#include <string>

namespace regraft::catalog {
namespace {

using ::testing::ElementsAre;

// 0 app.orders  1 app."Odd ""one"  2 app.items
const std::vector<pg::QualifiedName> kTables = {
    {"app", "orders"}, {"app", "Odd \"one"}, {"app", "items"}};
const BareNames kBare = {{"orders", {0, Certainty::kNames}}, {"items", {2, Certainty::kMayName}}};

// "0!" names table 0, "0?" may name it.
std::string Found(std::string_view sql, const BareNames& bare = {}) {
  std::string found;
  for (const Mention& mention : FindMentions(sql, kTables, bare))
    found += std::to_string(mention.table) + (mention.certainty == Certainty::kNames ? "!" : "?");
  return found;
}

TEST(SqlMentions, QualifiedNamesInAnyQuoting) {
  EXPECT_EQ(Found("SELECT * FROM app.orders"), "0!");
  EXPECT_EQ(Found("SELECT * FROM APP . Orders o"), "0!");
  EXPECT_EQ(Found("DELETE FROM \"app\".\"orders\""), "0!");
  EXPECT_EQ(Found("DELETE FROM db.app.orders"), "0!");
  EXPECT_EQ(Found("SELECT app.\"Odd \"\"one\".id"), "1!");
  EXPECT_EQ(Found("SELECT 1 FROM app.orders, app.items"), "0!2!");
  EXPECT_EQ(Found("x app.orders%ROWTYPE;"), "0!");
}

TEST(SqlMentions, OtherNamesAreOthers) {
  EXPECT_EQ(Found("SELECT * FROM app.orders2, xapp.orders, app.\"Orders\", orders.app"), "");
  EXPECT_EQ(Found("SELECT * FROM \"app.orders\""), "");
  EXPECT_EQ(Found("SELECT app + orders, app.", kBare), "0?");
}

TEST(SqlMentions, CommentsNameNothing) {
  EXPECT_EQ(Found("SELECT 1 -- FROM app.orders\n"), "");
  EXPECT_EQ(Found("SELECT 1 -- the end: app.orders"), "");
  EXPECT_EQ(Found("/* app.orders /* nested */ app.orders */ SELECT 1"), "");
  EXPECT_EQ(Found("SELECT '--' FROM app.orders"), "0!");
  EXPECT_EQ(Found("SELECT '/*', \"/*\" FROM app.orders"), "0!");
}

TEST(SqlMentions, StringsThatMayBeExecutedMayName) {
  EXPECT_EQ(Found("EXECUTE 'DELETE FROM app.orders WHERE id = $1'"), "0?");
  EXPECT_EQ(Found("EXECUTE $q$ SELECT 1 FROM app.items, app.orders $q$"), "0?2?");
  EXPECT_EQ(Found("EXECUTE E'DELETE\\nFROM app.orders'"), "0?");
  EXPECT_EQ(Found("EXECUTE format('SELECT %L', 'x''y') || ' FROM app.orders'"), "0?");
  EXPECT_EQ(Found("EXECUTE format('TRUNCATE %I.%I', 'app', 'orders')"), "0?");
  EXPECT_EQ(Found("PERFORM f('app.orders')"), "0?");
  EXPECT_EQ(Found("PERFORM 'app.orders'::regclass"), "0!");
}

TEST(SqlMentions, StringsForPeopleNameNothing) {
  EXPECT_EQ(Found("INSERT INTO log VALUES ('archived app.orders')"), "");
  EXPECT_EQ(Found("RAISE NOTICE 'deleted from app.orders'; SELECT 1"), "");
  EXPECT_EQ(Found("RAISE NOTICE 'x'; EXECUTE 'DELETE FROM app.orders'"), "0?");
  EXPECT_EQ(Found("SELECT 'orders'", kBare), "");
}

TEST(SqlMentions, ASureMentionHidesADoubtfulOne) {
  EXPECT_EQ(Found("EXECUTE 'DELETE FROM app.orders'; DELETE FROM app.orders"), "0!");
  EXPECT_EQ(Found("DELETE FROM app.orders; EXECUTE 'DELETE FROM app.orders'"), "0!");
}

TEST(SqlMentions, BareNamesMeanWhatTheSearchPathSays) {
  EXPECT_EQ(Found("SELECT * FROM orders"), "");
  EXPECT_EQ(Found("SELECT * FROM orders", kBare), "0!");
  EXPECT_EQ(Found("SELECT * FROM Orders AS o", kBare), "0!");
  EXPECT_EQ(Found("SELECT * FROM \"Orders\"", kBare), "");
  EXPECT_EQ(Found("INSERT INTO orders (id) VALUES (1)", kBare), "0!");
  EXPECT_EQ(Found("SELECT * FROM items", kBare), "2?");
  EXPECT_EQ(Found("DECLARE r orders%ROWTYPE; BEGIN", kBare), "0!");
  EXPECT_EQ(Found("EXECUTE 'SELECT 1 FROM orders'", kBare), "0?");
}

TEST(SqlMentions, BareWordsThatMayBeColumns) {
  EXPECT_EQ(Found("SELECT orders FROM app.x", kBare), "0?");
  EXPECT_EQ(Found("SELECT x.orders FROM app.x", kBare), "");
  EXPECT_EQ(Found("SELECT 1 AS orders", kBare), "");
  EXPECT_EQ(Found("SELECT orders(1)", kBare), "");
  EXPECT_EQ(Found("WITH orders AS (SELECT 1) SELECT * FROM orders", kBare), "0?");
}

TEST(SqlMentions, UnfinishedTextIsRead) {
  for (const char* text : {"", "'", "\"", "$", "$a", "$a$", "/*", "--", "E'\\", "app.", ".",
                           "app.'", "$1 FROM app.orders", "'x''"})
    (void)Found(text, kBare);
  EXPECT_EQ(Found("SELECT $1 FROM app.orders"), "0!");
  EXPECT_EQ(Found("SELECT a$b$c FROM app.orders"), "0!");
}

TEST(SqlMentions, AnyTextIsRead) {
  std::mt19937 random(20230817);
  const std::string_view pieces[] = {"'",  "\"",  "$",      "$a$",  "-",     "-",   "/", "*",
                                     "\\", "\n",  "E'",     ".",    ",",     "%",   ";", ":",
                                     " ",  "app", "orders", "from", "raise", "\xc3"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (unsigned i = random() % 24; i > 0; --i) text += pieces[random() % std::size(pieces)];
    (void)Found(text, kBare);
    (void)FindMentionsInText(text, kTables, kBare);
    (void)ParseSearchPath(text);
  }
}

TEST(SqlMentions, OtherLanguagesMayName) {
  const auto found =
      FindMentionsInText("plpy.execute(\"\"\"select * from app.orders\"\"\")", kTables, {});
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].certainty, Certainty::kMayName);
}

TEST(ParseSearchPath, QuotedFoldedAndEmpty) {
  EXPECT_THAT(ParseSearchPath("\"$user\", public"), ElementsAre("$user", "public"));
  EXPECT_THAT(ParseSearchPath("App,\"Odd, \"\"one\" , pg_temp"),
              ElementsAre("app", "Odd, \"one", "pg_temp"));
  EXPECT_THAT(ParseSearchPath("\"\""), ElementsAre());
  EXPECT_THAT(ParseSearchPath(""), ElementsAre());
}

}  // namespace
}  // namespace regraft::catalog

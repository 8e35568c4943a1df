// The order of actions, and its reasons, from what a server says of their tables.

#include "tests/resolution/executing.h"

namespace regraft::resolution {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// "id: reason" of what must come before the action.
std::vector<std::string> After(const saved_plan::SavedAction& action) {
  std::vector<std::string> words;
  for (const saved_plan::After& after : action.after)
    words.push_back(after.id + ": " + after.reason);
  return words;
}

class Needing : public Executing {
 protected:
  Needing() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive; CREATE SCHEMA sales;
      CREATE TABLE app.x (id int, origin text);
      CREATE TABLE app.y (id int, origin text);
      CREATE TABLE app.z (id int, origin text);
      CREATE TABLE app.bridge (id int, owner text)
    )sql");
  }
};

TEST_F(Needing, AMergeThatLooksUpComesBeforeTheTableIsArchived) {
  const auto plan = Resolve(
      "- {archive: app.bridge, to: archive.bridge, id: away}\n"
      "- {merge: app.x, into: app.y, id: M, columns: {origin: ''}, overflow: rest, set: {kind: x},"
      " fill: {origin: {sql: \"(SELECT b.owner FROM app.bridge b WHERE b.id = s.id)\"}}}\n",
      "prepare: [{table: app.y, add_columns: {kind: text, rest: jsonb}}]\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(Ids(plan), ElementsAre("M", "away"));
  EXPECT_THAT(After(Find(plan, "away")), ElementsAre("M: M reads app.bridge, which moves away"));
}

TEST_F(Needing, SoDoesAFoldWhoseJoinLooksUp) {
  const auto plan = Resolve(
      "- {archive: app.bridge, to: archive.bridge, id: away}\n"
      "- {merge_jsonb: app.x, into: app.y, id: F, column: side,"
      " join: {origin: {sql: \"(SELECT b.owner FROM app.bridge b WHERE b.id = s.id)\"}}}\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(Ids(plan), ElementsAre("F", "away"));
}

TEST_F(Needing, TheReferencedTableIsFilledFirst) {
  database_.Sql(R"sql(
    CREATE TABLE app.people (id int PRIMARY KEY, origin text);
    CREATE TABLE app.slots (id int PRIMARY KEY, person int REFERENCES app.people, origin text);
    CREATE TABLE app.people_old (id int); CREATE TABLE app.slots_old (id int, person int)
  )sql");
  const auto plan = Resolve(
      "- {merge: app.slots_old, into: app.slots, id: S, set: {origin: o}}\n"
      "- {merge: app.people_old, into: app.people, id: P, set: {origin: o}}\n");
  EXPECT_THAT(Ids(plan), ElementsAre("P", "S"));
  EXPECT_THAT(After(Find(plan, "S")),
              ElementsAre("P: foreign key slots_person_fkey: app.slots refers to app.people, which "
                          "P fills"));
}

TEST_F(Needing, KeysAndLabelsComeAfterTheRowsOfTheirTable) {
  const auto plan = Resolve(
      "- {keep_as_mv: app.y, id: L}\n"
      "- {add_pk: app.y, column: number, order_by: [id], id: K}\n"
      "- {merge: app.x, into: app.y, id: M, columns: {origin: ''}, overflow: rest, set: {origin: "
      "x}}\n",
      "prepare: [{table: app.y, add_columns: {rest: jsonb}}]\n");
  EXPECT_THAT(Ids(plan), ElementsAre("M", "K", "L"));
  EXPECT_THAT(After(Find(plan, "K")), ElementsAre("M: M fills app.y first"));
  EXPECT_THAT(After(Find(plan, "L")), ElementsAre("M: M fills app.y first"));
}

TEST_F(Needing, WhatUsesTheNewNameComesAfterTheMove) {
  database_.Sql("COMMENT ON TABLE app.x IS 'mine'; INSERT INTO app.x VALUES (3, 'a'), (1, 'b')");
  const auto start = Catalog();
  const auto plan = Resolve(
      "- {keep_as_mv: sales.x, id: L}\n"
      "- {add_pk: sales.x, column: number, order_by: [id], id: K}\n"
      "- {move: app.x, to: sales.x, id: A}\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(Ids(plan), ElementsAre("A", "K", "L"));
  EXPECT_THAT(After(Find(plan, "K")), ElementsAre("A: A makes sales.x"));
  Execute(plan);
  EXPECT_EQ(database_.Scalar("SELECT id FROM sales.x WHERE number = 1"), "1");
  EXPECT_THAT(database_.Scalar("SELECT obj_description('sales.x'::regclass)"),
              AllOf(StartsWith("mine\n"), HasSubstr("A, was app.x"), HasSubstr("kept as")));
  Undo(plan);
  EXPECT_EQ(Catalog(), start);
}

TEST_F(Needing, ATableMovesTwiceUnderTheNamesOfThatTime) {
  database_.Sql(
      "CREATE INDEX i ON app.x (id); CREATE TABLE sales.i (x int); CREATE TABLE "
      "archive.x_i (x int)");
  const auto start = Catalog();
  const auto plan = Resolve(
      "- {move: app.x, to: sales.x, id: A}\n"
      "- {archive: sales.x, to: archive.x, id: B}\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(Ids(plan), ElementsAre("A", "B"));
  Execute(plan);
  EXPECT_THAT(NamesOf("archive.x"), ElementsAre(ElementsAre("archive.x_x_i")));
  Undo(plan);
  EXPECT_EQ(Catalog(), start);
}

TEST_F(Needing, ALabelSurvivesTheMoveOfItsTable) {
  const auto plan = Resolve(
      "- {move: app.x, to: sales.x, id: A}\n"
      "- {keep_as_mv: app.x, id: L}\n");
  EXPECT_THAT(Ids(plan), ElementsAre("L", "A"));
  Execute(plan);
  EXPECT_THAT(database_.Scalar("SELECT obj_description('sales.x'::regclass)"),
              AllOf(HasSubstr("kept as"), HasSubstr("was app.x")));
}

TEST_F(Needing, ANameIsLeftBeforeAnotherTableTakesIt) {
  const auto start = Catalog();
  const auto plan = Resolve(
      "- {move: app.x, to: app.y, id: second}\n"
      "- {move: app.y, to: app.old_y, id: first}\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(Ids(plan), ElementsAre("first", "second"));
  EXPECT_THAT(After(Find(plan, "second")), ElementsAre("first: first leaves the name app.y"));
  const std::string oid = database_.Scalar("SELECT 'app.x'::regclass::oid");
  Execute(plan);
  EXPECT_EQ(database_.Scalar("SELECT 'app.y'::regclass::oid"), oid);
  Undo(plan);
  EXPECT_EQ(Catalog(), start);
}

TEST_F(Needing, TwoTablesThatWantEachOthersNamesAreACircle) {
  EXPECT_THAT(Refusals(Resolve("- {move: app.x, to: app.y}\n- {move: app.y, to: app.x}\n")),
              ElementsAre(StartsWith("circle"), StartsWith("circle")));
}

TEST_F(Needing, AViewUnderTheOldNameKeepsItTaken) {
  EXPECT_THAT(Refusals(Resolve("- {move: app.y, to: app.old_y, view: true}\n"
                               "- {move: app.x, to: app.y}\n")),
              ElementsAre(HasSubstr("app.y exists already: view")));
}

TEST_F(Needing, RowsPassThroughATableOnTheirWay) {
  const std::string head =
      "prepare:\n- {table: app.y, add_columns: {rest: jsonb}}\n"
      "- {table: app.z, add_columns: {rest: jsonb, kind: text}}\n";
  const std::string first =
      "- {merge: app.x, into: app.y, id: xy, columns: {origin: ''}, overflow: rest, set: {origin: "
      "x}}\n";
  const std::string second = "- {merge: app.y, into: app.z, id: yz, set: {kind: y}}\n";
  for (const std::string& actions : {first + second, second + first}) {
    const auto plan = Resolve(actions, head);
    EXPECT_THAT(Ids(plan), ElementsAre("xy", "yz"));
    EXPECT_THAT(After(Find(plan, "yz")), ElementsAre("xy: xy fills app.y, which moves away"));
  }
}

TEST_F(Needing, ACircleIsNamedAsAWhole) {
  const auto merge = [](const std::string& from, const std::string& into) {
    return "- {merge: app." + from + ", into: app." + into + ", id: " + from + into +
           ", set: {origin: o}, columns: {origin: ''}, overflow: rest}\n";
  };
  const auto plan =
      Resolve(merge("x", "y") + merge("y", "z") + merge("z", "x") +
                  "- {archive: app.bridge, to: archive.bridge, id: aside}\n",
              "prepare:\n- {table: app.x, add_columns: {rest: jsonb}}\n"
              "- {table: app.y, add_columns: {rest: jsonb}}\n- {table: app.z, add_columns: {rest: "
              "jsonb}}\n");
  const auto refusals = Refusals(plan);
  EXPECT_EQ(refusals.size(), 3u);
  EXPECT_THAT(refusals, Each(AllOf(StartsWith("circle"), HasSubstr("xy before yz"),
                                   HasSubstr("yz before zx"), HasSubstr("zx before xy"))));
  EXPECT_EQ(Find(plan, "aside").state, "ready");
}

}  // namespace
}  // namespace regraft::resolution

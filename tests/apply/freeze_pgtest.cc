// The leaf lock as the last step of a run.

#include "tests/apply/applying.h"
#include "tests/support/paths.h"

namespace regraft::apply {
namespace {

constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.orders (id int PRIMARY KEY, origin text);
INSERT INTO app.orders VALUES (1, 'now');
CREATE TABLE app.old (id int);
INSERT INTO app.old VALUES (1), (2), (3);
CREATE TABLE app.gone (id int);
)sql";

constexpr const char* kNotes =
    "CREATE TABLE app.notes (id int, note text); INSERT INTO app.notes VALUES (1, 'x'), (7, 'y')";

constexpr const char* kPlan = R"yaml(
archive_names: archive.{schema}_{table}
actions:
- {archive: app.gone, id: A, to: archive.gone}
- {merge: app.old, id: M, into: app.orders, set: {origin: old}, conflict: remainder, remainder: archive.rest}
lock:
  schemas: [app, archive]
  leaves:
  - {table: app.orders, sub_hub: orders, leaf_type: CANONICAL}
  - {table: archive.gone, sub_hub: orders, leaf_type: ARCHIVE}
)yaml";

class Freezing : public Applying {
 protected:
  Freezing() {
    database_.Sql(kTables);
    database_.Sql("CREATE SCHEMA archive");
  }
  // Sub-hub, leaf type, path and whether it is frozen, as the registry says of a table.
  std::string Leaf(const std::string& table) {
    return database_.Scalar(
        "SELECT coalesce((SELECT concat_ws(' ', sub_hub, leaf_type, path, frozen) FROM "
        "regraft.registry WHERE relation = to_regclass('" +
        table + "')), 'none')");
  }
  // What the server says of a statement; empty: nothing, and it is rolled back.
  std::string Refusal(const std::string& sql) {
    pg::Connection session = database_.Connect("stranger");
    EXPECT_TRUE(session.Run("BEGIN").ok());
    return std::string(session.Run(sql).message());
  }
};

TEST_F(Freezing, EndsTheRunAndIsLiftedBeforeTheUndo) {
  Plan(kPlan);
  Approve();
  const std::string before = State();
  Expect(0, "M: merge app.old -> app.orders: done", Apply({"--only", "A", "M"}));
  EXPECT_EQ(Refusal("CREATE TABLE app.more (id int)"), "") << "the lock comes after all, not now";
  Expect(0, "the leaf lock: freeze app, archive: done", Apply());
  EXPECT_EQ(ActionStates(), "A done, M done, the leaf lock done");
  EXPECT_THAT(Refusal("CREATE TABLE app.more (id int)"), ::testing::HasSubstr("RG001"));
  EXPECT_THAT(Refusal("INSERT INTO archive.gone VALUES (1)"), ::testing::HasSubstr("RG001"));
  EXPECT_EQ(Refusal("INSERT INTO app.orders VALUES (9)"), "");
  Expect(0, "", Run({"lock", "--check"}));
  Expect(0, "the plan is finished", Apply());
  Expect(0, "the leaf lock is lifted", Undo());
  EXPECT_EQ(State(), before);
  EXPECT_EQ(Refusal("CREATE TABLE app.more (id int)"), "");
}

TEST_F(Freezing, WhatComesBackFromAnArchiveIsNoArchiveAnyMore) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  EXPECT_EQ(Leaf("archive.gone"), "orders ARCHIVE orders t");
  Expect(0, "A undone", Undo({"--only", "A"}));
  EXPECT_EQ(Leaf("app.gone"), "UNCLASSIFIED t") << "nobody had said before what it is";
  EXPECT_EQ(Refusal("INSERT INTO app.gone VALUES (1)"), "");
  EXPECT_THAT(Refusal("ALTER TABLE app.gone ADD more int"), ::testing::HasSubstr("RG001"));
  Expect(0, "", Run({"lock", "--check"}));
  const std::string plan = kPlan;
  const size_t merge = plan.find("- {merge");
  Plan(plan.substr(0, merge) + plan.substr(plan.find("lock:")));
  Approve();
  Expect(0, "the leaf lock: freeze app, archive: done", Apply());
  EXPECT_EQ(Leaf("archive.gone"), "orders ARCHIVE orders t");
  EXPECT_THAT(Refusal("INSERT INTO archive.gone VALUES (1)"), ::testing::HasSubstr("RG001"));
  Expect(0, "", Run({"lock", "--check"}));
}

TEST_F(Freezing, UndoPutsBackWhatTheRegistrySaidBeforeTheAction) {
  database_.Sql(kNotes);
  std::ofstream(directory_ + "/lock.yaml")
      << "regraft: 1\nactions: []\nlock:\n  schemas: [app, archive]\n  leaves:\n"
         "  - {table: app.gone, sub_hub: orders, leaf_type: QUEUE, path: a/b}\n"
         "  - {table: app.orders, sub_hub: orders, leaf_type: CANONICAL, path: a}\n";
  Expect(0, "", Run({"lock", directory_ + "/lock.yaml", "--yes"}));
  const std::string before = State();
  std::string plan = kPlan;
  Plan(plan.substr(0, plan.find("lock:")) +
       "- {merge_jsonb: app.notes, id: J, into: app.orders, join: {id: id}, column: notes, "
       "unmatched: remainder, remainder: archive.notes_rest}\n");
  Approve();
  Expect(0, "", Apply());
  EXPECT_EQ(Leaf("archive.rest"), "orders STAGING a/M t");
  EXPECT_EQ(Leaf("archive.notes_rest"), "orders STAGING a/J t");
  Expect(0, "", Run({"lock", "--check"}));
  for (const char* table : {"archive.gone", "archive.app_old"})
    Expect(0, "", Run({"register", table, "--sub-hub", "orders", "--leaf-type", "ARCHIVE"}));
  EXPECT_THAT(Refusal("INSERT INTO archive.app_old VALUES (1)"), ::testing::HasSubstr("RG001"));
  Expect(0, "undone", Undo());
  EXPECT_EQ(Leaf("app.gone"), "orders QUEUE a/b t");
  EXPECT_EQ(Leaf("app.old"), "UNCLASSIFIED t");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.registry"), "4") << "no remainder";
  EXPECT_EQ(State(), before);
  Expect(0, "", Run({"lock", "--check"}));
}

// Nothing was locked when it was made; the lock finds it in the ledger.
TEST_F(Freezing, SaysOfARemainderWhatItIs) {
  Plan(kPlan);
  Approve();
  Expect(0, "3 rows = 2 + 1 set aside", Apply());
  EXPECT_EQ(Leaf("archive.rest"), "orders STAGING orders/M t");
  EXPECT_EQ(Leaf("archive.app_old"), "UNCLASSIFIED t");
  Expect(0, "", Run({"lock", directory_ + "/plan.yaml", "--reserve", "--yes"}));
  EXPECT_EQ(Leaf("archive.rest"), "orders STAGING orders/M t") << "locked again";
  Expect(0, "", Run({"register", "archive.rest", "--sub-hub", "orders", "--leaf-type", "ERROR"}));
  Expect(0, "", Run({"lock", directory_ + "/plan.yaml", "--reserve", "--yes"}));
  EXPECT_EQ(Leaf("archive.rest"), "orders ERROR orders t") << "people know better";
  Expect(0, "", Run({"lock", "--check"}));
}

TEST_F(Freezing, WithoutATerminalOnlyWhatIsApprovedGoesOnUnasked) {
  Plan(kPlan);
  Approve();
  Expect(0, "the leaf lock: freeze app, archive: done", Run({"apply", file()}));
  const std::string after = State() + Leaf("archive.gone");
  const std::string plan = directory_ + "/plan.yaml";
  for (const Words& words : {Words{"undo", file()}, Words{"unlock", "--reason", "x"},
                             Words{"lock", plan, "--reserve", "--by", "Eve"}})
    for (const bool json : {false, true}) {
      Words all = words;
      if (json) all.push_back("--json");
      Expect(3, "nobody could be asked; --yes answers beforehand", Run(all));
    }
  EXPECT_EQ(State() + Leaf("archive.gone"), after);
  EXPECT_EQ(database_.Scalar("SELECT locked_by FROM regraft.leaf_lock"), "run 1");
  Expect(0, "-- the leaf lock\n-- lifts the lock\n", Run({"undo", file(), "--dry-run"}));
  // script(1) is the terminal.
  const auto type = [&](const std::string& answer) {
    const int status =
        Shell("printf '" + answer + "\\n' | script -qec '" + support::Program() +
              " unlock --reason x --dsn \"" + database_.conninfo() + "\"' /dev/null > /dev/null");
    return WEXITSTATUS(status);
  };
  EXPECT_EQ(type("n"), 5);
  EXPECT_EQ(type("yes"), 0);
  EXPECT_EQ(Refusal("CREATE TABLE app.more (id int)"), "");
}

TEST_F(Freezing, LocksBesideAnotherPlanAndUndoLeavesThatLocked) {
  database_.Sql("CREATE SCHEMA other; CREATE TABLE other.kept (id int)");
  std::ofstream(directory_ + "/other.yaml")
      << "regraft: 1\nname: the other\nactions: []\nlock: {schemas: [other]}\n";
  Expect(0, "", Run({"lock", directory_ + "/other.yaml", "--yes"}));
  Plan(kPlan);
  Approve();
  Expect(0, "the leaf lock: freeze app, archive: done", Apply());
  for (const char* table : {"app.more", "other.more"})
    EXPECT_THAT(Refusal("CREATE TABLE " + std::string(table) + " (id int)"),
                ::testing::HasSubstr("RG001"));
  Expect(0, "", Run({"lock", "--check"}));
  Expect(0, "the leaf lock is lifted", Undo());
  EXPECT_EQ(Refusal("CREATE TABLE app.more (id int)"), "");
  EXPECT_THAT(Refusal("CREATE TABLE other.more (id int)"), ::testing::HasSubstr("RG001"));
  EXPECT_THAT(Refusal("DROP TABLE other.kept"), ::testing::HasSubstr("RG001"));
  Expect(0, "", Run({"lock", "--check"}));
}

// Another plan, in schemas that are locked already: by its permit, and by nothing else.
TEST_F(Freezing, LetsTheNextApprovedPlanThrough) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  database_.Sql(
      "CREATE SCHEMA other; CREATE TABLE other.new_rows (id int); INSERT INTO "
      "other.new_rows SELECT generate_series(1, 20)");
  Plan(
      "actions:\n- {merge: other.new_rows, id: N, into: app.orders, set: {origin: new}, "
      "conflict: remainder, remainder: archive.second_rest}\n");
  Approve();
  const std::string before = State();
  Expect(0, "N: merge other.new_rows -> app.orders: done, 20 rows = 17 + 3 set aside", Apply());
  EXPECT_EQ(Leaf("archive.second_rest"), "orders STAGING orders/N t");
  Expect(0, "", Run({"lock", "--check"}));
  EXPECT_THAT(Refusal("CREATE TABLE app.more (id int)"), ::testing::HasSubstr("RG001"));
  Expect(0, "undone", Undo());
  EXPECT_EQ(State(), before);
  EXPECT_THAT(Refusal("CREATE TABLE app.more (id int)"), ::testing::HasSubstr("RG001"));
}

}  // namespace
}  // namespace regraft::apply

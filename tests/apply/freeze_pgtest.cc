// The leaf lock as the last step of a run.

#include "tests/apply/applying.h"

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
  EXPECT_THAT(Refusal("CREATE TABLE app.more (id int)"), ::testing::HasSubstr("RG001"));
  Expect(0, "undone", Undo());
  EXPECT_EQ(State(), before);
  EXPECT_THAT(Refusal("CREATE TABLE app.more (id int)"), ::testing::HasSubstr("RG001"));
}

}  // namespace
}  // namespace regraft::apply

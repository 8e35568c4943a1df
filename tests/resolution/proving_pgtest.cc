// Mappings tried on real rows: clashes counted against a target that is only planned, and source
// rows rebuilt from their image.

#include "tests/resolution/resolving.h"

namespace regraft::resolution {
namespace {

using ::testing::IsEmpty;

class Proving : public Resolving {
 protected:
  Proving() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive;
      CREATE TABLE app.old (id int PRIMARY KEY, name varchar(20), amount numeric);
      CREATE TABLE app.all (id int PRIMARY KEY, name text, amount numeric);
      INSERT INTO app.old VALUES (1, 'a', 1.50), (2, NULL, 1.5), (3, '', 'NaN');
      INSERT INTO app.all VALUES (2, 'there', 0)
    )sql");
  }

  saved_plan::SavedPlan Prove(const std::string& keys) {
    return Resolve("- merge: app.old\n  into: app.all\n  id: M\n  set: {origin: old}\n" + keys,
                   "prepare:\n- table: app.all\n  add_columns: {origin: text}\n",
                   {.prove_mapping = true});
  }
};

TEST_F(Proving, AClashIsFoundInATargetWhoseColumnsAreOnlyPlanned) {
  const auto plan = Prove("  conflict: remainder\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  const auto& remainder = Find(plan, "M").remainder;
  ASSERT_EQ(remainder.size(), 1u);
  EXPECT_EQ(remainder[0].rows, 1);
  EXPECT_EQ(remainder[0].example, "2");
}

TEST_F(Proving, ValuesComeBackFromAHomeOfAnotherTypeWithTheSameBytes) {
  database_.Sql("DELETE FROM app.all");
  const auto plan = Prove("");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_TRUE(Find(plan, "M").proved);
}

TEST_F(Proving, AGeneratedColumnIsWhatTheTargetWillComputeNotWhatTheSourceHas) {
  database_.Sql(R"sql(
    DELETE FROM app.all;
    ALTER TABLE app.old ADD COLUMN next int GENERATED ALWAYS AS (id + 1) STORED,
      ADD COLUMN "Wort" text GENERATED ALWAYS AS (name || '!') STORED;
    ALTER TABLE app.all ADD COLUMN "Wort" text GENERATED ALWAYS AS (name || '!') STORED,
      ADD COLUMN next int GENERATED ALWAYS AS (1 + id) STORED)sql");
  const auto same = Prove("");
  EXPECT_THAT(Refusals(same), IsEmpty());
  EXPECT_TRUE(Find(same, "M").proved);
  database_.Sql(
      "ALTER TABLE app.all DROP COLUMN next, ADD COLUMN next int GENERATED ALWAYS AS (id * 2) "
      "STORED");
  EXPECT_THAT(Refusals(Prove("")), ::testing::Not(IsEmpty()));
}

TEST_F(Proving, ValuesComeBackFromAnEnumOfAnotherName) {
  database_.Sql(R"sql(
    DELETE FROM app.all; CREATE TYPE app.mood AS ENUM ('sad', 'glad');
    CREATE TYPE app.feeling AS ENUM ('glad', 'sad');
    ALTER TABLE app.old ADD COLUMN mood app.mood DEFAULT 'sad';
    ALTER TABLE app.all ADD COLUMN mood app.feeling
  )sql");
  const auto plan = Prove("  allow: [narrowing-cast]\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_TRUE(Find(plan, "M").proved);
}

}  // namespace
}  // namespace regraft::resolution

// What a repair must not lose when the database, its triggers or another program gets in its way.
#include "engine/pg/connection.h"
#include "tests/clean/cleaning.h"

namespace regraft::clean {
namespace {

class CleaningSafely : public Cleaning {};

// Somebody who applies a plan.
class Holder {
 public:
  explicit Holder(support::TestDatabase& database) : connection_(database.Connect()) {
    EXPECT_TRUE(
        connection_.Run("SELECT pg_advisory_lock(hashtextextended('regraft.apply', 0))").ok());
  }

 private:
  pg::Connection connection_;
};

TEST_F(CleaningSafely, EveryForeignKeyOfATableIsFollowed) {
  // The keys of tenants begin with the same column.
  database_.Sql(R"sql(
    CREATE TABLE app.units (tenant int, id int, name text, PRIMARY KEY (tenant, id));
    CREATE TABLE app.routes (id int PRIMARY KEY, tenant int, origin int, goal int,
      FOREIGN KEY (tenant, origin) REFERENCES app.units ON DELETE CASCADE,
      FOREIGN KEY (tenant, goal) REFERENCES app.units ON DELETE CASCADE);
    INSERT INTO app.units VALUES (1, 1, 'a'), (1, 2, 'a'), (1, 3, 'b');
    INSERT INTO app.routes VALUES (1, 1, 2, 3), (2, 1, 3, 2))sql");
  const std::string before = State();
  Expect(0, "1 row to",
         Clean("- {dedupe: app.units, id: U, columns: [name], order_by: [id], archive: "
               "archive.units}\n"));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(t::text, ' ' ORDER BY id) FROM app.routes t"),
            "(1,1,1,3) (2,1,3,1)");
  Expect(0, "every row is as it was", Undo("U"));
  EXPECT_EQ(State(), before);
}

TEST_F(CleaningSafely, ForeignKeysToPartitionsAndToTheWholeAreFollowed) {
  database_.Sql(R"sql(
    CREATE TABLE app.whole (id int, part int, name text, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
    CREATE TABLE app.p1 PARTITION OF app.whole FOR VALUES IN (1);
    INSERT INTO app.whole VALUES (1, 1, 'a'), (2, 1, 'a');
    CREATE TABLE app.of_part (id int PRIMARY KEY, w int, p int, FOREIGN KEY (w, p) REFERENCES app.p1 ON DELETE CASCADE);
    CREATE TABLE app.of_whole (id int PRIMARY KEY, w int, p int, FOREIGN KEY (w, p) REFERENCES app.whole ON DELETE CASCADE);
    INSERT INTO app.of_part VALUES (1, 2, 1); INSERT INTO app.of_whole VALUES (1, 2, 1))sql");
  const std::string before = State();
  for (const std::string table : {"app.whole", "app.p1"}) {
    Expect(0, "1 row to",
           Clean("- {dedupe: " + table +
                 ", id: W, columns: [name], order_by: [id], archive: "
                 "archive.w}\n"));
    EXPECT_EQ(database_.Scalar("SELECT t::text FROM app.of_part t"), "(1,1,1)") << table;
    EXPECT_EQ(database_.Scalar("SELECT t::text FROM app.of_whole t"), "(1,1,1)") << table;
    Expect(0, "every row is as it was", Undo("W"));
    EXPECT_EQ(State(), before);
  }
}

TEST_F(CleaningSafely, WhatRefersToOrphansSinceTheApprovalIsNotLost) {
  database_.Sql(
      "CREATE TABLE app.parts (id int PRIMARY KEY, slot int REFERENCES app.loose ON DELETE "
      "CASCADE)");
  Expect(0, "", Propose(kOrphans));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  database_.Sql("INSERT INTO app.parts VALUES (1, 2)");
  const std::string before = State();
  Expect(3, "1 rows of app.parts (slot) refer to rows that would go",
         Run({"clean", file(), "--yes"}));
  EXPECT_EQ(State(), before);
}

TEST_F(CleaningSafely, RowsThatGoAreApprovedInWhole) {
  const auto changed = [&](const std::string& repair, const std::string& change) {
    Expect(0, "", Propose(repair));
    Expect(0, "", Run({"approve", file(), "--by", "grace"}));
    database_.Sql(change);
    const std::string before = State();
    Expect(3, "others now", Run({"clean", file(), "--yes"}));
    EXPECT_EQ(State(), before);
  };
  changed(kOrphans, "UPDATE app.loose SET person = 98 WHERE person = 99");
  changed(kDedupe, "UPDATE app.people SET note = '{}' WHERE id = 3");
}

TEST_F(CleaningSafely, OneProgramAtATimeRepairsAndTakesBack) {
  Expect(0, "", Propose(kBackfill));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  {
    const Holder holder(database_);
    Expect(4, "another plan is applied", Run({"clean", file(), "--yes", "--lock-wait", "0"}));
  }
  Expect(0, "2 values changed", Run({"clean", file(), "--yes"}));
  const Holder holder(database_);
  Expect(4, "another plan is applied", Run({"clean", "--undo", "B", "--yes", "--lock-wait", "0"}));
}

// Somebody who is about to make an orphan none, and a value another.
TEST_F(CleaningSafely, WritersOfATableThatIsOnlyReadAreWaitedForToo) {
  Expect(0, "", Propose(std::string(kOrphans) + kBackfill));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  const std::string before = State();
  pg::Connection writer = database_.Connect();
  const auto refused_under = [&](const std::string& id, const std::string& write) {
    ASSERT_TRUE(writer.Run("BEGIN; " + write).ok());
    Expect(4, "somebody held a lock that this needs for 0 s",
           Run({"clean", file(), "--only", id, "--yes", "--lock-wait", "0"}));
    ASSERT_TRUE(writer.Run("ROLLBACK").ok());
    EXPECT_EQ(State(), before);
  };
  refused_under("O", "INSERT INTO app.people (id) VALUES (99)");
  refused_under("B", "UPDATE app.known SET domain = 'new.example' WHERE firm = 'B'");
  Expect(0, "2 rows to", Run({"clean", file(), "--yes"}));
}

TEST_F(CleaningSafely, ATableIsLockedNoMoreThanNeedBe) {
  database_.Sql(R"sql(
    CREATE VIEW app.seen AS SELECT * FROM app.people; CREATE MATERIALIZED VIEW app.kept AS SELECT 1 AS id;
    CREATE TABLE app."Odd ""T" (id int);
    CREATE TABLE public.held (relation text, mode text);
    CREATE FUNCTION app.look() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
      INSERT INTO public.held SELECT relation::regclass, mode FROM pg_locks
      WHERE pid = pg_backend_pid() AND mode LIKE 'Share%' AND mode <> 'ShareUpdateExclusiveLock'
        AND relation::regclass::text LIKE 'app.%'; RETURN NULL; END$$;
    CREATE TRIGGER look AFTER DELETE ON app.loose EXECUTE FUNCTION app.look())sql");
  Expect(0, "", Clean(R"(- archive_orphans: app.loose
  id: O
  of: app.seen
  join: {person: id}
  where: 'NOT EXISTS (SELECT FROM app."Odd ""T" t JOIN app.kept USING (id))'
  of_where: 'id IS NOT NULL'
  archive: archive.o
  allow: [trigger-fires]
)"));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(relation || ' ' || mode, ', ' ORDER BY relation) "
                             "FROM public.held"),
            R"(app."Odd ""T" ShareLock, app.loose ShareRowExclusiveLock, app.people ShareLock, )"
            "app.seen ShareLock")
      << "the server locks no materialized view";
}

TEST_F(CleaningSafely, WhatIsDoneMeanwhileIsNeitherDoneAgainNorCalledFailed) {
  // While B is at work somebody finishes O.
  database_.Sql(
      "CREATE FUNCTION app.other() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN UPDATE "
      "regraft.plan_action SET state = 'done' WHERE action_id = 'O'; RETURN NEW; END$$; CREATE "
      "TRIGGER other AFTER UPDATE ON app.firms EXECUTE FUNCTION app.other()");
  const std::string item(kBackfill, std::string_view(kBackfill).size() - 2);
  Expect(0, "2 values changed", Clean(item + ", allow: [trigger-fires]}\n" + kOrphans));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.loose"), "4");
  EXPECT_EQ(database_.Scalar("SELECT string_agg(state, ' ') FROM regraft.plan_action"),
            "done done");
}

TEST_F(CleaningSafely, ARunThatGoesOnChecksThatItsTablesAreAsTheyWere) {
  Expect(0, "", Propose(std::string(kBackfill) + kOrphans));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  Expect(0, "2 values changed", Run({"clean", file(), "--only", "B", "--yes"}));
  database_.Sql("ALTER TABLE app.loose ADD note text");
  const std::string before = State();
  Expect(3, "app.loose: columns", Run({"clean", file(), "--yes"}));
  EXPECT_EQ(State(), before);
  database_.Sql("ALTER TABLE app.loose DROP note");
  Expect(0, "2 rows to", Run({"clean", file(), "--yes"}));
}

TEST_F(CleaningSafely, ACrashAfterTheApprovalIsUsedDoesNotSpendIt) {
  Expect(0, "", Propose(kOrphans));
  Expect(0, "", Run({"approve", file(), "--by", "grace"}));
  database_.Sql(
      "CREATE FUNCTION app.crash() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'crash'; "
      "END$$; CREATE TRIGGER crash BEFORE INSERT ON regraft.plan_action EXECUTE FUNCTION "
      "app.crash()");
  Expect(1, "crash", Run({"clean", file(), "--yes"}));
  database_.Sql("DROP TRIGGER crash ON regraft.plan_action");
  Expect(0, "2 rows to archive.loose_orphans", Run({"clean", file(), "--yes"}));
}

TEST_F(CleaningSafely, UndoRefusesOldValuesThatAreNotAsTheRepairKeptThem) {
  Expect(0, "", Clean(kBackfill));
  const std::string before = State();
  database_.Sql("UPDATE regraft.kept_1_1_1 SET o0 = 'forged' WHERE k0 = 'B'");
  Expect(2, "regraft.kept_1_1_1 is not as the repair left it", Undo("B"));
  EXPECT_EQ(State(), before);
}

TEST_F(CleaningSafely, AnArrayIsFilledInToo) {
  database_.Sql(
      "CREATE TABLE app.tags (firm text PRIMARY KEY, tags text[]);"
      "CREATE TABLE app.tag_list (firm text, tags text[]); INSERT INTO app.tags VALUES ('A'), "
      "('B'), ('C');"
      "INSERT INTO app.tag_list VALUES ('A', '{x,\"y, z\",NULL}'), ('B', '{}'), ('C', '{1}'), "
      "('C', '{2}')");
  Expect(
      0, "2 values changed",
      Clean(
          "- {backfill: app.tags, id: T, column: tags, from: app.tag_list, join: {firm: firm}}\n"));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(t::text, ' ' ORDER BY firm) FROM app.tags t"),
            R"x((A,"{x,""y, z"",NULL}") (B,{}) (C,))x");
}

TEST_F(CleaningSafely, ATextIsMatchedWithAUuid) {
  database_.Sql(R"sql(
    CREATE TABLE app.known_firms (id uuid PRIMARY KEY, domain text);
    INSERT INTO app.known_firms VALUES ('0b000000-0000-0000-0000-00000000000a', 'a.example');
    UPDATE app.people SET firm = '0b000000-0000-0000-0000-00000000000a' WHERE id = 4)sql");
  Expect(
      0, "4 values changed",
      Clean("- {match_domain: app.people, id: M, column: firm, email: email, in: "
            "app.known_firms, domain: domain, value: id, where: \"EXISTS (SELECT FROM app.slots t "
            "WHERE t.person = s.id) OR s.id = 4\"}\n"));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(id::text, ' ' ORDER BY id) FROM app.people WHERE "
                             "firm = '0b000000-0000-0000-0000-00000000000a'"),
            "1 2 3 4 7");
  Expect(0, "every row is as it was", Undo("M"));
}

TEST_F(CleaningSafely, ATriggerThatChangesOtherRowsOrValuesIsFoundOut) {
  database_.Sql(R"sql(
    CREATE FUNCTION app.others() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
      UPDATE app.loose SET person = 2 WHERE slot = 1; RETURN NULL; END$$;
    CREATE TRIGGER others AFTER DELETE ON app.loose EXECUTE FUNCTION app.others();
    CREATE FUNCTION app.own() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
      NEW.domain = 'mine'; RETURN NEW; END$$;
    CREATE TRIGGER own BEFORE UPDATE ON app.firms FOR EACH ROW EXECUTE FUNCTION app.own())sql");
  const std::string before = State();
  const std::string orphans(kOrphans, std::string_view(kOrphans).size() - 2);
  Expect(2, "together are not what the table was", Clean(orphans + ", allow: [trigger-fires]}\n"));
  EXPECT_EQ(State(), before);
  const std::string fill(kBackfill, std::string_view(kBackfill).size() - 2);
  Expect(2, "0 of 2 values of app.firms arrived", Clean(fill + ", allow: [trigger-fires]}\n"));
  EXPECT_EQ(State(), before);
}

TEST_F(CleaningSafely, AnUndoThatBringsOtherRowsBackIsTakenBack) {
  database_.Sql(
      "CREATE FUNCTION app.own() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.person = 5; "
      "RETURN "
      "NEW; END$$; CREATE TRIGGER own BEFORE INSERT ON app.loose FOR EACH ROW EXECUTE FUNCTION "
      "app.own()");
  const std::string orphans(kOrphans, std::string_view(kOrphans).size() - 2);
  Expect(0, "2 rows to", Clean(orphans + ", allow: [trigger-fires]}\n"));
  const std::string before = State();
  Expect(2, "did not come back as they were", Undo("O"));
  EXPECT_EQ(State(), before);
}

}  // namespace
}  // namespace regraft::clean

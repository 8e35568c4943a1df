// Triggers and rules of the target: refused by name, let through, or kept still and restored.
#include "engine/base/deadline.h"
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TargetWithTriggers : public Copying {
 protected:
  TargetWithTriggers() {
    MakeTables(3000);
    database_.Sql(
        "CREATE FUNCTION app.spoil() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN NEW.note := 'spoilt'; RETURN NEW; END$$;"
        "CREATE FUNCTION app.watch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; "
        "END$$");
  }

  void AddTrigger(const std::string& name, const std::string& state) {
    database_.Sql("CREATE TRIGGER " + name +
                  " BEFORE INSERT ON app.target FOR EACH ROW EXECUTE FUNCTION app.spoil();"
                  "ALTER TABLE app.target " +
                  state + " TRIGGER " + name);
  }

  std::string States() {
    return database_.Scalar(
        "SELECT string_agg(tgrelid::regclass || '.' || tgname || '=' || tgenabled::text, ' ' "
        "ORDER BY tgrelid::regclass::text, tgname) FROM pg_trigger WHERE NOT tgisinternal OR "
        "tgparentid <> 0");
  }

  // A role that owns the target and may not replicate.
  std::string MakeOwner() {
    const std::string role = MakeRole("owner");
    database_.Sql("GRANT CREATE ON DATABASE " + database_.name() + " TO " + role +
                  "; GRANT ALL ON SCHEMA app TO " + role + "; GRANT ALL ON app.source TO " + role +
                  "; ALTER TABLE app.target OWNER TO " + role);
    return role;
  }
};

TEST_F(TargetWithTriggers, EnabledTriggersAreRefusedByName) {
  AddTrigger("\"Odd name\"", "ENABLE");
  AddTrigger("always", "ENABLE ALWAYS");
  AddTrigger("asleep", "DISABLE");
  const ProgramResult refused = Copy();
  ExpectExit(78, refused, "--allow trigger-fires");
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr("\"Odd name\""), HasSubstr("\"always\""), Not(HasSubstr("asleep"))));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

TEST_F(TargetWithTriggers, DisabledTriggersAreNoHazard) {
  AddTrigger("asleep", "DISABLE");
  AddTrigger("replica", "ENABLE REPLICA");
  ExpectExit(0, Copy());
  ExpectExact();
}

TEST_F(TargetWithTriggers, AnInsertRuleIsRefusedByName) {
  database_.Sql(
      "CREATE RULE \"my rule\" AS ON INSERT TO app.target WHERE NEW.id < 0 DO INSTEAD NOTHING");
  ExpectExit(78, Copy(), "rule \"my rule\"");
  ExpectExit(0, Copy({"--allow", "trigger-fires"}));
  ExpectExact();
}

TEST_F(TargetWithTriggers, AnAlwaysTriggerIsRefusedWhereTriggersAreSuppressed) {
  AddTrigger("always", "ENABLE ALWAYS");
  ExpectExit(78, Copy({"--allow", "triggers-suppressed"}),
             "trigger \"always\" (app.spoil) would still fire");
}

TEST_F(TargetWithTriggers, AReplicaTriggerIsRefusedWhereItWouldFireAndOnlyThere) {
  AddTrigger("replica", "ENABLE REPLICA");
  ExpectExit(78, Copy({"--allow", "triggers-suppressed"}),
             "trigger \"replica\" (app.spoil) would still fire");
  ExpectExit(0, Copy());
}

// A deferrable key is kept by a trigger of the server's own, which a replica would not fire. From
// another database: there no look-up before the copy finds the duplicate.
TEST_F(TargetWithTriggers, ADeferrableKeyIsCheckedWhereTriggersAreSuppressed) {
  AddTrigger("spoil", "ENABLE");
  database_.Sql("ALTER TABLE app.target ADD CONSTRAINT once UNIQUE (id) DEFERRABLE");
  TestDatabase source;
  source.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.source (id int, name text, amount numeric, note text);"
      "INSERT INTO app.source SELECT i % 2999, 'name', i, '' FROM generate_series(1, 3000) AS i");
  ExpectExit(1, Copy({"--from", source.conninfo(), "--allow", "triggers-suppressed"}),
             "SQLSTATE 23505");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  EXPECT_EQ(States(), "app.target.spoil=O");
}

TEST_F(TargetWithTriggers, ASuperuserSuppressesThemByTheReplicaRole) {
  AddTrigger("spoil", "ENABLE");
  ExpectExit(0, Copy({"--allow", "triggers-suppressed"}));
  ExpectExact();
  EXPECT_EQ(States(), "app.target.spoil=O");
}

// As replica the server checks no foreign key, so the copy must, whoever finishes it and however.
TEST_F(TargetWithTriggers, AnOrphanWrittenAsReplicaIsFoundEveryTime) {
  AddTrigger("spoil", "ENABLE");
  database_.Sql(
      "CREATE TABLE app.parent (id int PRIMARY KEY); INSERT INTO app.parent SELECT i FROM "
      "generate_series(1, 2990) AS i;"
      "ALTER TABLE app.target ADD CONSTRAINT to_parent FOREIGN KEY (id) REFERENCES app.parent");
  const ProgramResult orphans = Copy({"--allow", "triggers-suppressed"});
  ExpectExit(2, orphans, "reference nothing by the foreign key \"to_parent\" to app.parent");
  EXPECT_NE(Document(orphans)["verified"], true);
  ExpectExit(2, Copy({"--allow", "triggers-suppressed"}), "to_parent");
  database_.Sql("DROP TRIGGER spoil ON app.target");
  ExpectExit(2, Copy(), "to_parent");
  database_.Sql("INSERT INTO app.parent SELECT i FROM generate_series(2991, 3000) AS i");
  ExpectExit(0, Copy());
  ExpectExact();
}

// The role's own sessions neither fire triggers nor check keys: ours do.
TEST_F(TargetWithTriggers, ARoleThatIsReplicaByDefaultIsNotForThisCopy) {
  database_.Sql(
      "CREATE TABLE app.parent (id int PRIMARY KEY);"
      "ALTER TABLE app.target ADD CONSTRAINT to_parent FOREIGN KEY (id) REFERENCES app.parent;"
      "ALTER DATABASE " +
      database_.name() + " SET session_replication_role = replica");
  ExpectExit(1, Copy(), "SQLSTATE 23503");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

TEST_F(TargetWithTriggers, AMereOwnerSuppressesThemInOneTransactionAndRestoresEveryState) {
  AddTrigger("enabled", "ENABLE");
  AddTrigger("disabled", "DISABLE");
  const std::string role = MakeOwner();
  const std::string before = States();
  ExpectExit(0, RunProgram(CopyCommandAs(
                    role, {"--allow", "triggers-suppressed", "--chunk-bytes", "64KiB"})));
  ExpectExact();
  EXPECT_EQ(States(), before);
  EXPECT_EQ(
      database_.Scalar("SELECT count(DISTINCT xmin::text) FROM app.target WHERE origin = 'x'"),
      "1");
  EXPECT_NE(DoneChunks(), "1");
}

TEST_F(TargetWithTriggers, AMereOwnerOfAPartitionedTargetRestoresEveryPartition) {
  database_.Sql(
      "DROP TABLE app.target; CREATE TABLE app.target (id int, name text, amount numeric, note "
      "text, origin text) "
      "PARTITION BY RANGE (id); CREATE TABLE app.low PARTITION OF app.target FOR VALUES FROM (-1) "
      "TO (1500);"
      "CREATE TABLE app.high PARTITION OF app.target DEFAULT");
  AddTrigger("handed_down", "ENABLE");
  database_.Sql(
      "ALTER TABLE app.high DISABLE TRIGGER handed_down;"
      "CREATE TRIGGER own BEFORE INSERT ON app.low FOR EACH ROW EXECUTE FUNCTION app.spoil()");
  const std::string role = MakeOwner();
  database_.Sql("ALTER TABLE app.low OWNER TO " + role + "; ALTER TABLE app.high OWNER TO " + role);
  const std::string before = States();
  ExpectExit(0, RunProgram(CopyCommandAs(role, {"--allow", "triggers-suppressed"})));
  ExpectExact();
  EXPECT_EQ(States(), before);
}

TEST_F(TargetWithTriggers, AMereOwnerThatIsKilledLeavesEveryTriggerAsItWas) {
  AddTrigger("enabled", "ENABLE");
  AddTrigger("disabled", "DISABLE");
  AddGate();
  const std::string role = MakeOwner();
  const std::string before = States();
  std::optional<Gate> gate(std::in_place, database_);
  RunningProgram copy = Start(CopyCommandAs(role, {"--allow", "triggers-suppressed"}));
  WaitAtGate(1);
  EXPECT_EQ(States(), before) << "other sessions must never see them disabled";
  copy.Kill(SIGKILL);
  gate->Open();
  WaitUntil(
      "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name LIKE "
      "'regraft/target-writer%'");
  EXPECT_EQ(States(), before);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  ExpectExit(0, RunProgram(CopyCommandAs(role, {"--allow", "triggers-suppressed"})),
             "continuing run");
  EXPECT_EQ(States(), before);
  ExpectExact();
}

TEST_F(TargetWithTriggers, AMereOwnerHasDeferredForeignKeysCheckedBeforeTheCommit) {
  AddTrigger("enabled", "ENABLE");
  database_.Sql(
      "CREATE TABLE app.parent (id int PRIMARY KEY); INSERT INTO app.parent SELECT i FROM "
      "generate_series(1, 2990) AS i;"
      "ALTER TABLE app.target ADD CONSTRAINT to_parent FOREIGN KEY (id) REFERENCES app.parent "
      "DEFERRABLE INITIALLY DEFERRED");
  const std::string role = MakeOwner();
  database_.Sql("GRANT SELECT, REFERENCES ON app.parent TO " + role);
  const std::string before = States();
  ExpectExit(1, RunProgram(CopyCommandAs(role, {"--allow", "triggers-suppressed"})),
             "SQLSTATE 23503");
  EXPECT_EQ(States(), before);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

}  // namespace
}  // namespace regraft::support

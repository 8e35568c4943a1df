#include "tests/catalog/catalog_test.h"

namespace regraft::catalog {
namespace {

class TriggersPgTest : public CatalogTest {
 protected:
  TriggersPgTest() {
    database_.Sql(
        "CREATE SCHEMA \"S\"; CREATE FUNCTION \"S\".f() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'");
  }

  // Name and state of each trigger: "name=O other=D ".
  std::string StatesOf(const std::string& table) {
    std::string states;
    for (const Trigger& trigger : Read(table).triggers)
      states += trigger.name + "=" + trigger.enabled + " ";
    return states;
  }
};

TEST_F(TriggersPgTest, WhenAndForWhatTheyFire) {
  database_.Sql(
      "CREATE TABLE t (a int);"
      "CREATE TRIGGER a BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION \"S\".f();"
      "CREATE TRIGGER b AFTER DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION \"S\".f();"
      "CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION \"S\".f()");
  const Table table = Read("t");
  ASSERT_EQ(table.triggers.size(), 3);
  EXPECT_EQ(table.triggers[0].name, "a");
  EXPECT_EQ(table.triggers[0].function, "\"S\".f");
  EXPECT_TRUE(table.triggers[0].row);
  EXPECT_TRUE(table.triggers[0].before);
  EXPECT_TRUE(table.triggers[0].on_insert);
  EXPECT_FALSE(table.triggers[1].row);
  EXPECT_FALSE(table.triggers[1].before);
  EXPECT_FALSE(table.triggers[1].on_insert);
  EXPECT_FALSE(table.triggers[2].before);
  EXPECT_TRUE(table.triggers[2].on_insert);
}

TEST_F(TriggersPgTest, AllFourStates) {
  database_.Sql("CREATE TABLE t (a int)");
  for (const char* name : {"o", "a", "r", "d"})
    database_.Sql(std::string("CREATE TRIGGER ") + name +
                  " AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION \"S\".f()");
  database_.Sql(
      "ALTER TABLE t ENABLE ALWAYS TRIGGER a; ALTER TABLE t ENABLE REPLICA TRIGGER r;"
      "ALTER TABLE t DISABLE TRIGGER d");
  EXPECT_EQ(StatesOf("t"), "a=A d=D o=O r=R ");
}

TEST_F(TriggersPgTest, TheServersOwnTriggersAreLeftOut) {
  database_.Sql(
      "CREATE TABLE parent (a int PRIMARY KEY, b int UNIQUE DEFERRABLE);"
      "CREATE TABLE p (a int REFERENCES parent) PARTITION BY LIST (a);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
  for (const char* table : {"parent", "p", "p1"}) {
    EXPECT_EQ(StatesOf(table), "") << table;
    EXPECT_NE(database_.Scalar(std::string("SELECT count(*) FROM pg_trigger WHERE tgrelid = '") +
                               table + "'::regclass"),
              "0");
  }
}

TEST_F(TriggersPgTest, OfPartitionsTheirOwnAndThoseInAnotherState) {
  database_.Sql(
      "CREATE TABLE p (a int) PARTITION BY LIST (a);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);"
      "CREATE TRIGGER shared AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION \"S\".f();"
      "CREATE TRIGGER own BEFORE INSERT ON p1 FOR EACH ROW EXECUTE FUNCTION \"S\".f()");
  EXPECT_EQ(StatesOf("p"), "shared=O p1.own=O ");
  EXPECT_EQ(StatesOf("p1"), "own=O shared=O ");
  EXPECT_EQ(StatesOf("p2"), "shared=O ");
  database_.Sql("ALTER TABLE p2 ENABLE ALWAYS TRIGGER shared");
  EXPECT_EQ(StatesOf("p"), "shared=O p1.own=O p2.shared=A ");
}

TEST_F(TriggersPgTest, Rules) {
  database_.Sql(
      "CREATE TABLE t (a int); CREATE TABLE log (a int); CREATE VIEW v AS SELECT * FROM t;"
      "CREATE RULE quiet AS ON UPDATE TO t DO INSTEAD NOTHING;"
      "CREATE RULE copy AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.a);"
      "ALTER TABLE t DISABLE RULE quiet;"
      "CREATE RULE into_t AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (NEW.a)");
  const Table table = Read("t");
  ASSERT_EQ(table.rules.size(), 2);
  EXPECT_EQ(table.rules[0].name, "copy");
  EXPECT_TRUE(table.rules[0].on_insert);
  EXPECT_EQ(table.rules[0].enabled, 'O');
  EXPECT_FALSE(table.rules[1].on_insert);
  EXPECT_EQ(table.rules[1].enabled, 'D');
  const Table view = Read("v");
  ASSERT_EQ(view.rules.size(), 1);
  EXPECT_EQ(view.rules[0].name, "into_t");
}

}  // namespace
}  // namespace regraft::catalog

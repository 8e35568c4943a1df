#include "engine/catalog/dependents.h"
#include "tests/catalog/catalog_test.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

namespace regraft::catalog {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DependentsPgTest : public CatalogTest {
 protected:
  DependentsPgTest() {
    database_.Sql(
        "CREATE SCHEMA app; CREATE TABLE app.orders (id serial PRIMARY KEY, total int);"
        "CREATE TABLE app.\"Odd one\" (id int)");
  }

  uint32_t Oid(const std::string& name) {
    return static_cast<uint32_t>(
        std::stoul(database_.Scalar("SELECT '" + name + "'::regclass::oid")));
  }

  // "tracked view app.v (through app.u)"; with "?" where it is not sure.
  std::vector<std::string> Of(const std::string& name) {
    const Dependents dependents = ReadDependents(connection_, {Oid(name)}).value();
    std::vector<std::string> lines;
    for (const Dependent& d : dependents.seen)
      lines.push_back(absl::StrCat(std::string(ClassName(d)), " ", std::string(KindName(d.kind)),
                                   " ", d.name, d.detail.empty() ? "" : " (", d.detail,
                                   d.detail.empty() ? "" : ")",
                                   d.certainty == Certainty::kNames ? "" : " ?"));
    return lines;
  }
};

TEST_F(DependentsPgTest, ATableThatNobodyUses) { EXPECT_THAT(Of("app.orders"), IsEmpty()); }

TEST_F(DependentsPgTest, ViewsTransitivelyWithTheWay) {
  database_.Sql(
      "CREATE VIEW app.a AS SELECT * FROM app.orders;"
      "CREATE VIEW app.b AS SELECT * FROM app.orders;"
      "CREATE VIEW app.ab AS SELECT a.id FROM app.a JOIN app.b USING (id);"
      "CREATE VIEW app.twice AS SELECT a.id FROM app.a, app.orders o;"
      "CREATE MATERIALIZED VIEW app.\"M\" AS SELECT * FROM app.ab;"
      "CREATE VIEW app.unrelated AS SELECT * FROM app.\"Odd one\"");
  EXPECT_THAT(Of("app.orders"),
              ElementsAre("tracked view app.a", "tracked view app.ab (through app.a, app.b)",
                          "tracked view app.b", "tracked view app.twice",
                          "tracked materialized view app.\"M\" (through app.ab)"));
}

TEST_F(DependentsPgTest, WhatTheCatalogTracks) {
  database_.Sql(
      "CREATE FUNCTION app.atomic() RETURNS bigint LANGUAGE sql"
      "  BEGIN ATOMIC SELECT count(*) FROM app.orders; END;"
      "CREATE FUNCTION app.of_row(app.orders) RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "CREATE TABLE app.items (o int CONSTRAINT to_orders REFERENCES app.orders"
      "  ON DELETE CASCADE, n int DEFAULT nextval('app.orders_id_seq'));"
      "CREATE TABLE app.rows (r app.orders[]);"
      "CREATE TABLE app.other (a int);"
      "CREATE POLICY po ON app.other USING (a IN (SELECT id FROM app.orders));"
      "CREATE RULE ru AS ON INSERT TO app.other DO ALSO INSERT INTO app.orders (id) VALUES (1);"
      "CREATE TABLE app.heir () INHERITS (app.orders);"
      "CREATE PUBLICATION pub FOR TABLE app.orders");
  EXPECT_THAT(
      Of("app.orders"),
      ElementsAre("tracked function app.atomic()",
                  "tracked function app.of_row(app.orders) (uses the row type)",
                  "tracked foreign key to_orders of app.items (ON DELETE CASCADE)",
                  "tracked policy po of app.other", "tracked rule ru of app.other",
                  "tracked inheriting table app.heir",
                  "tracked column app.rows.r (uses the row type)", "tracked default app.heir.id",
                  "tracked default app.items.n", "tracked publication pub"));
}

TEST_F(DependentsPgTest, TheTablesOwnPartsAreNoDependents) {
  database_.Sql(
      "ALTER TABLE app.orders ADD parent int REFERENCES app.orders, ADD CHECK (id > 0),"
      "  ADD twice int GENERATED ALWAYS AS (id * 2) STORED;"
      "CREATE INDEX ON app.orders (total) WHERE total > 0;"
      "CREATE STATISTICS app.st ON id, total FROM app.orders;"
      "CREATE POLICY po ON app.orders USING (id IN (SELECT total FROM app.orders));"
      "CREATE RULE ru AS ON DELETE TO app.orders DO INSTEAD NOTHING;"
      "CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TRIGGER tr BEFORE UPDATE OF total ON app.orders FOR EACH ROW"
      "  WHEN (NEW.total > 0) EXECUTE FUNCTION app.f()");
  EXPECT_THAT(Of("app.orders"), IsEmpty());
}

TEST_F(DependentsPgTest, PartitionsAndPublicationsOfSchemas) {
  database_.Sql(
      "CREATE TABLE app.p (k int) PARTITION BY LIST (k);"
      "CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES IN (1);"
      "CREATE PUBLICATION everything FOR ALL TABLES");
  EXPECT_THAT(Of("app.p"), ElementsAre("tracked partition app.p1",
                                       "tracked publication everything (for all tables)"));
  if (connection_.server_version() < 150000) GTEST_SKIP() << "FOR TABLES IN SCHEMA came with 15";
  database_.Sql("CREATE PUBLICATION of_app FOR TABLES IN SCHEMA app");
  EXPECT_THAT(Of("app.p"), Contains("tracked publication of_app (for the tables of its schema)"));
}

TEST_F(DependentsPgTest, FunctionsThatNameItAsText) {
  database_.Sql(
      "CREATE FUNCTION app.names() RETURNS void LANGUAGE plpgsql AS"
      "  'BEGIN DELETE FROM \"app\".orders; END';"
      "CREATE PROCEDURE app.executes() LANGUAGE plpgsql AS"
      "  $$BEGIN EXECUTE format('TRUNCATE app.orders'); END$$;"
      "CREATE FUNCTION app.own_path(x int) RETURNS bigint LANGUAGE sql SET search_path = app AS"
      "  'SELECT count(*) FROM orders';"
      "CREATE FUNCTION app.other_path() RETURNS void LANGUAGE plpgsql SET search_path = public AS"
      "  'BEGIN DELETE FROM orders; END';"
      "CREATE FUNCTION app.comment_only() RETURNS int LANGUAGE sql AS"
      "  '/* app.orders */ SELECT 1 -- app.orders';"
      "CREATE FUNCTION app.usual_path() RETURNS void LANGUAGE plpgsql AS"
      "  'BEGIN DELETE FROM \"Odd one\"; END'");
  EXPECT_THAT(Of("app.orders"),
              ElementsAre("textual function app.executes() (in a string) ?",
                          "textual function app.names() (app.orders)",
                          "textual function app.own_path(integer) (orders, by search_path)"));
  EXPECT_THAT(Of("app.\"Odd one\""), IsEmpty());
  database_.Sql("ALTER DATABASE " + database_.name() + " SET search_path = public, app");
  EXPECT_THAT(Of("app.\"Odd one\""),
              ElementsAre("textual function app.usual_path() (Odd one, by search_path) ?",
                          "textual setting search_path of database " + database_.name() +
                              " (public, app) ?"));
}

TEST_F(DependentsPgTest, ANamesakeBeforeItOnThePathIsMeantInstead) {
  database_.Sql(
      "CREATE SCHEMA front; CREATE TABLE front.orders (id int);"
      "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql SET search_path = front, app AS"
      "  'SELECT count(*) FROM orders'");
  EXPECT_THAT(Of("app.orders"), IsEmpty());
  EXPECT_THAT(Of("front.orders"), ElementsAre("textual function app.f() (orders, by search_path)"));
}

TEST_F(DependentsPgTest, JobsOfPgCron) {
  database_.Sql(
      "CREATE SCHEMA cron; CREATE TABLE cron.job (jobid bigint, command text, database text,"
      "  jobname text);"
      "INSERT INTO cron.job VALUES (7, 'DELETE FROM app.orders WHERE total = 0',"
      "  current_database(), 'Nightly'), (8, 'SELECT 1', current_database(), NULL),"
      "  (9, 'DELETE FROM app.orders', 'elsewhere', NULL)");
  EXPECT_THAT(Of("app.orders"), ElementsAre("textual job job 7 \"Nightly\" (app.orders)"));
}

TEST_F(DependentsPgTest, JobsThatTheRoleMayNotSeeAreSaidToBeUnseen) {
  const std::string role = database_.name() + "_reader";
  database_.Sql(
      "CREATE ROLE " + role +
      "; CREATE SCHEMA cron; GRANT USAGE ON SCHEMA cron TO public;"
      "CREATE TABLE cron.job (jobid bigint, command text, database text, jobname text);"
      "GRANT SELECT ON cron.job TO public; ALTER TABLE cron.job ENABLE ROW LEVEL SECURITY");
  ASSERT_TRUE(connection_.Run("SET ROLE " + role).ok());
  const Dependents dependents = ReadDependents(connection_, {Oid("app.orders")}).value();
  ASSERT_EQ(dependents.unseen.size(), 2);
  EXPECT_THAT(dependents.unseen[0], HasSubstr("other databases"));
  EXPECT_THAT(dependents.unseen[1], HasSubstr("cron.job"));
  ASSERT_TRUE(connection_.Run("RESET ROLE").ok());
  database_.Sql("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(DependentsPgTest, ManyTablesInTheOrderAskedFor) {
  database_.Sql("CREATE VIEW app.v AS SELECT o.id FROM app.orders o, app.\"Odd one\"");
  const uint32_t odd = Oid("app.\"Odd one\""), orders = Oid("app.orders");
  const auto seen = ReadDependents(connection_, {orders, 4294967295u, odd}).value().seen;
  ASSERT_EQ(seen.size(), 2);
  EXPECT_EQ(seen[0].of, orders);
  EXPECT_EQ(seen[1].of, odd);
}

TEST_F(DependentsPgTest, StatementsAreCountedWhereTheyCanBeRead) {
  const auto use = CountStatements(connection_, {{"app", "orders"}}).value();
  EXPECT_FALSE(use.readable);  // the tests' server does not load the extension
  EXPECT_THAT(use.statements, ElementsAre(0));
}

}  // namespace
}  // namespace regraft::catalog

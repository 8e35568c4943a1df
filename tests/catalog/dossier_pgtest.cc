#include "engine/catalog/dossier.h"
#include "tests/catalog/everything.h"

#include "gmock/gmock.h"

#include <ostream>

namespace regraft::catalog {

void PrintTo(const DossierChange& change, std::ostream* out) {
  *out << change.fact << " -" << ::testing::PrintToString(change.gone) << " +"
       << ::testing::PrintToString(change.come);
}

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

using DossierPgTest = Everything;

TEST_F(DossierPgTest, ATableWithEverything) {
  MakeEverything();
  Dossier dossier = ReadEverything();
  EXPECT_EQ(dossier.name, (pg::QualifiedName{"s", "Odd \"one"}));
  auto& facts = dossier.facts;
  EXPECT_THAT(facts["name"], ElementsAre("s.\"Odd \"\"one\""));
  EXPECT_THAT(facts["kind"], ElementsAre("table"));
  EXPECT_THAT(facts["persistence"], ElementsAre("permanent"));
  EXPECT_THAT(facts["access_method"], ElementsAre("heap"));
  EXPECT_THAT(facts["tablespace"], ElementsAre("of the database"));
  EXPECT_THAT(facts["options"], ElementsAre("fillfactor=70"));
  EXPECT_THAT(facts["owner"], ElementsAre(database_.Scalar("SELECT current_user")));
  EXPECT_THAT(facts["columns"],
              ElementsAre("inherited integer inherited",
                          "id integer NOT NULL DEFAULT nextval('\"Odd \"\"one_id_seq\"'::regclass)",
                          "\"Key\" integer NOT NULL GENERATED ALWAYS AS IDENTITY", "parent integer",
                          "name character varying(20) COLLATE \"C\" NOT NULL DEFAULT "
                          "'x'::character varying",
                          "amount numeric(10,2)",
                          "doubled numeric GENERATED ALWAYS AS ((amount * (2)::numeric)) STORED",
                          "body text"));
  EXPECT_THAT(facts["indexes"], ElementsAre("CREATE INDEX \"Odd index\" USING btree "
                                            "(lower((name)::text)) WHERE (amount > (1)::numeric)",
                                            "CREATE UNIQUE INDEX by_key USING btree (\"Key\")",
                                            "CREATE UNIQUE INDEX odd_pkey USING btree (id)"));
  EXPECT_THAT(facts["constraints"],
              ElementsAre("late CHECK ((id > 0)) NOT VALID", "odd_pkey PRIMARY KEY (id)",
                          "positive CHECK ((amount > (0)::numeric))"));
  EXPECT_THAT(
      facts["foreign_keys"],
      ElementsAre("to_parent FOREIGN KEY (parent) REFERENCES s.parent(id) ON DELETE CASCADE"));
  EXPECT_THAT(facts["referenced_by"],
              ElementsAre("s.child: to_odd FOREIGN KEY (odd) REFERENCES (id)"));
  EXPECT_THAT(facts["triggers"],
              ElementsAre("CREATE TRIGGER tr BEFORE INSERT FOR EACH ROW EXECUTE FUNCTION s.f()"));
  EXPECT_THAT(facts["rules"], ElementsAre("CREATE RULE ru AS\n    ON DELETE DO  SELECT 1 AS "
                                          "\"?column?\";"));
  EXPECT_THAT(facts["row_security"], ElementsAre("enabled"));
  EXPECT_THAT(facts["policies"], ElementsAre("po permissive for select to public using (id > 0)"));
  EXPECT_THAT(facts["grants"], Contains("SELECT to " + ada_ + " with grant option"));
  EXPECT_THAT(facts["grants"], Contains("SELECT to " + bob_ + " by " + ada_));
  EXPECT_THAT(facts["grants"], Contains("TRUNCATE to the owner"));
  EXPECT_THAT(facts["column_grants"], ElementsAre("name: UPDATE to " + bob_));
  EXPECT_THAT(facts["comments"],
              ElementsAre("column \"Key\": \"the key\"", "relation: \"it's\\nodd\""));
  EXPECT_THAT(facts["statistics"],
              ElementsAre("CREATE STATISTICS s.pair (ndistinct) ON id, amount"));
  EXPECT_THAT(facts["publications"], ElementsAre("p_all for all tables"));
  EXPECT_THAT(facts["replica_identity"], ElementsAre("primary key"));
  EXPECT_THAT(facts["sequences"],
              ElementsAre("\"Odd \"\"one_Key_seq\" of column \"Key\" (identity) as integer start 7 "
                          "increment 2 minimum 1 maximum 2147483647 cache 1 no cycle",
                          "\"Odd \"\"one_id_seq\" of column id (serial) as integer start 1 "
                          "increment 1 minimum 1 maximum 2147483647 cache 1 no cycle"));
  EXPECT_THAT(facts["parents"], ElementsAre("inherits s.base"));
  EXPECT_THAT(facts["row_type_users"], ElementsAre("table column s.user_of_row.r"));
  EXPECT_THAT(facts["dependents"], ElementsAre("function s.atomic()", "view s.v"));
  for (const char* absent :
       {"type", "partition_key", "children", "extension", "security_labels", "schema", "relname"})
    EXPECT_THAT(facts, Not(Contains(Key(absent))));
}

TEST_F(DossierPgTest, EachChangeIsSeenInItsFact) {
  MakeEverything();
  const std::string t = std::string("ALTER TABLE ") + kOdd + " ";
  const std::string on = std::string(" ON ") + kOdd + " ";
  struct {
    std::string sql;
    std::vector<std::string> facts;
  } const changes[] = {
      {"DROP TABLE s.user_of_row", {"row_type_users"}},
      {t + "SET (autovacuum_enabled = off)", {"options"}},
      {t + "SET (toast.autovacuum_enabled = off)", {"options"}},
      {t + "RESET (fillfactor)", {"options"}},
      {t + "ADD added int", {"columns"}},
      {t + "DROP added", {"columns"}},
      {t + "ALTER name TYPE varchar(21)", {"columns"}},
      {t + "ALTER name DROP NOT NULL", {"columns"}},
      {t + "ALTER name SET DEFAULT 'y'", {"columns"}},
      {t + "ALTER name SET STATISTICS 500", {"columns"}},
      {t + "ALTER name SET (n_distinct = -1)", {"columns"}},
      {t + "ALTER body SET STORAGE EXTERNAL", {"columns"}},
      {t + "ALTER body SET COMPRESSION pglz", {"columns"}},
      {t + "ALTER body TYPE text COLLATE \"C\"", {"columns"}},
      {t + "ALTER \"Key\" SET GENERATED BY DEFAULT", {"columns"}},
      {t + "ALTER \"Key\" SET INCREMENT BY 3", {"sequences"}},
      {"ALTER SEQUENCE s.\"Odd \"\"one_id_seq\" CYCLE", {"sequences"}},
      {"GRANT USAGE ON SEQUENCE s.\"Odd \"\"one_id_seq\" TO " + bob_, {"sequence_grants"}},
      {"CREATE INDEX extra" + on + "(body)", {"indexes"}},
      {"ALTER INDEX s.extra SET (fillfactor = 50)", {"indexes"}},
      {"ALTER INDEX s.\"Odd index\" ALTER COLUMN 1 SET STATISTICS 9", {"indexes"}},
      {t + "CLUSTER ON by_key", {"indexes"}},
      {"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 's.extra'::regclass",
       {"indexes"}},
      {"DROP INDEX s.extra", {"indexes"}},
      {t + "REPLICA IDENTITY USING INDEX by_key", {"indexes", "replica_identity"}},
      {t + "REPLICA IDENTITY FULL", {"indexes", "replica_identity"}},
      {t + "VALIDATE CONSTRAINT late", {"constraints"}},
      {t + "RENAME CONSTRAINT late TO later", {"constraints"}},
      {t + "ALTER CONSTRAINT to_parent DEFERRABLE", {"foreign_keys"}},
      {"ALTER TABLE s.child ALTER CONSTRAINT to_odd DEFERRABLE INITIALLY DEFERRED",
       {"referenced_by"}},
      {t + "DISABLE TRIGGER tr", {"triggers"}},
      {t + "ENABLE ALWAYS TRIGGER tr", {"triggers"}},
      {t + "DISABLE TRIGGER ALL", {"foreign_keys", "referenced_by", "triggers"}},
      {t + "DISABLE RULE ru", {"rules"}},
      {t + "FORCE ROW LEVEL SECURITY", {"row_security"}},
      {t + "DISABLE ROW LEVEL SECURITY", {"row_security"}},
      {"ALTER POLICY po" + on + "USING (id > 1)", {"policies"}},
      {"ALTER POLICY po" + on + "TO " + bob_, {"policies"}},
      {"REVOKE GRANT OPTION FOR SELECT" + on + "FROM " + ada_ + " CASCADE", {"grants"}},
      {"GRANT INSERT" + on + "TO public", {"grants"}},
      {"REVOKE TRUNCATE" + on + "FROM current_user", {"grants"}},
      {"GRANT SELECT (\"Key\")" + on + "TO public", {"column_grants"}},
      {"COMMENT ON TABLE " + std::string(kOdd) + " IS 'other'", {"comments"}},
      {"COMMENT ON CONSTRAINT positive" + on + "IS 'x'", {"comments"}},
      {"COMMENT ON INDEX s.by_key IS 'x'", {"comments"}},
      {"COMMENT ON TRIGGER tr" + on + "IS 'x'", {"comments"}},
      {"COMMENT ON RULE ru" + on + "IS 'x'", {"comments"}},
      {"COMMENT ON POLICY po" + on + "IS 'x'", {"comments"}},
      {"COMMENT ON STATISTICS s.pair IS 'x'", {"comments"}},
      {"ALTER STATISTICS s.pair SET STATISTICS 7", {"statistics"}},
      {"DROP STATISTICS s.pair", {"comments", "statistics"}},
      {"CREATE PUBLICATION p_one FOR TABLE " + std::string(kOdd), {"publications"}},
      {"CREATE VIEW s.w AS SELECT * FROM " + std::string(kOdd), {"dependents"}},
      {"CREATE FUNCTION s.g(x " + std::string(kOdd) + ") RETURNS int LANGUAGE sql AS 'SELECT 1'",
       {"row_type_users"}},
      {t + "NO INHERIT s.base", {"columns", "parents"}},
      {"CREATE TABLE s.heir () INHERITS (" + std::string(kOdd) + ")", {"children", "dependents"}},
      {"ALTER TABLE s.child DROP CONSTRAINT to_odd", {"referenced_by"}},
      {t + "DROP CONSTRAINT to_parent", {"foreign_keys"}},
      {"DROP PUBLICATION p_all, p_one", {"publications"}},
      {t + "SET UNLOGGED", {"persistence"}},
      {t + "OWNER TO " + ada_, {"grants", "owner"}},
  };
  for (const auto& change : changes) {
    EXPECT_THAT(Changed(change.sql), UnorderedElementsAreArray(change.facts)) << change.sql;
  }
}

TEST_F(DossierPgTest, ANewOwnerTakesHisGrantsOver) {
  const std::string eve = MakeRole("eve");
  database_.Sql("CREATE TABLE t (id serial); GRANT SELECT ON t TO public");
  const Dossier before = ReadIt("t");
  database_.Sql("ALTER TABLE t OWNER TO " + eve);
  const auto changes = CompareDossiers(before, ReadIt("t"));
  ASSERT_EQ(changes.size(), 1);
  EXPECT_EQ(changes[0].relation, "public.t");
  EXPECT_EQ(changes[0].fact, "owner");
  EXPECT_THAT(changes[0].come, ElementsAre(eve));
}

TEST_F(DossierPgTest, RowsAndUpkeepChangeNothing) {
  MakeEverything();
  const std::string odd = kOdd;
  const Dossier before = ReadEverything();
  EXPECT_THAT(Changed("INSERT INTO s.parent VALUES (1); INSERT INTO " + odd +
                      " (parent, amount) SELECT 1, n FROM generate_series(1, 1000) n"),
              IsEmpty());
  EXPECT_THAT(Changed("UPDATE " + odd + " SET body = repeat('x', 9999) WHERE id < 9"), IsEmpty());
  for (const char* upkeep : {"ANALYZE ", "VACUUM ", "VACUUM FULL ", "REINDEX TABLE ",
                             "REINDEX TABLE CONCURRENTLY ", "TRUNCATE s.child, "})
    EXPECT_THAT(Changed(upkeep + odd), IsEmpty()) << upkeep;
}

TEST_F(DossierPgTest, AMoveChangesTheNameAndWhatSaysIt) {
  MakeEverything();
  database_.Sql("CREATE SCHEMA elsewhere");
  EXPECT_THAT(Changed(std::string("ALTER TABLE ") + kOdd + " SET SCHEMA elsewhere"),
              ElementsAre("name"));
  const Dossier before = ReadIt("elsewhere.\"Odd \"\"one\"");
  database_.Sql("ALTER TABLE elsewhere.\"Odd \"\"one\" RENAME TO plain");
  const auto changes = CompareDossiers(before, ReadIt("elsewhere.plain"));
  ASSERT_EQ(changes.size(), 1);
  EXPECT_EQ(changes[0].fact, "name");
}

TEST_F(DossierPgTest, PublicationsOfSchemasAndPartsOfTables) {
  if (connection_.server_version() < 150000) GTEST_SKIP() << "these came with PostgreSQL 15";
  database_.Sql(
      "CREATE SCHEMA s; CREATE TABLE s.t (a int PRIMARY KEY, b int, c int);"
      "CREATE PUBLICATION whole FOR TABLES IN SCHEMA s;"
      "CREATE PUBLICATION part FOR TABLE s.t (a, c) WHERE (a > 5)");
  EXPECT_THAT(ReadIt("s.t").facts["publications"],
              ElementsAre("part (a, c) where (a > 5)", "whole for its schema"));
}

TEST_F(DossierPgTest, PartitionsTellTheirPlaceInTheTree) {
  database_.Sql(
      "CREATE TABLE target (a int PRIMARY KEY); CREATE TYPE pair AS (a int, b int);"
      "CREATE TABLE typed OF pair;"
      "CREATE TABLE p (k int, v int REFERENCES target, CHECK (v > 0)) PARTITION BY LIST (k);"
      "CREATE INDEX ON p (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2)");
  Dossier parent = ReadIt("p"), leaf = ReadIt("p1"), target = ReadIt("target");
  EXPECT_THAT(parent.facts["kind"], ElementsAre("partitioned table"));
  EXPECT_THAT(parent.facts["partition_key"], ElementsAre("LIST (k)"));
  EXPECT_THAT(parent.facts["children"], ElementsAre("public.p1 FOR VALUES IN (1, 2)"));
  EXPECT_THAT(parent.facts["indexes"], ElementsAre("CREATE INDEX p_k_idx ON ONLY USING btree (k)"));
  EXPECT_THAT(leaf.facts["parents"], ElementsAre("partition of public.p FOR VALUES IN (1, 2)"));
  EXPECT_THAT(leaf.facts["indexes"], ElementsAre("CREATE INDEX p1_k_idx USING btree (k); "
                                                 "partition of public.p_k_idx"));
  EXPECT_THAT(leaf.facts["constraints"], ElementsAre("p_v_check CHECK ((v > 0)) inherited"));
  EXPECT_THAT(leaf.facts["foreign_keys"],
              ElementsAre("p_v_fkey FOREIGN KEY (v) REFERENCES public.target(a) inherited"));
  EXPECT_THAT(target.facts["referenced_by"],
              ElementsAre("public.p: p_v_fkey FOREIGN KEY (v) REFERENCES (a)"));
  EXPECT_THAT(ReadIt("typed").facts["type"], ElementsAre("of public.pair"));
}

TEST_F(DossierPgTest, AnUnprivilegedRoleReadsTheSame) {
  MakeEverything();
  const Dossier before = ReadEverything();
  ASSERT_TRUE(connection_.Run("SET ROLE " + bob_).ok());
  EXPECT_THAT(CompareDossiers(before, ReadEverything()), IsEmpty());
}

TEST_F(DossierPgTest, NoSettingOfTheRoleShowsInIt) {
  MakeEverything();
  const Dossier before = ReadEverything();
  database_.Sql("ALTER DATABASE " + database_.name() +
                " SET quote_all_identifiers = on;"
                "ALTER DATABASE " +
                database_.name() +
                " SET search_path = s;"
                "ALTER DATABASE " +
                database_.name() + " SET DateStyle = 'German'");
  pg::Connection other = database_.Connect("catalog/2");
  EXPECT_THAT(CompareDossiers(before, ReadDossier(other, before.oid).value()), IsEmpty());
}

TEST_F(DossierPgTest, OidsThatAreGoneHaveNone) {
  database_.Sql("CREATE TABLE t (a int); CREATE TABLE u (a int)");
  const uint32_t t = Oid("t"), u = Oid("u");
  const auto dossiers = ReadDossiers(connection_, {u, 4294967295u, t, u}).value();
  ASSERT_EQ(dossiers.size(), 2);
  EXPECT_EQ(dossiers[0].oid, u);
  EXPECT_EQ(dossiers[1].oid, t);
  EXPECT_TRUE(absl::IsNotFound(ReadDossier(connection_, 4294967295u).status()));
}

}  // namespace
}  // namespace regraft::catalog

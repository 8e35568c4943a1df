#include "engine/catalog/namespace_names.h"
#include "tests/catalog/catalog_test.h"

#include "gmock/gmock.h"

namespace regraft::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NamespaceNamesPgTest : public CatalogTest {
 protected:
  ~NamespaceNamesPgTest() override {
    for (const std::string& role : roles_)
      database_.Sql("DROP OWNED BY " + role + " CASCADE; DROP ROLE " + role);
  }

  std::string MakeRole(const std::string& suffix, const std::string& options = "") {
    roles_.push_back(database_.name() + "_" + suffix);
    database_.Sql("CREATE ROLE " + roles_.back() + " " + options);
    return roles_.back();
  }

  uint32_t Oid(const std::string& name) {
    return static_cast<uint32_t>(
        std::stoul(database_.Scalar("SELECT '" + name + "'::regclass::oid")));
  }

  // "role: why", with "(…)" around what does not break.
  std::vector<std::string> Missing(const std::string& table, const std::string& schema) {
    const auto missing = ReadSchemaUsage(connection_, Oid(table), schema).value();
    std::vector<std::string> lines;
    for (const MissingUsage& usage : missing) {
      const std::string line = usage.role + ": " + usage.why;
      lines.push_back(usage.breaks ? line : "(" + line + ")");
    }
    return lines;
  }

  static std::vector<std::string> Lines(const std::vector<SchemaName>& names) {
    std::vector<std::string> lines;
    for (const SchemaName& name : names)
      lines.push_back(name.kind + " " + name.name + (name.yields ? " yields" : "") +
                      (name.by_hand ? " by hand" : ""));
    return lines;
  }

 private:
  std::vector<std::string> roles_;
};

TEST_F(NamespaceNamesPgTest, EverythingThatHasANameInASchema) {
  database_.Sql(
      "CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('a'); CREATE DOMAIN s.d AS int;"
      "CREATE TYPE s.pair AS (a int); CREATE VIEW s.v AS SELECT 1 AS one;"
      "CREATE TABLE s.\"T\" (id int, CONSTRAINT k UNIQUE (id), CONSTRAINT c CHECK (id > 0));"
      "CREATE STATISTICS s.st ON id, (id + 1) FROM s.\"T\"; CREATE SEQUENCE s.q");
  EXPECT_THAT(
      Lines(ReadNames(connection_, "s").value()),
      ElementsAre("table T", "constraint k", "composite type pair", "sequence q", "view v",
                  "row type T", "array type _T yields", "array type _d yields",
                  "array type _mood yields", "array type _pair yields", "array type _v yields",
                  "domain d", "enum mood", "composite type pair", "row type v", "statistics st"));
  EXPECT_THAT(ReadNames(connection_, "no such schema").value(), IsEmpty());
}

TEST_F(NamespaceNamesPgTest, WhatATableBringsAlong) {
  database_.Sql(
      "CREATE SCHEMA s; CREATE SCHEMA u; CREATE TABLE s.t (id serial PRIMARY KEY,"
      "  n int GENERATED ALWAYS AS IDENTITY); CREATE INDEX i ON s.t (n); CREATE TABLE s.other ();"
      "CREATE STATISTICS s.st ON id, n FROM s.t");
  const auto names = NamesOf(connection_, Oid("s.t")).value();
  EXPECT_THAT(Lines(names),
              ElementsAre("table t", "index i", "sequence t_id_seq", "sequence t_n_seq",
                          "constraint t_pkey", "array type _t yields", "row type t",
                          "statistics st by hand"));
  // The server is the witness: these moved, and the statistics stayed.
  database_.Sql("ALTER TABLE s.t SET SCHEMA u");
  EXPECT_THAT(Lines(ReadNames(connection_, "u").value()),
              ElementsAre("index i", "table t", "sequence t_id_seq", "sequence t_n_seq",
                          "constraint t_pkey", "array type _t yields", "row type t"));
  EXPECT_THAT(
      Lines(ReadNames(connection_, "s").value()),
      ElementsAre("table other", "array type _other yields", "row type other", "statistics st"));
  EXPECT_TRUE(absl::IsNotFound(NamesOf(connection_, 4294967295u).status()));
}

TEST_F(NamespaceNamesPgTest, TheServerRefusesEachClashThatIsFound) {
  database_.Sql(
      "CREATE SCHEMA s; CREATE SCHEMA u; CREATE TABLE s.t (id int CONSTRAINT k PRIMARY KEY)");
  const char* takers[] = {"CREATE VIEW u.t AS SELECT 1",
                          "CREATE TYPE u.t AS ENUM ('a')",
                          "CREATE DOMAIN u.t AS int",
                          "CREATE SEQUENCE u.k",
                          "CREATE TABLE u.x (CONSTRAINT k UNIQUE (i), i int)",
                          "CREATE TABLE u.x (i int); CREATE INDEX t ON u.x (i)"};
  for (const char* taker : takers) {
    database_.Sql(taker);
    EXPECT_FALSE(FindClashes(NamesOf(connection_, Oid("s.t")).value(), "t",
                             ReadNames(connection_, "u").value())
                     .empty())
        << taker;
    EXPECT_FALSE(connection_.Run("ALTER TABLE s.t SET SCHEMA u").ok()) << taker;
    database_.Sql("DROP SCHEMA u CASCADE; CREATE SCHEMA u");
  }
  database_.Sql("CREATE TABLE u.x (i int CONSTRAINT k CHECK (i > 0)); CREATE TYPE u._t AS (a int)");
  EXPECT_THAT(FindClashes(NamesOf(connection_, Oid("s.t")).value(), "t",
                          ReadNames(connection_, "u").value()),
              IsEmpty());
  EXPECT_TRUE(connection_
                  .Run("BEGIN; ALTER TABLE s.t RENAME TO tmp_1; ALTER TABLE s.tmp_1 SET SCHEMA u;"
                       "ALTER TABLE u.tmp_1 RENAME TO t; COMMIT")
                  .ok());
}

TEST_F(NamespaceNamesPgTest, OwnersAndGranteesThatCannotUseTheNewSchema) {
  const std::string owner = MakeRole("owner"), reader = MakeRole("reader");
  const std::string writer = MakeRole("writer"), child = MakeRole("child");
  const std::string outsider = MakeRole("outsider"), chief = MakeRole("chief", "SUPERUSER");
  database_.Sql(
      "CREATE SCHEMA s; CREATE SCHEMA u; CREATE TABLE s.t (id int PRIMARY KEY, n int);"
      "CREATE TABLE s.c (id int REFERENCES s.t); ALTER TABLE s.t OWNER TO " +
      owner + "; ALTER TABLE s.c OWNER TO " + child + "; GRANT USAGE ON SCHEMA s TO " + owner +
      ", " + reader + ", " + writer + ", " + child + "; GRANT SELECT ON s.t TO " + reader + ", " +
      outsider + ", " + chief + "; GRANT UPDATE (n) ON s.t TO " + writer);
  EXPECT_THAT(Missing("s.t", "u"),
              ElementsAre("(" + child + ": owns s.c, which references it)",
                          owner + ": holds DELETE, holds INSERT, holds REFERENCES, holds SELECT, "
                                  "holds TRIGGER, holds TRUNCATE, holds UPDATE, owner",
                          reader + ": holds SELECT", writer + ": holds UPDATE on column n"));
  const auto first = ReadSchemaUsage(connection_, Oid("s.t"), "u").value()[2];
  EXPECT_EQ(first.remedy, "GRANT USAGE ON SCHEMA u TO " + reader);
  database_.Sql("GRANT USAGE ON SCHEMA u TO " + owner + ", " + child + ", " + writer + ";" +
                first.remedy);
  EXPECT_THAT(Missing("s.t", "u"), IsEmpty());
  EXPECT_EQ(Missing("s.t", "still to be made").size(), 4);
}

TEST_F(NamespaceNamesPgTest, MembersHaveWhatTheirGroupsHave) {
  const std::string group = MakeRole("group"), member = MakeRole("member");
  database_.Sql(
      "CREATE SCHEMA s; CREATE SCHEMA u; CREATE TABLE s.t (id int);"
      "GRANT " +
      group + " TO " + member + "; GRANT USAGE ON SCHEMA s TO " + member +
      "; GRANT SELECT ON s.t TO " + member);
  EXPECT_EQ(Missing("s.t", "u").size(), 1);
  database_.Sql("GRANT USAGE ON SCHEMA u TO " + group);
  EXPECT_THAT(Missing("s.t", "u"), IsEmpty());
}

TEST_F(NamespaceNamesPgTest, RightsOfPublicServeWhoeverReachesTheSchema) {
  const std::string reader = MakeRole("reader");
  database_.Sql(
      "CREATE SCHEMA s; CREATE SCHEMA u; CREATE TABLE s.t (id int);"
      "GRANT SELECT ON s.t TO PUBLIC; GRANT USAGE ON SCHEMA s TO " +
      reader);
  EXPECT_THAT(Missing("s.t", "u"), ElementsAre(reader + ": holds SELECT through PUBLIC"));
  database_.Sql("GRANT USAGE ON SCHEMA s TO PUBLIC");
  EXPECT_THAT(Missing("s.t", "u"),
              ElementsAre("PUBLIC: holds SELECT", reader + ": holds SELECT through PUBLIC"));
  database_.Sql("GRANT USAGE ON SCHEMA u TO PUBLIC");
  EXPECT_THAT(Missing("s.t", "u"), IsEmpty());
}

}  // namespace
}  // namespace regraft::catalog

#include "engine/base/deadline.h"
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace regraft {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kTypes =
    "CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE TYPE pair AS (m mood, n int);"
    "CREATE DOMAIN short AS varchar(9); CREATE TYPE span AS RANGE (subtype = float8);";
constexpr const char* kColumns =
    "(id int, m mood, ms mood[], p pair, ps pair[], s short, r span, c regclass, x xml, n numeric, "
    "t text, j jsonb, f float8, i interval, at timestamptz, y bytea, a aclitem, nothing int)";
constexpr const char* kRows =
    "INSERT INTO t SELECT g, 'ok', '{ok,bad}', '(bad,1)', ARRAY['(ok,2)'::pair], 'x' || g, "
    "'[1,2)', "
    "'pg_class', '<?xml version=\"1.0\" encoding=\"latin1\"?><a/>', g / 10.0, 'text ' || g, "
    "'{\"a\": 1.0}', g, '1 mon', '2024-03-31 01:30:00+00', '\\xdeadbeef', '=r/postgres', NULL "
    "FROM generate_series(1, 500) g";

class DigestVerb : public ::testing::Test {
 protected:
  static support::ProgramResult Run(const std::string& conninfo,
                                    std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"digest", "--dsn", conninfo});
    return support::RunProgram({.arguments = arguments});
  }
  support::ProgramResult Run(const std::vector<std::string>& arguments) {
    return Run(database_.conninfo(), arguments);
  }

  static std::string Digest(const std::string& conninfo, std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const support::ProgramResult result = Run(conninfo, arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    const json document = json::parse(result.output);
    return document["rows"].dump() + ":" + document["digest"].get<std::string>();
  }
  std::string Digest(const std::vector<std::string>& arguments) {
    return Digest(database_.conninfo(), arguments);
  }

  void CreateSample(support::TestDatabase* database) {
    database->Sql(std::string(kTypes) + "CREATE TABLE t " + kColumns + "; " + kRows);
  }

  support::TestDatabase database_;
};

TEST_F(DigestVerb, PrintsDigestRowsAndName) {
  database_.Sql("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)");
  const support::ProgramResult result = Run({"t"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, MatchesRegex("[0-9a-f]{32}  2 rows  public\\.t\n"));
  EXPECT_EQ(result.errors, "");
  const json document = json::parse(Run({"public.t", "--json"}).output);
  EXPECT_EQ(document["relation"], "public.t");
  EXPECT_EQ(document["rows"], 2);
  EXPECT_EQ(document["bytes"], 16);
  EXPECT_THAT(document["columns"], ElementsAre("id"));
  EXPECT_GT(document["seconds"], 0);
  EXPECT_TRUE(document["error"].is_null());
}

TEST_F(DigestVerb, IsEqualForEqualRowsInAnyDatabaseAndOrder) {
  CreateSample(&database_);
  support::TestDatabase other;
  other.Sql("CREATE TYPE earlier AS (x int); CREATE TYPE another AS (y int)");
  other.Sql(std::string(kTypes) + "CREATE TABLE t " + kColumns);
  other.Sql(
      "ALTER TABLE t ADD gone text DEFAULT 'x'; ALTER TABLE t DROP gone; ALTER TABLE t DROP "
      "nothing;"
      "ALTER TABLE t ADD nothing int");
  other.Sql(kRows);
  other.Sql("CREATE TABLE shuffled AS SELECT * FROM t ORDER BY md5(id::text)");
  const std::string digest = Digest({"t"});
  EXPECT_EQ(Digest(other.conninfo(), {"t"}), digest);
  EXPECT_EQ(Digest(other.conninfo(), {"shuffled", "--jobs", "1"}), digest);
}

TEST_F(DigestVerb, DiffersForEachKindOfDamage) {
  CreateSample(&database_);
  const std::string digest = Digest({"t"});
  const std::vector<std::string> damages = {
      "UPDATE t SET t = CASE id WHEN 1 THEN 'text 2' ELSE 'text 1' END WHERE id IN (1, 2)",
      "INSERT INTO t SELECT * FROM t WHERE id = 5",
      "DELETE FROM t WHERE id = 500",
      "UPDATE t SET y = set_bit(y, 3, 1 - get_bit(y, 3)) WHERE id = 77",
      "UPDATE t SET n = 0.10 WHERE id = 1",
      "UPDATE t SET n = 1.00 WHERE id = 10",
      "UPDATE t SET i = '30 days' WHERE id = 3",
      "UPDATE t SET f = '-0' WHERE id = 4; UPDATE t SET f = '0' WHERE id = 400",
      "UPDATE t SET t = NULL WHERE id = 6",
      "UPDATE t SET x = '<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>' WHERE id = 7",
      "UPDATE t SET c = 'pg_proc' WHERE id = 8",
      "UPDATE t SET a = '=rw/postgres' WHERE id = 8",
      "UPDATE t SET ps = ARRAY['(bad,2)'::pair] WHERE id = 9",
  };
  for (const std::string& damage : damages) {
    database_.Sql("CREATE TABLE kept AS TABLE t; " + damage);
    EXPECT_NE(Digest({"t"}), digest) << damage;
    database_.Sql("DROP TABLE t; ALTER TABLE kept RENAME TO t");
  }
  EXPECT_EQ(Digest({"t"}), digest);
}

TEST_F(DigestVerb, TellsWhatSqlTakesForEqual) {
  const auto of = [&](const std::string& value) {
    database_.Sql("DROP TABLE IF EXISTS v; CREATE TABLE v AS SELECT " + value + " AS c");
    return Digest({"v"});
  };
  EXPECT_NE(of("1.0"), of("1.00"));
  EXPECT_NE(of("'-0'::float8"), of("'0'::float8"));
  EXPECT_NE(of("interval '1 mon'"), of("interval '30 days'"));
  EXPECT_NE(of("NULL::text"), of("''::text"));
  EXPECT_NE(of("ROW(NULL, NULL)::record::text"), of("NULL::text"));
  EXPECT_EQ(of("'a'::varchar(5)"), of("'a'::text"));
}

TEST_F(DigestVerb, IsTheSameUnderHostileSettings) {
  CreateSample(&database_);
  const std::string digest = Digest({"t"});
  const std::string role = "regraft_test_hostile_" + std::to_string(getpid());
  database_.Sql("CREATE ROLE " + role + " LOGIN SUPERUSER");
  for (const char* setting :
       {"DateStyle = 'German, DMY'", "IntervalStyle = 'sql_standard'",
        "TimeZone = 'Asia/Kathmandu'", "extra_float_digits = -15", "bytea_output = 'escape'",
        "search_path = public", "default_transaction_isolation = 'serializable'",
        "statement_timeout = '1ms'", "xmloption = 'document'", "client_encoding = 'LATIN1'",
        "row_security = on", "max_parallel_workers_per_gather = 8"})
    database_.Sql("ALTER ROLE " + role + " SET " + setting);
  EXPECT_EQ(Digest(database_.conninfo() + " user=" + role, {"t"}), digest);
  database_.Sql("DROP ROLE " + role);
}

TEST_F(DigestVerb, ReadsOddNames) {
  database_.Sql(
      "CREATE SCHEMA \"Sales, \"\"new\"\"\"; CREATE TABLE \"Sales, \"\"new\"\"\".\"a.b;--\" "
      "(\"select\" int, \"x,\"\"y\" text, \"ünï\" int, plain int);"
      "INSERT INTO \"Sales, \"\"new\"\"\".\"a.b;--\" VALUES (1, 'a', 2, 3)");
  const std::string name = "\"Sales, \"\"new\"\"\".\"a.b;--\"";
  EXPECT_THAT(Digest({name}), HasSubstr("1:"));
  const support::ProgramResult result =
      Run({name, "--json", "--columns", "\"x,\"\"y\",select,\"ünï\",PLAIN"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(json::parse(result.output)["columns"],
              ElementsAre("x,\"y", "select", "ünï", "plain"));
}

TEST_F(DigestVerb, TakesColumnsInTheOrderListed) {
  database_.Sql(
      "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2);"
      "CREATE TABLE u (b int, a int); INSERT INTO u VALUES (2, 1)");
  EXPECT_NE(Digest({"t"}), Digest({"u"}));
  EXPECT_EQ(Digest({"t"}), Digest({"u", "--columns", "a,b"}));
}

TEST_F(DigestVerb, ReadsPartitionedTablesViewsAndMaterializedViews) {
  database_.Sql(
      "CREATE TABLE t (id int, v text); INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, "
      "100) g;"
      "CREATE TABLE p (id int, v text) PARTITION BY RANGE (id);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE p2 (v text, dropped int, id int); ALTER TABLE p2 DROP dropped;"
      "ALTER TABLE p ATTACH PARTITION p2 DEFAULT; INSERT INTO p SELECT * FROM t;"
      "CREATE TABLE bare (id int, v text) PARTITION BY HASH (id);"
      "CREATE VIEW seen AS TABLE t; CREATE MATERIALIZED VIEW kept AS TABLE t");
  const std::string digest = Digest({"t"});
  for (const char* relation : {"p", "seen", "kept"})
    EXPECT_EQ(Digest({relation}), digest) << relation;
  EXPECT_EQ(Digest({"bare"}), "0:00000000000000000000000000000000");
  EXPECT_EQ(Digest({"p", "--where", "id > 95"}), Digest({"t", "--where", "s.id > 95"}));
  EXPECT_EQ(Digest({"t", "--where", "false"}), "0:00000000000000000000000000000000");
}

TEST_F(DigestVerb, AsksWhetherInheritanceChildrenBelong) {
  database_.Sql(
      "CREATE TABLE parent (id int); CREATE TABLE child (more int) INHERITS (parent);"
      "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3);"
      "CREATE TABLE one (id int); INSERT INTO one VALUES (1);"
      "CREATE TABLE two (id int); INSERT INTO two VALUES (1), (2)");
  const support::ProgramResult refused = Run({"parent"});
  EXPECT_EQ(refused.exit_code, 78);
  EXPECT_THAT(refused.errors, HasSubstr("--children include"));
  EXPECT_EQ(Digest({"parent", "--children", "exclude"}), Digest({"one"}));
  EXPECT_EQ(Digest({"parent", "--children", "include"}), Digest({"two"}));
}

TEST_F(DigestVerb, RefusesXmlInsideOtherTypesNamingTheColumn) {
  database_.Sql("CREATE TABLE t (id int, docs xml[])");
  const support::ProgramResult result = Run({"t"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.errors, HasSubstr("\"docs\""));
  EXPECT_EQ(Run({"t", "--columns", "id"}).exit_code, 0);
}

TEST_F(DigestVerb, SaysWhatIsWrongAndWhatToTypeInstead) {
  database_.Sql("CREATE SCHEMA app; CREATE TABLE app.orders (id int, total numeric)");
  support::ProgramResult result = Run({"app.order"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.errors, HasSubstr("did you mean app.orders"));
  result = Run({"app.orders", "--where", "totl > 1", "--json"});
  EXPECT_EQ(result.exit_code, 78);
  const json error = json::parse(result.output)["error"];
  EXPECT_EQ(error["sqlstate"], "42703");
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("s.total"));
  result = Run({"app.orders", "--columns", "id,nix"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.errors, HasSubstr("\"nix\""));
  EXPECT_EQ(Run({"app.orders", "--columns", "id,id"}).exit_code, 78);
  EXPECT_EQ(Run({"a.b.c.d"}).exit_code, 78);
  EXPECT_EQ(Run({"app.orders", "--where", "true) TO STDOUT; DROP TABLE app.orders; --"}).exit_code,
            78);
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.orders')::text"), "app.orders");
  EXPECT_EQ(Run({"app.orders", "--jobs", "0"}).exit_code, 64);
  EXPECT_EQ(Run("host=/nonexistent", {"app.orders"}).exit_code, 1);
}

TEST_F(DigestVerb, FailsWithTheServersReasonWhenARowCannotBeRead) {
  database_.Sql(
      "CREATE TABLE t (id int); INSERT INTO t VALUES (0); CREATE VIEW v AS SELECT 1 / id AS c FROM "
      "t");
  const support::ProgramResult result = Run({"v", "--json"});
  EXPECT_EQ(result.exit_code, 1);
  const json document = json::parse(result.output);
  EXPECT_EQ(document["error"]["sqlstate"], "22012");
  EXPECT_TRUE(document["digest"].is_null());
  EXPECT_THAT(result.errors, HasSubstr("public.v"));
}

TEST_F(DigestVerb, StopsWhenInterrupted) {
  database_.Sql("CREATE VIEW slow AS SELECT 1 AS id FROM pg_sleep(600)");
  support::RunningProgram program =
      support::Start({.arguments = {"digest", "slow", "--dsn", database_.conninfo()}});
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  while (database_.Scalar("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND "
                          "datname = current_database()") == "0" &&
         !deadline.passed())
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  program.Kill(SIGINT);
  const auto result = program.Wait(deadline);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 130);
}

TEST_F(DigestVerb, HelpShowsAnExample) {
  const support::ProgramResult result = Run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("regraft digest app.orders"));
}

}  // namespace
}  // namespace regraft

#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace regraft {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class DiffVerb : public ::testing::Test {
 protected:
  support::ProgramResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "diff");
    return support::RunProgram(
        {.arguments = arguments, .environment = {{"DATABASE_URL", database_.conninfo()}}});
  }

  // Runs with --json; the exit code must be the one that the document implies.
  json Diff(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const support::ProgramResult result = Run(arguments);
    EXPECT_THAT(result.exit_code, ::testing::AnyOf(0, 2)) << result.errors;
    const json document = json::parse(result.output);
    EXPECT_EQ(result.exit_code == 0, document["differences"].empty());
    return document;
  }

  void CreatePair(const std::string& damage) {
    database_.Sql(
        "CREATE TABLE a (id int PRIMARY KEY, name text, amount numeric);"
        "INSERT INTO a SELECT g, 'name ' || g, g + 0.5 FROM generate_series(1, 1000) g;"
        "CREATE TABLE b (LIKE a); INSERT INTO b TABLE a; " +
        damage);
  }

  support::TestDatabase database_;
};

TEST_F(DiffVerb, SaysEqualAndExitsWithZero) {
  CreatePair("");
  const support::ProgramResult result = Run({"a", "b"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("a = public.a: 1000 rows; b = public.b: 1000 rows"));
  EXPECT_THAT(result.output, HasSubstr("by primary key (id)\nequal\n"));
  EXPECT_EQ(result.errors, "");
}

TEST_F(DiffVerb, NamesKeysColumnsValuesAndCauses) {
  CreatePair(
      "DELETE FROM b WHERE id = 1; INSERT INTO b VALUES (2000, NULL, NULL);"
      "UPDATE b SET amount = 17.50 WHERE id = 17; UPDATE b SET name = E'two\\nlines' WHERE id = 18;"
      "INSERT INTO b TABLE a OFFSET 40 LIMIT 1");
  const support::ProgramResult result = Run({"a", "b"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("only_in_a  id='1'\n"));
  EXPECT_THAT(result.output, HasSubstr("only_in_b  id='2000'\n"));
  EXPECT_THAT(result.output,
              HasSubstr("changed  id='17'\n    amount: '17.5' → '17.50'  (trailing zeros)\n"));
  EXPECT_THAT(result.output, HasSubstr("'two\\x0alines'"));
  EXPECT_THAT(result.output, HasSubstr("count_differs  id='41': 1 times in a, 2 in b"));
  EXPECT_THAT(
      result.output,
      HasSubstr("different: 1 only in a, 1 only in b, 2 changed, 1 a different number of times"));
}

TEST_F(DiffVerb, WritesOneDocument) {
  CreatePair("UPDATE b SET amount = 17.50 WHERE id = 17; DELETE FROM b WHERE id = 9");
  const json document = Diff({"a", "b"});
  EXPECT_EQ(document["a"], "public.a");
  EXPECT_EQ(document["b"], "public.b");
  EXPECT_EQ(document["rows_a"], 1000);
  EXPECT_EQ(document["rows_b"], 999);
  EXPECT_EQ(document["only_in_a"], 1);
  EXPECT_EQ(document["only_in_b"], 0);
  EXPECT_EQ(document["changed"], 1);
  EXPECT_TRUE(document["error"].is_null());
  json changed;
  for (const json& difference : document["differences"])
    if (difference["kind"] == "changed") changed = difference;
  EXPECT_EQ(changed["key"]["id"], "17");
  EXPECT_EQ(changed["columns"][0], json::parse(R"({"column": "amount", "a": "17.5", "b": "17.50",
                                                   "cause": "trailing zeros"})"));
}

TEST_F(DiffVerb, ShowsTwentyAndWritesAllKeysAsCsv) {
  CreatePair("UPDATE b SET name = 'x' WHERE id <= 50; DELETE FROM b WHERE id > 990");
  const std::string path = ::testing::TempDir() + "diff_keys_" + std::to_string(getpid()) + ".csv";
  const support::ProgramResult result = Run({"a", "b", "--diff-keys", path});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("… and 40 more\n"));
  std::stringstream csv;
  csv << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_THAT(csv.str(), StartsWith("kind,id,columns,causes\r\n"));
  EXPECT_THAT(csv.str(), HasSubstr("\r\nonly_in_a,1000,\"\",\"\"\r\n"));
  const std::string text = csv.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 61);
  std::filesystem::remove(path);
  EXPECT_EQ(Run({"a", "b", "--diff-keys", "/nonexistent/x.csv"}).exit_code, 78);
}

TEST_F(DiffVerb, CsvTellsNullFromEmptyAndQuotesTheRest) {
  database_.Sql(
      "CREATE TABLE a (\"k,\"\"1\" text, v int); CREATE TABLE b (LIKE a);"
      "INSERT INTO a VALUES (E'comma, \"quote\"\\r\\nline', 1), (NULL, 2), ('', 3), ('\\.', 4)");
  const std::string path = ::testing::TempDir() + "diff_odd_" + std::to_string(getpid()) + ".csv";
  EXPECT_EQ(Run({"a", "b", "--key", "\"k,\"\"1\"", "--diff-keys", path}).exit_code, 2);
  std::stringstream csv;
  csv << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_THAT(csv.str(), StartsWith("kind,\"k,\"\"1\",columns,causes\r\n"));
  EXPECT_THAT(csv.str(), HasSubstr("only_in_a,\"comma, \"\"quote\"\"\r\nline\",\"\",\"\"\r\n"));
  EXPECT_THAT(csv.str(), HasSubstr("only_in_a,,\"\",\"\"\r\n"));
  EXPECT_THAT(csv.str(), HasSubstr("only_in_a,\"\",\"\",\"\"\r\n"));
  EXPECT_THAT(csv.str(), HasSubstr("only_in_a,\"\\.\",\"\",\"\"\r\n"));
  std::filesystem::remove(path);
}

TEST_F(DiffVerb, RefusesRelationsOfDifferentStructure) {
  database_.Sql(
      "CREATE TABLE a (id int, v int, extra text); CREATE TABLE b (id int, v bigint, other text)");
  const auto refusal = [&](const std::string& ignored) {
    const support::ProgramResult result = Run({"a", "b", "--ignore", ignored});
    EXPECT_EQ(result.exit_code, 78);
    return result.errors;
  };
  EXPECT_THAT(refusal("v"), HasSubstr("\"extra\" is in public.a and not in public.b"));
  EXPECT_THAT(refusal("v,extra"), HasSubstr("\"other\" is in public.b and not in public.a"));
  EXPECT_THAT(refusal("extra,other"),
              HasSubstr("\"v\" is of type integer in public.a and bigint in public.b"));
  EXPECT_EQ(Run({"a", "b", "--ignore", "v,extra,other"}).exit_code, 0);
  EXPECT_EQ(Run({"a", "b", "--ignore", "nix"}).exit_code, 78);
  EXPECT_EQ(Run({"a", "nix"}).exit_code, 78);
}

TEST_F(DiffVerb, ComparesColumnsByNameAndTypesByImage) {
  database_.Sql(
      "CREATE DOMAIN short AS varchar(9);"
      "CREATE TABLE a (id int, n numeric(10,2), t short); INSERT INTO a VALUES (1, 2.00, 'x');"
      "CREATE TABLE b (t text, gone int, id int, n numeric); ALTER TABLE b DROP gone;"
      "INSERT INTO b VALUES ('x', 1, 2.00)");
  EXPECT_EQ(Run({"a", "b"}).exit_code, 0);
}

TEST_F(DiffVerb, ChoosesTheKey) {
  CreatePair("");
  EXPECT_THAT(Diff({"a", "b"})["key"], ElementsAre("id"));
  EXPECT_THAT(Diff({"b", "a"})["key"], ElementsAre());
  EXPECT_THAT(Diff({"a", "b", "--key", "name,id"})["key"], ElementsAre("name", "id"));
  EXPECT_THAT(Diff({"a", "b", "--ignore", "id"})["key"], ElementsAre());
  database_.Sql("CREATE UNIQUE INDEX b_name ON b (name)");
  EXPECT_THAT(Diff({"b", "a"})["key"], ElementsAre());  // name may be NULL
  database_.Sql("ALTER TABLE b ALTER name SET NOT NULL");
  EXPECT_THAT(Diff({"b", "a"})["key"], ElementsAre("name"));
  EXPECT_EQ(Run({"a", "b", "--key", "nix"}).exit_code, 78);
  EXPECT_EQ(Run({"a", "b", "--key", "id", "--ignore", "id"}).exit_code, 78);
}

TEST_F(DiffVerb, ComparesAcrossDatabases) {
  support::TestDatabase other;
  const std::string sample =
      "CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE TABLE t (id int PRIMARY KEY, m mood[], c "
      "regclass);"
      "INSERT INTO t VALUES (1, '{ok}', 't'), (2, NULL, 'pg_class')";
  other.Sql("CREATE TYPE unrelated AS (x int)");
  other.Sql(sample);
  database_.Sql(sample);
  const std::vector<std::string> arguments = {
      "t", "t", "--from", database_.conninfo(), "--to", other.conninfo()};
  EXPECT_EQ(Diff(arguments)["changed"], 0);
  other.Sql("UPDATE t SET c = 'pg_type' WHERE id = 1");
  const json document = Diff(arguments);
  EXPECT_EQ(document["changed"], 1);
  EXPECT_EQ(document["differences"][0]["columns"][0]["a"], "public.t");
  EXPECT_EQ(document["differences"][0]["columns"][0]["b"], "pg_type");
}

TEST_F(DiffVerb, AppliesTheConditionToBothSides) {
  CreatePair("UPDATE b SET name = 'x' WHERE id = 900");
  EXPECT_EQ(Diff({"a", "b", "--where", "id < 900"})["changed"], 0);
  EXPECT_EQ(Diff({"a", "b", "--where", "id >= 900"})["changed"], 1);
  const support::ProgramResult result = Run({"a", "b", "--where", "nix = 1", "--json"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_EQ(json::parse(result.output)["error"]["sqlstate"], "42703");
  EXPECT_TRUE(json::parse(result.output)["rows_a"].is_null());
}

TEST_F(DiffVerb, ReadsPartitionedTablesAndViews) {
  CreatePair(
      "CREATE TABLE p (id int, name text, amount numeric) PARTITION BY RANGE (id);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (300); CREATE TABLE p2 PARTITION OF p "
      "DEFAULT;"
      "INSERT INTO p TABLE a; CREATE VIEW v AS TABLE a;"
      "UPDATE p SET name = 'other' WHERE id = 5");
  for (const char* relation : {"p", "v"})
    EXPECT_EQ(Diff({"a", relation})["changed"], relation == std::string("p") ? 1 : 0);
  EXPECT_EQ(Diff({"v", "p", "--key", "id"})["differences"][0]["key"]["id"], "5");
}

TEST_F(DiffVerb, HelpShowsAnExample) {
  const support::ProgramResult result = Run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("regraft diff app.orders archive.orders"));
  EXPECT_EQ(Run({"a"}).exit_code, 64);
}

}  // namespace
}  // namespace regraft

// Columns whose types differ: cast if and only if nothing is lost for the values present.
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>

namespace regraft::support {
namespace {

using ::testing::HasSubstr;

// What a cast carries and what it must not carry, as literals of the type `from`.
struct Pair {
  const char* from;
  const char* to;
  std::vector<const char*> fitting;
  std::vector<const char*> lossy;
};

const std::vector<Pair>& Pairs() {
  static const std::vector<Pair> pairs = {
      {"int8", "int4", {"2147483647", "-2147483648"}, {"2147483648", "-9223372036854775808"}},
      {"int4", "int8", {"2147483647"}, {}},
      {"int4", "int2", {"32767"}, {"32768"}},
      {"int4", "bool", {"0", "1"}, {"2", "-1"}},
      {"int4", "numeric", {"-7"}, {}},
      {"int4", "numeric(5,2)", {"999", "-999"}, {"1000", "-2147483648"}},
      {"int8", "float8", {"9007199254740992"}, {"9007199254740993"}},
      {"int4", "float4", {"16777216"}, {"16777217"}},
      {"int4", "text", {"-7"}, {}},
      {"int4", "oid", {"2147483647", "-1"}, {}},
      {"int4", "app.posint", {"1"}, {"0"}},
      {"numeric",
       "numeric(10,2)",
       {"1.00", "-99999999.99", "NaN"},
       {"1.0", "1", "0.001", "1e8", "Infinity"}},
      {"numeric(10,2)", "numeric(12,4)", {"1.00"}, {}},
      {"numeric(10,2)", "numeric(5,1)", {"1.00", "1.50"}, {"1.05", "12345.00"}},
      {"numeric(10,2)", "numeric", {"1.00"}, {}},
      {"numeric", "int4", {"7", "-2147483648"}, {"7.0", "7.5", "NaN", "2147483648", "Infinity"}},
      {"numeric", "float8", {"0.1", "7"}, {"0.10", "12345678901234567890.1"}},
      {"numeric", "numeric(5,-2)", {"12300"}, {"12345", "9999950"}},
      {"float8", "numeric", {"0.1", "NaN", "Infinity", "123456"}, {"-0", "0.30000000000000004"}},
      {"float8", "float4", {"0.5", "-0", "NaN", "-Infinity"}, {"0.1", "1e300", "1e-300"}},
      {"float8", "int4", {"7", "-2147483648"}, {"0.5", "NaN", "Infinity", "2147483648", "-0"}},
      {"float4", "float8", {"0.1", "-0"}, {}},
      {"float8", "text", {"0.1", "-0", "NaN", "5e-324"}, {}},
      {"text", "varchar(3)", {"", "abc", "😀😀😀"}, {"abcd", "abc ", "    "}},
      {"varchar(5)", "varchar(3)", {"abc"}, {"abcd"}},
      {"varchar(3)", "varchar(5)", {"abc"}, {}},
      {"text", "char(3)", {"abc"}, {"ab ", "abcd"}},
      {"char(3)", "text", {"abc"}, {}},
      {"text",
       "name",
       {"abc"},
       {"1234567890123456789012345678901234567890123456789012345678901234"}},
      {"text", "int4", {"7", "-7"}, {"007", " 7", "+7", "7.0", "seven", ""}},
      {"text", "numeric", {"1.00", "NaN", "0.1"}, {"1e2", "01", ".5", "x"}},
      {"text", "numeric(4,1)", {"1.0"}, {"1.00", "1"}},
      {"text",
       "uuid",
       {"00000000-0000-0000-0000-00000000000a"},
       {"00000000-0000-0000-0000-00000000000A", "0000000000000000000000000000000a", "x"}},
      {"text", "bool", {"true", "false"}, {"t", "yes", "maybe"}},
      {"text",
       "date",
       {"2000-01-31", "infinity"},
       {"31.1.2000", "2000-1-31", "2000-02-30", "today"}},
      {"text",
       "timestamptz",
       {"2000-01-01 00:00:00+00"},
       {"2000-01-01", "2000-01-01 00:00:00+01", "now"}},
      {"text", "interval", {"1 mon", "01:00:00"}, {"30 days 0:00", "1 month"}},
      {"text", "bytea", {"\\x00ff"}, {"abc", "\\x00FF"}},
      {"text", "jsonb", {"{\"a\": 1}", "null"}, {"{\"a\":1}", "{\"a\": 1, \"a\": 2}", "x"}},
      {"text", "json", {"{\"a\":1, \"a\":2}", " 1"}, {"x", ""}},
      {"text", "xml", {"<a/>"}, {"<a>"}},
      {"text", "int[]", {"{1,NULL}", "[0:0]={1}"}, {"{1, 2}", "{a}"}},
      {"text", "inet", {"10.0.0.1/32", "10.0.0.0/8"}, {"10.0.0.1", "x"}},
      {"text", "app.mood", {"sad", "ok"}, {"SAD", "glum", " sad", ""}},
      {"varchar(9)", "app.mood", {"sad"}, {"glum"}},
      {"text", "app.sober", {"ok"}, {"sad", "glum"}},
      {"app.mood", "text", {"sad"}, {}},
      {"app.mood", "varchar(2)", {"ok"}, {"sad"}},
      {"app.mood", "app.humour", {"ok"}, {"sad"}},
      {"json",
       "jsonb",
       {"{\"a\": 1}", "null"},
       {"{\"a\":1}", "{\"a\": 1, \"a\": 1}", "\"\\u0041\""}},
      {"jsonb", "json", {"{\"a\": 1}", "null", "1.00"}, {}},
      {"jsonb", "text", {"{\"a\": 1}", "null"}, {}},
      {"timestamptz",
       "date",
       {"2000-01-01 00:00+00", "infinity"},
       {"2000-01-01 00:00+01", "2000-01-01 00:00:00.000001+00"}},
      {"timestamp", "date", {"2000-01-01", "0044-03-15 BC"}, {"2000-01-01 12:00"}},
      {"date", "timestamptz", {"2000-01-01", "-infinity"}, {"5874897-12-31"}},
      {"timestamp", "timestamptz", {"2021-03-28 02:30", "infinity"}, {}},
      {"timestamptz", "timestamp", {"2021-10-31 02:30+02"}, {}},
      {"timestamptz", "timestamptz(0)", {"2000-01-01 00:00+00"}, {"2000-01-01 00:00:00.5+00"}},
      {"time", "timetz", {"12:00"}, {}},
      {"timetz", "time", {"12:00+00"}, {"12:00+01"}},
      {"interval", "time", {"12:00"}, {"1 day", "25:00", "-1 hour"}},
      {"interval", "interval(0)", {"1 mon 00:00:01"}, {"00:00:00.5"}},
      {"interval", "interval year to month", {"1 year"}, {"1 day"}},
      {"inet", "cidr", {}, {"10.1.2.3/8"}},
      {"cidr", "inet", {"10.0.0.0/8"}, {}},
      {"bit(4)", "bit(8)", {"1010"}, {}},
      {"varbit", "bit(3)", {"101"}, {"1010", "10"}},
      {"varbit", "varbit(3)", {"10"}, {"1010"}},
      {"int8[]", "int4[]", {"{1,NULL}", "[0:0]={7}"}, {"{2147483648}"}},
      {"text[]", "varchar(2)[]", {"{ab,NULL}"}, {"{abc}"}},
      {"text", "tsvector", {"'a':1"}, {"a", "b a"}},
      {"polygon", "box", {"((0,0),(0,1),(1,1),(1,0))"}, {"((0,0),(1,1),(1,0))"}},
  };
  return pairs;
}

class Casts : public Copying {
 protected:
  Casts() {
    database_.Sql(
        "CREATE TYPE app.mood AS ENUM ('sad', 'ok'); CREATE TYPE app.humour AS ENUM ('ok', 'fine');"
        "CREATE DOMAIN app.posint AS int CHECK (value > 0);"
        "CREATE DOMAIN app.sober AS app.mood CHECK (value <> 'sad');"
        "CREATE TYPE app.plain AS (a int, b text); CREATE TYPE app.other AS (a int8, b "
        "varchar(2))");
  }

  static std::string Name(size_t pair) { return "\"the value " + std::to_string(pair) + "\""; }

  // For each of the pairs a column; rows 1 … with the fitting values, row 0 with NULL.
  void MakeTables(const std::vector<Pair>& pairs) {
    std::string source = "id int", target = "id int";
    size_t rows = 1;
    for (size_t i = 0; i < pairs.size(); ++i) {
      source += ", " + Name(i) + " " + pairs[i].from;
      target += ", " + Name(i) + " " + pairs[i].to;
      rows = std::max(rows, pairs[i].fitting.size());
    }
    database_.Sql("DROP TABLE IF EXISTS app.source, app.target; CREATE TABLE app.source (" +
                  source + "); CREATE TABLE app.target (" + target + ", origin text); " +
                  "INSERT INTO app.source SELECT generate_series(0, " + std::to_string(rows) + ")");
    for (size_t i = 0; i < pairs.size(); ++i)
      for (size_t row = 0; row < pairs[i].fitting.size(); ++row)
        Put(pairs[i], i, pairs[i].fitting[row], static_cast<int>(row) + 1);
  }

  void Put(const Pair& pair, size_t column, const std::string& value, int row) {
    database_.Sql("UPDATE app.source SET " + Name(column) + " = $zoo$" + value +
                  "$zoo$::" + pair.from + " WHERE id = " + std::to_string(row));
  }

  std::string TypeOf(const std::string& table, size_t column) {
    return database_.Scalar(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'app." + table +
        "'::regclass AND attnum = " + std::to_string(column + 2));
  }
};

TEST_F(Casts, ThatLoseNothingAreMade) {
  std::vector<Pair> pairs = Pairs();
  std::erase_if(pairs, [](const Pair& pair) { return pair.fitting.empty(); });
  MakeTables(pairs);
  const ProgramResult result = Copy();
  ExpectExit(0, result);
  EXPECT_EQ(Document(result)["verified"], true);
  ExpectExit(0, RunProgram({.arguments = {"verify", "--dsn", database_.conninfo()}}));
  for (size_t i = 0; i < pairs.size(); ++i) {
    SCOPED_TRACE(std::string(pairs[i].from) + " into " + pairs[i].to);
    const bool enums = std::string(pairs[i].to) == "app.humour";
    const std::string cast = enums ? "::text::" : "::";
    const std::string column = Name(i);
    EXPECT_EQ(database_.Scalar(
                  "SELECT count(*) FROM app.source s FULL JOIN app.target t USING (id) WHERE NOT "
                  "(ROW(t." +
                  column + ")::record *= ROW(s." + column + cast + pairs[i].to +
                  ")::record AND ROW(s." + column + ")::record *= ROW(t." + column + cast +
                  pairs[i].from + ")::record) OR s.ctid IS NULL OR t.ctid IS NULL"),
              "0");
  }
}

// One unfitting value in each column at a time: all of them must be named, and nothing be written.
TEST_F(Casts, ThatWouldLoseAValueAreRefusedNamingIt) {
  for (size_t nth = 0;; ++nth) {
    std::vector<Pair> pairs = Pairs();
    std::erase_if(pairs, [&](const Pair& pair) { return pair.lossy.size() <= nth; });
    if (pairs.empty()) break;
    MakeTables(pairs);
    for (size_t i = 0; i < pairs.size(); ++i) Put(pairs[i], i, pairs[i].lossy[nth], 0);
    const ProgramResult result = Copy();
    ExpectExit(78, result, "cannot be copied without loss");
    EXPECT_EQ(Document(result)["error"]["exit_code"], 78);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.run"), "0");
    for (size_t i = 0; i < pairs.size(); ++i) {
      const std::string columns = "column " + Name(i) + " (" + TypeOf("source", i) + ") into " +
                                  Name(i) + " (" + TypeOf("target", i) + ")";
      const size_t at = result.errors.find(columns);
      ASSERT_NE(at, std::string::npos) << columns << " with " << pairs[i].lossy[nth];
      const std::string complaint = result.errors.substr(at, result.errors.find("\n", at) - at);
      EXPECT_THAT(complaint, HasSubstr(database_.Scalar("SELECT format('%s', " + Name(i) +
                                                        ") FROM app.source WHERE id = 0")));
    }
  }
}

// The unfitting row is one of many, in the middle of them.
TEST_F(Casts, OneUnfittingValueAmongManyIsFoundAndNamed) {
  const auto refused = [&](const std::string& column, const std::string& bad) {
    SCOPED_TRACE(column);
    database_.Sql(
        "DROP TABLE IF EXISTS app.source, app.target; CREATE TABLE app.source AS SELECT "
        "g AS id, CASE g WHEN 15000 THEN '" +
        bad +
        "' ELSE g::text END AS value FROM "
        "generate_series(1, 20000) g; CREATE TABLE app.target (id int, value " +
        column + ", origin text)");
    const ProgramResult result = Copy();
    ExpectExit(78, result, bad);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.run"), "0");
  };
  refused("int", "007");        // casts, and comes back as another text
  refused("int", "seventeen");  // raises an error in the cast
  refused("varchar(5)", "too long");
}

TEST_F(Casts, ThatDoNotExistAreRefusedWithoutLookingAtValues) {
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"int", "date"},
                                                        {"bytea", "int"},
                                                        {"point", "int"},
                                                        {"int[]", "int"},
                                                        {"uuid", "int"},
                                                        {"int", "money"},
                                                        {"app.plain", "app.other"}}) {
    SCOPED_TRACE(from + " into " + to);
    database_.Sql("DROP TABLE IF EXISTS app.source, app.target; CREATE TABLE app.source (value " +
                  from + "); CREATE TABLE app.target (value " + to + ", origin text)");
    ExpectExit(78, Copy(), "PostgreSQL has no cast there and back");
  }
}

// The zones of the server, the database and the role must not matter, nor its other settings.
TEST_F(Casts, DoNotDependOnTheSettingsOfTheDatabase) {
  database_.Sql("ALTER DATABASE " + database_.name() +
                " SET TimeZone = 'America/New_York';"
                "ALTER DATABASE " +
                database_.name() +
                " SET DateStyle = 'SQL, DMY';"
                "ALTER DATABASE " +
                database_.name() +
                " SET IntervalStyle = 'sql_standard';"
                "ALTER DATABASE " +
                database_.name() +
                " SET extra_float_digits = -5;"
                "ALTER DATABASE " +
                database_.name() +
                " SET bytea_output = 'escape';"
                "SET TimeZone = UTC; SET DateStyle = ISO");
  database_.Sql(
      "CREATE TABLE app.source (a timestamptz, b date, c interval, d float8, e bytea, f "
      "timestamp); INSERT INTO app.source VALUES ('2021-07-01 00:00+00', '2021-02-01', "
      "'-1 mon 2 days', 0.30000000000000004, '\\x5c00', '2021-03-14 02:30');"
      "CREATE TABLE app.target (a date, b text, c text, d text, e text, f timestamptz, "
      "origin text)");
  ExpectExit(0, Copy(), "are read as UTC");
  EXPECT_EQ(database_.Rows("SELECT * FROM app.target"),
            (std::vector<std::vector<std::string>>{{"2021-07-01", "2021-02-01", "-1 mons +2 days",
                                                    "0.30000000000000004", "\\x5c00",
                                                    "2021-03-14 02:30:00+00", "x"}}));
}

}  // namespace
}  // namespace regraft::support

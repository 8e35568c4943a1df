// --set: one value for every row, of any type, and the discriminator ever after.
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <array>

namespace regraft::support {
namespace {

using ::testing::HasSubstr;

class Constants : public Copying {
 protected:
  Constants() {
    database_.Sql(
        "CREATE EXTENSION citext SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'it''s');"
        "CREATE DOMAIN app.code AS varchar(5) CHECK (value <> 'never');"
        "CREATE TYPE app.pair AS (a int, b app.mood);"
        "CREATE TABLE app.source (id int); INSERT INTO app.source SELECT generate_series(1, 100)");
  }

  void Target(const std::string& type) {
    database_.Sql(
        "DROP TABLE IF EXISTS app.target; CREATE TABLE app.target (id int, \"the origin\" " + type +
        ")");
  }

  ProgramResult CopyWith(const std::string& value, const Flags& flags = {}) {
    Invocation command = CopyCommand(flags);
    command.arguments[4] = "the origin=" + value;
    return RunProgram(command);
  }
};

struct Constant {
  const char* type;
  const char* value;
  const char* other;  // not the same, however alike
  const char* shown;
};

TEST_F(Constants, OfEachTypeAreWrittenVerifiedAndTakenBack) {
  const std::vector<Constant> constants = {
      {"int", "7", "-7", "7"},
      {"int", " 7 ", "8", "7"},
      {"numeric", "1.0", "2.0", "1.0"},
      {"numeric(5,2)", "1.0", "1.01", "1.00"},
      {"numeric", "NaN", "Infinity", "NaN"},
      {"float8", "-0", "1", "-0"},
      {"date", "2021-02-03", "infinity", "2021-02-03"},
      {"timestamptz", "2021-02-03 01:00+01", "-infinity", "2021-02-03 00:00:00+00"},
      {"interval", "1 mon", "31 days", "1 mon"},
      {"bool", "yes", "no", "t"},
      {"text", "it's \"quoted\" \\N $1", "it's", "it's \"quoted\" \\N $1"},
      {"text", "", " ", ""},
      {"text", "NULL", "null", "NULL"},
      {"varchar(5)", "a", "b", "a"},
      {"char(5)", "a", "b", "a    "},
      {"app.mood", "it's", "ok", "it's"},
      {"app.code", "abc", "abd", "abc"},
      {"app.pair", "(1,sad)", "(1,ok)", "(1,sad)"},
      {"app.mood[]", "[0:0]={sad}", "{sad}", "[0:0]={sad}"},
      {"app.citext", "ABC", "abc", "ABC"},
      {"int4range", "[1,2]", "[1,2)", "[1,3)"},
      {"uuid", "00000000-0000-0000-0000-00000000000A", "00000000-0000-0000-0000-00000000000B",
       "00000000-0000-0000-0000-00000000000a"},
      {"jsonb", "{\"a\" :1}", "{\"a\": 2}", "{\"a\": 1}"},
      {"inet", "10.0.0.1", "10.0.0.1/8", "10.0.0.1"},
      {"bytea", "\\x5c4e", "\\x", "\\x5c4e"},
      {"regclass", "app.source", "pg_class", "app.source"},
      // Without an equality, or with one that means something else.
      {"json", "{\"a\" :1}", "{\"a\":1}", "{\"a\" :1}"},
      {"xml", "<a/>", "<a />", "<a/>"},
      {"point", "(0,-0)", "(0,0)", "(0,-0)"},
      {"box", "(1,1),(0,0)", "(2,2),(1,1)", "(1,1),(0,0)"},
      {"path", "((0,0),(1,1))", "((5,5),(6,6))", "((0,0),(1,1))"},
      {"line", "{1,-1,0}", "{2,-2,0}", "{1,-1,0}"},
      {"circle", "<(0,0),1>", "<(9,9),1>", "<(0,0),1>"},
      {"json[]", "{null,1}", "{1}", "{NULL,1}"},
  };
  for (const Constant& constant : constants) {
    SCOPED_TRACE(std::string(constant.type) + ": " + constant.value);
    Target(constant.type);
    const ProgramResult result = CopyWith(constant.value);
    ExpectExit(0, result);
    EXPECT_EQ(Document(result)["verified"], true);
    ExpectExit(0, CopyWith(constant.other));  // is another's, and no clash
    EXPECT_EQ(Document(CopyWith(constant.value))["already_done"], true);
    ExpectExit(0, RunProgram({.arguments = {"verify", "--target", "app.target", "--dsn",
                                            database_.conninfo()}}));
    const std::string shown = std::string(constant.type) == "xml" ? "\"the origin\"::text"
                                                                  : "format('%s', \"the origin\")";
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE " + shown + " = $zoo$" +
                               constant.shown + "$zoo$"),
              "100");
    ExpectExit(0, CopyWith(constant.value, {"--discard"}));
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE " + shown + " <> $zoo$" +
                               constant.shown + "$zoo$"),
              "100");
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "100");
    ExpectExit(0, CopyWith(constant.other, {"--discard"}));
  }
}

// 1.0 and 1.00 are one discriminator: the rows of one could not be told from those of the other.
TEST_F(Constants, AnEqualValueInOtherWordsIsRefused) {
  for (const auto& [type, value, equal] :
       std::vector<std::array<std::string, 3>>{{"numeric", "1.0", "1.00"},
                                               {"float8", "0", "-0"},
                                               {"interval", "1 mon", "30 days"},
                                               {"char(5)", "a", "a "},
                                               {"int", "7", "007"}}) {
    SCOPED_TRACE(type);
    Target(type);
    database_.Sql("INSERT INTO app.target VALUES (0, '" + equal + "')");
    ExpectExit(78, CopyWith(value), "already holds 1 rows with the origin=" + value);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "1");
  }
}

TEST_F(Constants, WhatTheColumnDoesNotTakeIsRefusedNamingIt) {
  const auto refused = [&](const std::string& type, const std::string& value,
                           const std::string& words) {
    SCOPED_TRACE(type + ": " + value);
    Target(type);
    ExpectExit(78, CopyWith(value), words);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  };
  refused("int", "seven", "the value \"seven\" for column \"the origin\"");
  refused("int", "", "the value \"\" for column \"the origin\"");
  refused("app.mood", "glum", "the value \"glum\" for column \"the origin\"");
  refused("app.code", "never", "the value \"never\" for column \"the origin\"");
  refused("date", "2021-02-30", "the value \"2021-02-30\" for column \"the origin\"");
  refused("varchar(3)", "abcd", "too long or too precise");
  refused("app.code", "abcdef", "too long or too precise");
  refused("numeric(3,1)", "1.25", "too long or too precise");
  refused("timestamptz(0)", "2021-01-01 00:00:00.5+00", "too long or too precise");
  refused("bit(3)", "1010", "too long or too precise");
  refused("int GENERATED ALWAYS AS (id) STORED", "7", "is a generated column");
}

// Words that mean another value tomorrow would make every later look at these rows fail.
TEST_F(Constants, ThatDependOnTheClockAreWrittenAsTheirValue) {
  Target("date");
  ExpectExit(0, CopyWith("today"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE \"the origin\" >= "
                             "current_date - 1"),
            "100");
}

TEST_F(Constants, AreOneDiscriminatorTogether) {
  database_.Sql("CREATE TABLE app.target (id int, origin text, batch int)");
  const auto with_batch = [&](const std::string& batch) {
    return Copy({"--set", "batch=" + batch});
  };
  ExpectExit(0, with_batch("1"));
  ExpectExit(0, with_batch("2"));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(DISTINCT origin || batch, ' ') FROM app.target"),
            "x1 x2");
  ExpectExit(0, Copy({"--set", "batch=1", "--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE batch = 2"), "100");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "100");
}

TEST_F(Constants, ThatAreMisspelledAreRefused) {
  Target("text");
  const auto refused = [&](const std::string& set, const std::string& words) {
    Invocation command = CopyCommand();
    command.arguments[4] = set;
    ExpectExit(78, RunProgram(command), words);
  };
  refused("origin", "expected column=value");
  refused("=x", "expected column=value");
  refused("the orgin=x", "did you mean \"the origin\"?");
  refused("id=7", "id");
}

}  // namespace
}  // namespace regraft::support

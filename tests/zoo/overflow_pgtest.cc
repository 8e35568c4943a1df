// Every column of every type into one jsonb column, and back by plain SQL.
#include "tests/support/zoo.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ZooInTheOverflow : public Zoo {
 protected:
  ZooInTheOverflow() {
    database_.Sql(kZooTypes);
    other_.Sql("CREATE SCHEMA app; CREATE TABLE app.before ()");
  }

  ProgramResult CopyAcross() {
    return RunProgram(
        {.arguments = {"copy", "app.source", "app.target", "--set", "origin=x", "--overflow",
                       "rest", "--json", "--from", database_.conninfo(), "--to", other_.conninfo()},
         .environment = {{"DATABASE_URL", std::nullopt}}});
  }

  void ExpectProved(const ProgramResult& result, Here here = {}) {
    ExpectExit(0, result, "", here);
    EXPECT_EQ(Document(result, here)["verified"], true);
  }

  // The columns of which a value of app.source is not what the object's text gives back.
  std::vector<std::string> Lost() {
    std::vector<std::string> lost;
    for (const ZooColumn& column : Columns(Kept::kAll)) {
      const std::string name = std::string("\"") + column.name + "\"";
      const std::string text = std::string("(t.rest->>'") + column.name + "')";
      // Within a database, what names an object is kept by its number.
      const bool number = std::string(column.type).starts_with("reg") &&
                          std::string(column.type).find('[') == std::string::npos;
      const std::string back = text + (number ? "::oid::" : "::") + column.type;
      const std::string image = column.type == std::string("tsquery") ? "tsquerysend" : "";
      if (database_.Scalar("SELECT count(*) FROM app.source s JOIN app.target t USING (id) WHERE "
                           "NOT (ROW(" +
                           image + "(s." + name + "))::record *= ROW(" + image + "(" + back +
                           "))::record)") != "0")
        lost.emplace_back(column.name);
    }
    return lost;
  }

  TestDatabase other_;
};

TEST_F(ZooInTheOverflow, EveryValueComesBackFromItsText) {
  MakeZoo(&database_, Kept::kAll, 20);
  database_.Sql("CREATE TABLE app.target (id int, rest jsonb, origin text)");
  ExpectProved(Copy({"--overflow", "rest"}));
  ExpectExit(0, Verify(database_));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"),
            database_.Scalar("SELECT count(*) FROM app.source"));
  EXPECT_THAT(Lost(), IsEmpty());
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target, jsonb_each(rest) WHERE "
                             "jsonb_typeof(value) <> 'string'"),
            "0");

  for (const std::string column : {"numeric", "json", "interval", "mood", "\"char_n\"", "xml"}) {
    SCOPED_TRACE(column);
    database_.Sql("UPDATE app.target SET rest = rest - '" + column + "' WHERE rest ? '" + column +
                  "' AND id = (SELECT min(id) FROM app.target WHERE rest ? '" + column + "')");
  }
  EXPECT_THAT(Lost(), ::testing::SizeIs(5));
  ExpectExit(2, Verify(database_));
}

TEST_F(ZooInTheOverflow, EveryColumnWithoutAnyTypedHome) {
  MakeZoo(&database_, Kept::kAll, 2);
  database_.Sql("CREATE TABLE app.target (rest jsonb NOT NULL, origin text)");
  ExpectProved(Copy({"--overflow", "rest"}));
  ExpectExit(0, Verify(database_));
}

// A database that does not know the user's types keeps their values too.
TEST_F(ZooInTheOverflow, IntoADatabaseWithoutTheTypes) {
  MakeZoo(&database_, Kept::kAll, 2);
  other_.Sql("CREATE TABLE app.target (id int, rest jsonb, origin text)");
  ExpectProved(CopyAcross());
  ExpectExit(0, Verify(other_, {"--from", database_.conninfo()}));
  ExpectExit(0, Verify(other_));
  for (const ZooColumn& column : Columns(Kept::kAll))
    EXPECT_EQ(database_.Rows("SELECT id, " + ZooText(column) + " FROM app.source ORDER BY id"),
              other_.Rows(std::string("SELECT id, rest->>'") + column.name +
                          "' FROM app.target ORDER BY id"))
        << column.name;
}

// What each of the delicate values looks like, so that users can rely on it.
TEST_F(ZooInTheOverflow, ValuesAsTheyStandInTheObject) {
  database_.Sql(
      "CREATE TABLE app.source (id int, value text, number numeric, double float8, at timestamptz, "
      "document json, binary_document jsonb, pair app.pair, padded char(4), \"it's \"\"odd\"\"\" "
      "int);"
      "INSERT INTO app.source VALUES (1, 'null', '1.00', '-0', 'infinity', 'null', 'null', "
      "'(,,,)', 'a', 1), (2, '', 'NaN', '1e-320', '0001-01-01 00:00+00 BC', '{ \"a\":1,\"a\": 2 "
      "}', "
      "'{\"a\":null}', NULL, '', 2), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"
      "CREATE TABLE app.target (id int, rest jsonb, origin text)");
  ExpectProved(Copy({"--overflow", "rest"}));
  const auto holds = [&](int id, const std::string& object) {
    EXPECT_EQ(database_.Scalar("SELECT rest = '" + object +
                               "' FROM app.target WHERE id = " + std::to_string(id)),
              "t")
        << database_.Scalar("SELECT rest FROM app.target WHERE id = " + std::to_string(id));
  };
  holds(1, R"json({"value": "null", "number": "1.00", "double": "-0", "at": "infinity",
                   "document": "null", "binary_document": "null", "pair": "(,,,)",
                   "padded": "a   ", "it''s \"odd\"": "1"})json");
  holds(2, R"json({"value": "", "number": "NaN", "double": "1e-320",
                   "at": "0001-01-01 00:00:00+00 BC", "document": "{ \"a\":1,\"a\": 2 }",
                   "binary_document": "{\"a\": null}", "padded": "    ",
                   "it''s \"odd\"": "2"})json");
  EXPECT_EQ(database_.Scalar("SELECT rest FROM app.target WHERE id = 3"), kNull);
}

TEST_F(ZooInTheOverflow, AColumnThatForbidsNullGetsAnEmptyObject) {
  database_.Sql(
      "CREATE TABLE app.source (id int, value text); INSERT INTO app.source VALUES (1, "
      "NULL); CREATE TABLE app.target (id int, rest jsonb NOT NULL, origin text)");
  ExpectProved(Copy({"--overflow", "rest"}));
  EXPECT_EQ(database_.Scalar("SELECT rest FROM app.target"), "{}");
}

TEST_F(ZooInTheOverflow, IsRefusedWhereItCannotBe) {
  database_.Sql(
      "CREATE TABLE app.source (id int, value text, documents xml[]); CREATE TABLE "
      "app.target (id int, text_column text, rest jsonb, origin text)");
  ExpectExit(78, Copy({"--overflow", "text_column"}), "it must be jsonb");
  ExpectExit(78, Copy({"--overflow", "rset"}), "did you mean \"rest\"?");
  ExpectExit(78, Copy({"--overflow", "origin"}), "already gets its value elsewhere");
  ExpectExit(78, Copy({"--overflow", "rest"}), "\"documents\" of type xml[]");
  EXPECT_THAT(Copy().errors, HasSubstr("\"value\" (text) has no home"));
}

// A jsonb string ends at 256 MiB.
TEST_F(ZooInTheOverflow, AValueThatJsonbCannotHoldIsAnErrorAndNoLoss) {
  database_.Sql(
      "CREATE TABLE app.source (id int, value text); CREATE TABLE app.target (id int, rest jsonb, "
      "origin text); INSERT INTO app.source VALUES (1, repeat('x', 268435456))");
  ExpectExit(1, Copy({"--overflow", "rest", "--max-memory", "4GiB"}), "54000");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

}  // namespace
}  // namespace regraft::support

// --map: values in other words.
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Rows = std::vector<std::vector<std::string>>;

class ValueMaps : public Copying {
 protected:
  ValueMaps() {
    database_.Sql(
        "CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'it''s'); CREATE TABLE app.source (id int, "
        "word "
        "text); INSERT INTO app.source VALUES (1, 'a'), (2, 'b'), (3, 'b'), (4, NULL);"
        "CREATE TABLE app.target (id int, word text, kind text, origin text)");
  }

  void Target(const std::string& columns) {
    database_.Sql("DROP TABLE app.target; CREATE TABLE app.target (id int, " + columns +
                  ", origin text)");
  }

  // The copy is proved, at once and later, and `column` holds these values, NULL as (null).
  void ExpectMapped(const std::string& map, const std::string& column,
                    const std::vector<std::string>& values, Flags flags = {}, Here here = {}) {
    flags.insert(flags.end(), {"--map", map});
    const ProgramResult result = Copy(flags);
    ExpectExit(0, result, "", here);
    EXPECT_EQ(Document(result, here)["verified"], true);
    ExpectExit(0, RunProgram({.arguments = {"verify", "--dsn", database_.conninfo()}}), "", here);
    std::vector<std::string> found;
    for (const auto& row : database_.Rows("SELECT " + column + " FROM app.target ORDER BY id"))
      found.push_back(row[0]);
    EXPECT_EQ(found, values);
  }

  void ExpectRefused(const std::string& map, const std::string& words, Flags flags = {},
                     Here here = {}) {
    flags.insert(flags.end(), {"--map", map});
    const ProgramResult result = Copy(flags);
    ExpectExit(78, result, words, here);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  }
};

TEST_F(ValueMaps, TranslateAndKeepNull) {
  ExpectMapped(R"(kind=word:{"a":"x","b":"it's \"\\"})", "kind",
               {"x", "it's \"\\", "it's \"\\", "(null)"});
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.source s JOIN app.target t USING (id) WHERE "
                             "s.word IS DISTINCT FROM t.word"),
            "0");
}

TEST_F(ValueMaps, AStarTakesEveryOtherValueButNotNull) {
  ExpectMapped(R"(kind=word:{"a":"x","*":"other"})", "kind", {"x", "other", "other", "(null)"});
}

TEST_F(ValueMaps, NullHasAKeyOfItsOwn) {
  ExpectMapped(R"(kind=word:{"a":"x","*":"other","\\N":"none"})", "kind",
               {"x", "other", "other", "none"});
}

TEST_F(ValueMaps, AValueCanBecomeNull) {
  ExpectMapped(R"(kind=word:{"a":null,"b":"x","\\N":"none"})", "kind",
               {"(null)", "x", "x", "none"});
}

TEST_F(ValueMaps, AValueWithoutEntryIsRefusedNamingIt) {
  ExpectRefused(R"(kind=word:{"a":"x"})", "has no entry (and no \"*\") in 2 rows, such as b");
  database_.Sql("INSERT INTO app.source VALUES (5, ''), (6, 'A')");
  ExpectRefused(R"(kind=word:{"a":"x","b":"y","A":"z"})", "in 1 rows");
  ExpectMapped(R"(kind=word:{"a":"x","b":"y","":"z","A":"A"})", "kind",
               {"x", "y", "y", "(null)", "z", "A"});
}

TEST_F(ValueMaps, TheKeyOfAStarIsNoValue) {
  database_.Sql("INSERT INTO app.source VALUES (5, '*'), (6, '\\N')");
  ExpectMapped(R"(kind=word:{"*":"other","\\N":"none"})", "kind",
               {"other", "other", "other", "none", "other", "other"});
}

// The map is the only home: the original must come back from the result.
TEST_F(ValueMaps, AnInjectiveMapIsAHome) {
  Target("kind text");
  ExpectMapped(R"(kind=word:{"a":"x","b":"y"})", "kind", {"x", "y", "y", "(null)"});
  database_.Sql("UPDATE app.target SET kind = 'x' WHERE id = 2");
  ExpectExit(2, RunProgram({.arguments = {"verify", "--dsn", database_.conninfo()}}));
}

TEST_F(ValueMaps, AnInjectiveMapOfNullIsAHome) {
  Target("kind text NOT NULL");
  ExpectMapped(R"(kind=word:{"a":"x","b":"y","\\N":"none"})", "kind", {"x", "y", "y", "none"});
}

TEST_F(ValueMaps, AMapThatIsNotInjectiveIsNoHome) {
  Target("kind text, rest jsonb");
  const std::string same = R"(kind=word:{"a":"x","b":"x"})";
  ExpectRefused(same, "gives one value for two");
  ExpectRefused(R"(kind=word:{"a":"x","*":"y"})", "has a \"*\"");
  ExpectRefused(R"(kind=word:{"a":null,"b":"y"})", "gives one value for two");
  ExpectRefused(R"(kind=word:{"a":"x","b":"y","\\N":"x"})", "gives one value for two");
  ExpectMapped(same, "kind || coalesce(rest->>'word', '-')", {"xa", "xb", "xb", "(null)"},
               {"--overflow", "rest"});
}

// Different words, one value: of an integer, of citext's equal, of a padded column.
TEST_F(ValueMaps, WhetherTwoResultsAreOneIsForTheTargetsTypeToSay) {
  Target("kind int");
  ExpectRefused(R"(kind=word:{"a":"1","b":"01"})", "gives one value for two");
  Target("kind char(3)");
  ExpectRefused(R"(kind=word:{"a":"x","b":"x "})", "gives one value for two");
  Target("kind numeric");
  ExpectMapped(R"(kind=word:{"a":"1.0","b":"1.00"})", "kind", {"1.0", "1.00", "1.00", "(null)"});
}

TEST_F(ValueMaps, IntoEveryKindOfType) {
  const auto into = [&](const std::string& type, const std::string& a, const std::string& b,
                        const std::string& shown_a, const std::string& shown_b) {
    SCOPED_TRACE(type);
    Target("kind " + type);
    const nlohmann::json map = {{"a", a}, {"b", b}};
    ExpectMapped("kind=word:" + map.dump(), "kind", {shown_a, shown_b, shown_b, "(null)"});
  };
  into("int", "1", " -2 ", "1", "-2");
  into("app.mood", "it's", "ok", "it's", "ok");
  into("date", "2021-02-03", "infinity", "2021-02-03", "infinity");
  into("numeric(5,2)", "1", "2.00", "1.00", "2.00");
  into("bool", "yes", "no", "t", "f");
  into("json", "{\"a\" :1}", "null", "{\"a\" :1}", "null");
  into("jsonb", "{\"a\" :1}", "null", "{\"a\": 1}", "null");
  into("int[]", "{1,NULL}", "[0:0]={7}", "{1,NULL}", "[0:0]={7}");
  into("point", "(0,-0)", "(-0,0)", "(0,-0)", "(-0,0)");
  into("xml", "<a/>", "<b/>", "<a/>", "<b/>");
  into("bytea", "\\x00", "\\x5c4e", "\\x00", "\\x5c4e");
  into("char(3)", "x", "y", "x  ", "y  ");
}

TEST_F(ValueMaps, FromEveryKindOfType) {
  const auto from = [&](const std::string& type, const std::string& a, const std::string& b,
                        const std::string& key_a, const std::string& key_b) {
    SCOPED_TRACE(type);
    database_.Sql("DROP TABLE app.source; CREATE TABLE app.source (id int, word " + type +
                  "); INSERT INTO app.source VALUES (1, '" + a + "'), (2, '" + b + "'), (3, NULL)");
    Target("kind text");
    const nlohmann::json map = {{key_a, "x"}, {key_b, "y"}};
    ExpectMapped("kind=word:" + map.dump(), "kind", {"x", "y", "(null)"});
  };
  from("int", "1", "-2", "1", "-2");
  from("app.mood", "it''s", "ok", "it's", "ok");
  from("timestamptz", "2021-02-03 01:00+01", "infinity", "2021-02-03 00:00:00+00", "infinity");
  from("numeric", "1.0", "1.00", "1.0", "1.00");
  from("bool", "yes", "no", "t", "f");
  from("char(3)", "x", "", "x  ", "   ");
  from("float8", "-0", "0", "-0", "0");
  from("json", "{\"a\" :1}", "null", "{\"a\" :1}", "null");
  from("point", "(0,-0)", "(-0,0)", "(0,-0)", "(-0,0)");
  from("xml", "<a/>", "<b/>", "<a/>", "<b/>");
  from("bytea", "\\x00", "", "\\x00", "\\x");
}

TEST_F(ValueMaps, AResultThatTheTypeDoesNotTakeIsRefusedNamingIt) {
  Target("word text, kind int");
  ExpectRefused(R"(kind=word:{"a":"1","b":"two"})", "the value \"two\" for column \"kind\"");
  Target("word text, kind app.mood");
  ExpectRefused(R"(kind=word:{"a":"sad","*":"glum"})", "the value \"glum\" for column \"kind\"");
  Target("word text, kind varchar(3)");
  ExpectRefused(R"(kind=word:{"a":"abcd","b":"x"})", "too long or too precise");
  Target("word text, kind numeric(3,1)");
  ExpectRefused(R"(kind=word:{"a":"1.25","b":"1"})", "too long or too precise");
  Target("word text, kind text NOT NULL");
  ExpectRefused(R"(kind=word:{"a":"x","b":"y"})", "kind");
}

TEST_F(ValueMaps, ThatAreNotFlatJsonObjectsAreRefusedWithAReason) {
  ExpectRefused(R"(kind=word:{"a":"x")", "not a JSON object with entries");
  ExpectRefused(R"(kind=word:{'a':'x'})", "not a JSON object with entries");
  ExpectRefused(R"(kind=word:{})", "not a JSON object with entries");
  ExpectRefused(R"(kind=word:["a"])", "expected target=source:");
  ExpectRefused(R"(kind=word)", "expected target=source:");
  ExpectRefused(R"(kind:{"a":"x"})", "expected target=source:");
  ExpectRefused(R"(=word:{"a":"x"})", "expected target=source:");
  ExpectRefused(R"(kind=:{"a":"x"})", "expected target=source:");
  ExpectRefused(R"(kind=word:{"a":1})", "must be a JSON string or null, not 1");
  ExpectRefused(R"(kind=word:{"a":{"b":"x"}})", "must be a JSON string or null");
  ExpectRefused(R"(kind=word:{"a":"x","\\N":null,"*":null})", "must be a string");
  ExpectRefused(R"(kind=word:{"a":"x","b":"y","a":"z"})", "the key \"a\" is there twice");
  ExpectRefused(R"(kind=word:{"*":"x","*":"z"})", "the key \"*\" is there twice");
}

TEST_F(ValueMaps, OfColumnsThatAreNotThereAreRefused) {
  ExpectRefused(R"(knd=word:{"*":"x"})", "did you mean \"kind\"?");
  ExpectRefused(R"(kind=wrd:{"*":"x"})", "did you mean \"word\"?");
  ExpectRefused(R"(origin=word:{"*":"x"})", "already gets its value elsewhere");
}

TEST_F(ValueMaps, TwoMapsOfOneColumnAndAMapOfTheColumnsOwnName) {
  database_.Sql(
      "DROP TABLE app.target; CREATE TABLE app.target (id int, word text, kind int, "
      "origin text)");
  ExpectMapped(R"(word=word:{"a":"A","b":"B"})", "word || kind", {"A1", "B2", "B2", "(null)"},
               {"--map", R"(kind=word:{"a":"1","b":"2"})"});
}

TEST_F(ValueMaps, OddNames) {
  database_.Sql(
      "ALTER TABLE app.source RENAME word TO \"w:{\"\"o=r'd\"; ALTER TABLE app.target "
      "RENAME kind TO \"k:i n'd\"; ALTER TABLE app.target DROP word");
  ExpectMapped(R"(k:i n'd=w:{"o=r'd:{"a":"x","b":"y"})", "\"k:i n'd\"", {"x", "y", "y", "(null)"});
}

// 1.2 MB of binary rows: many slabs, each mapped on whatever thread.
TEST_F(ValueMaps, OfManyRows) {
  database_.Sql(
      "TRUNCATE app.source; INSERT INTO app.source SELECT g, chr(97 + g % 26) || "
      "repeat('-', g % 40) FROM generate_series(1, 40000) g");
  nlohmann::json map;
  for (int letter = 0; letter < 26; ++letter)
    for (int dashes = 0; dashes < 40; ++dashes)
      map[std::string(1, static_cast<char>('a' + letter)) +
          std::string(static_cast<size_t>(dashes), '-')] =
          std::string(1, static_cast<char>('A' + letter)) + std::to_string(dashes);
  Target("kind text");
  const ProgramResult result =
      Copy({"--map", "kind=word:" + map.dump(), "--chunk-bytes", "128KiB"});
  ExpectExit(0, result);
  EXPECT_EQ(Document(result)["verified"], true);
  EXPECT_EQ(
      database_.Scalar("SELECT count(*) FROM app.target t FULL JOIN app.source s USING (id) "
                       "WHERE kind IS DISTINCT FROM upper(left(word, 1)) || length(word) - 1"),
      "0");
}

}  // namespace
}  // namespace regraft::support

// Property: whatever the table and the mapping, forward then inverse is the identity, or the plan
// is refused. The forward image is made and turned back by plain SQL of the saved plan, and
// compared by record_image_eq, not by our digests.

#include "tests/resolution/resolving.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

#include <cstdlib>
#include <random>

namespace regraft::resolution {
namespace {

// A type, other types that some of its values fit, and values: NULL, ordinary, and the odd ones.
struct Kind {
  std::string type;
  std::vector<std::string> homes;
  std::vector<std::string> values;
};

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kKinds = {
      {"integer", {"bigint", "numeric", "smallint", "text"}, {"1", "-7", "40000", "2147483647"}},
      {"numeric",
       {"numeric(8,3)", "double precision", "text", "integer"},
       {"1.000", "1.0", "0.125", "99999.5", "'NaN'", "'Infinity'"}},
      {"double precision", {"numeric", "real", "text"}, {"1.5", "-0.0", "0.1", "'NaN'", "1e300"}},
      {"text",
       {"varchar(5)", "char(5)", "bytea", "integer"},
       {"''", "'a'", "' b '", "'42'", "'longer than five'", "E'q\\'\\\\\\n'"}},
      {"varchar(10)", {"text", "varchar(4)", "varchar(10)"}, {"'x'", "'trail  '", "'tenletters'"}},
      {"timestamp",
       {"timestamptz", "date", "text", "timestamp(0)"},
       {"'2026-03-29 02:30'", "'2026-01-01 12:00:00.5'", "'infinity'", "'4713-01-01 BC'",
        "'2026-10-25 02:30'"}},
      {"timestamptz",
       {"timestamp", "text", "date"},
       {"'2026-01-01 00:00+00'", "'-infinity'", "'2026-06-01 12:00:00.25+02'"}},
      {"date", {"timestamp", "text"}, {"'2026-02-28'", "'infinity'", "'0044-03-15 BC'"}},
      {"interval", {"text", "interval(0)"}, {"'1 mon'", "'30 days'", "'1.5 s'", "'-1 day 25:00'"}},
      {"boolean", {"text", "integer"}, {"true", "false"}},
      {"jsonb", {"json", "text"}, {"'null'", "'{\"a\": 1.50}'", "'[]'", "'\"\\\"\"'"}},
      {"json", {"jsonb", "text"}, {"'null'", "' {\"a\":1,  \"a\":2}'", "'1.50'"}},
      {"bytea", {"text"}, {"''", "'\\x00ff5c27'"}},
      {"text[]", {"text", "varchar(3)[]"}, {"'{}'", "'{a,NULL,\"b c\"}'", "'[2:3]={x,y}'"}},
      {"int4range", {"text"}, {"'empty'", "'[1,5)'", "'(,)'"}},
      {"uuid", {"text", "bytea"}, {"'00000000-0000-0000-0000-00000000000f'"}},
      {"inet", {"cidr", "text"}, {"'10.0.0.1'", "'10.0.0.0/8'", "'::1/128'"}},
      {"bit varying(6)", {"bit varying", "bit(6)", "text"}, {"B''", "B'101'", "B'111111'"}},
      {"app.mood", {"text", "app.feeling"}, {"'sad'", "'odd ''label'"}},
      {"app.pair", {"text"}, {"ROW(1, NULL)", "ROW(NULL, '')", "ROW(NULL, NULL)"}}};
  return kKinds;
}

class RoundTrip : public Resolving {
 protected:
  RoundTrip() {
    const char* seed = std::getenv("TEST_SEED");
    seed_ = seed != nullptr ? static_cast<unsigned>(std::atoi(seed)) : std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed_));
    random_.seed(seed_);
    database_.Sql(
        "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'odd ''label');"
        "CREATE TYPE app.feeling AS ENUM ('odd ''label', 'glad');"
        "CREATE TYPE app.pair AS (a int, b text)");
  }

  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  bool Chance(int percent) { return Below(100) < static_cast<size_t>(percent); }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

  // Makes app.source with its rows and app.target, and returns the action that merges them.
  std::string MakeCase() {
    std::vector<std::string> source = {"id int PRIMARY KEY"}, target = {"id int"};
    std::vector<std::string> columns, zones;
    std::vector<const Kind*> kinds;
    const size_t count = 1 + Below(6);
    for (size_t i = 0; i < count; ++i) {
      kinds.push_back(&Pick(Kinds()));
      const std::string name = absl::StrCat("\"c ", i, "\"");
      source.push_back(absl::StrCat(name, " ", kinds[i]->type));
      PlaceColumn(i, *kinds[i], &target, &columns, &zones);
    }
    target.push_back("origin text, rest jsonb");
    database_.Sql(
        absl::StrCat("DROP TABLE IF EXISTS app.source, app.target, app.image; CREATE TABLE "
                     "app.source (",
                     absl::StrJoin(source, ", "), "); CREATE TABLE app.target (",
                     absl::StrJoin(target, ", "), ")"));
    for (size_t row = 0; row < 4; ++row) InsertRow(row, kinds);
    return absl::StrCat(
        "- {merge: app.source, into: app.target, id: M, set: {origin: x}, allow: "
        "[narrowing-cast], overflow: rest, columns: {",
        absl::StrJoin(columns, ", "), "}, zones: {", absl::StrJoin(zones, ", "), "}}\n");
  }

  void PlaceColumn(size_t i, const Kind& kind, std::vector<std::string>* target,
                   std::vector<std::string>* columns, std::vector<std::string>* zones) {
    const std::string name = absl::StrCat("\"c ", i, "\"");
    if (Chance(25)) return columns->push_back(absl::StrCat(name, ": ''"));  // overflow
    const std::string home = Chance(50) ? absl::StrCat("\"h ", i, "\"") : name;
    if (home != name) columns->push_back(absl::StrCat(name, ": ", home));
    const std::string type = Chance(50) ? kind.type : Pick(kind.homes);
    target->push_back(absl::StrCat(home, " ", type));
    if (kind.type == "timestamp" && type == "timestamptz")
      zones->push_back(absl::StrCat(name, ": ", Chance(50) ? "UTC" : "Europe/Berlin"));
  }

  void InsertRow(size_t row, const std::vector<const Kind*>& kinds) {
    std::vector<std::string> values = {absl::StrCat(row)};
    for (const Kind* kind : kinds) values.push_back(Chance(20) ? "NULL" : Pick(kind->values));
    database_.Sql(
        absl::StrCat("INSERT INTO app.source VALUES (", absl::StrJoin(values, ", "), ")"));
  }

  // Rows that forward and inverse do not give back.
  std::string CountLost(const saved_plan::SavedAction& action) {
    const size_t from = action.inverse.rfind(" FROM ");
    database_.Sql("SET TimeZone = 'UTC'; CREATE TABLE app.image AS " + action.forward);
    return database_.Scalar(absl::StrCat(
        "SELECT count(*) FROM app.source o FULL JOIN (", action.inverse.substr(0, from),
        " FROM app.image AS s) AS r ON r.id = o.id WHERE o.id IS NULL OR r.id IS NULL OR ",
        "NOT record_image_eq(ROW(o.*), ROW(r.*))"));
  }

  unsigned seed_ = 0;
  std::mt19937 random_;
};

TEST_F(RoundTrip, ForwardThenInverseIsTheIdentityOrThePlanIsRefused) {
  constexpr int kCases = 120;
  int accepted = 0, refused = 0;
  for (int i = 0; i < kCases; ++i) {
    const std::string action = MakeCase();
    SCOPED_TRACE(absl::StrCat("TEST_SEED=", seed_, " case ", i, ": ", action));
    const auto plan = Resolve(action, "", {.prove_mapping = true});
    const std::vector<std::string> refusals = Refusals(plan);
    // The proof is the net below the analysis: nothing must fall into it.
    EXPECT_THAT(refusals, ::testing::Each(::testing::Not(::testing::HasSubstr("not-invertible"))));
    if (!refusals.empty()) {
      ++refused;
      continue;
    }
    ++accepted;
    EXPECT_TRUE(Find(plan, "M").proved);
    EXPECT_EQ(CountLost(Find(plan, "M")), "0");
    if (HasFailure()) break;
  }
  EXPECT_GT(accepted, kCases / 8);
  EXPECT_GT(refused, kCases / 8);
}

}  // namespace
}  // namespace regraft::resolution

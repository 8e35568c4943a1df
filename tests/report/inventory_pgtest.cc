#include "tests/report/reporting.h"

#include <map>
#include <utility>

namespace regraft::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Inventory : public Reporting {
 protected:
  Json Columns(const Words& more = {}) {
    Words words = {"report", "--columns", directory_ + "/c.json"};
    words.insert(words.end(), more.begin(), more.end());
    Expect(0, "", Run(words));
    return Json::parse(Read("c.json"));
  }
  static Json Of(const Json& columns, const std::string& table, const std::string& column) {
    for (const Json& one : columns)
      if (one["table"] == table && one["column"] == column) return one;
    ADD_FAILURE() << "no column " << column << " of " << table;
    return {};
  }
  static constexpr const char* kSource = R"(archive."K\l <b>_<script>alert(""1"")</script>")";
  static constexpr const char* kTarget = R"("K\l <b>"."Ord|ers")";
};

TEST_F(Inventory, HasEachColumnOfEachTouchedTableOnce) {
  ApplyAll();
  std::map<std::pair<std::string, std::string>, int> seen;
  for (const Json& column : Columns())
    ++seen[{column["table"].get<std::string>() + " " + column["column"].get<std::string>(),
            column["type"].get<std::string>() + " " + column["position"].dump()}];
  const auto rows = database_.Rows(
      "SELECT format('%I.%I %s', table_schema, table_name, column_name), "
      "format_type(format('%I.%I', udt_schema, udt_name)::regtype, NULL) || ' ' || "
      "ordinal_position FROM information_schema.columns WHERE table_schema !~ "
      "'^(pg_|information_schema|regraft)'");
  EXPECT_EQ(seen.size(), rows.size());
  for (const auto& row : rows) EXPECT_EQ((seen[{row[0], row[1]}]), 1) << row[0] << " " << row[1];
}

TEST_F(Inventory, SaysWhereAColumnCameFromAndWhereItLives) {
  ApplyAll();
  const Json columns = Columns();
  const Json id = Of(columns, kSource, "id");
  EXPECT_EQ(id["origin"], "was there");
  EXPECT_EQ(id["table_before"], R"("K\l <b>"."<script>alert(""1"")</script>")");
  EXPECT_EQ(id["homes"][0]["kind"], "column");
  EXPECT_EQ(id["homes"][0]["table"], kTarget);
  EXPECT_EQ(id["homes"][0]["column"], "id");
  EXPECT_EQ(id["discriminators"].dump(), R"(["origin=old"])");
  const Json extra = Of(columns, kSource, "+extra");
  EXPECT_EQ(extra["homes"][0]["kind"], "overflow");
  EXPECT_EQ(extra["homes"][0]["column"], "rest");
  EXPECT_EQ(extra["homes"][0]["key"], "+extra");
  EXPECT_EQ(database_.Scalar(std::string("SELECT count(*) FROM ") + kTarget +
                             " AS s WHERE s.id = 77 AND " +
                             extra["homes"][0]["inverse"].get<std::string>() + " = 7.7"),
            "1");
  const Json rest = Of(columns, kTarget, "rest");
  EXPECT_EQ(rest["origin"], "added by the plan");
  EXPECT_EQ(rest["overflow_keys"].dump(),
            Json(Json::parse(database_.Scalar(std::string("SELECT json_agg(DISTINCT k) FROM ") +
                                              kTarget + ", jsonb_object_keys(rest) AS k")))
                .dump());
  EXPECT_EQ(rest["feeds"][0]["column"], "+extra");
  EXPECT_EQ(Of(columns, kTarget, "kind")["feeds"][0]["kind"], "filled");
  EXPECT_EQ(Of(columns, kTarget, "kind")["feeds"][0]["column"], "'-1'");
  EXPECT_EQ(Of(columns, kTarget, "origin")["discriminators"].dump(), R"(["origin=old"])");
  EXPECT_EQ(Of(columns, "app.\"+rest|\"", "=note")["feeds"][0]["kind"], "set aside");
  EXPECT_EQ(Of(columns, "archive.app_sidecar", "hobby")["homes"][0]["key"], "hobby");
  EXPECT_EQ(Of(columns, "app.people", "side")["origin"], "added by the plan");
  EXPECT_EQ(Of(columns, "app.log", "log_id")["origin"], "added by the plan");
  EXPECT_TRUE(Of(columns, "app2.moved", "a integer")["homes"].empty());
}

TEST_F(Inventory, TellsColumnsThatOthersHaveAddedSince) {
  ApplyAll();
  database_.Sql("ALTER TABLE app2.moved ADD COLUMN a integer");
  EXPECT_EQ(Of(Columns(), "app2.moved", "a")["origin"], "came later");
  EXPECT_EQ(Of(Columns(), "app2.moved", "a integer")["origin"], "was there");
}

TEST_F(Inventory, OfAnUndoneRunEachColumnIsWhereItWas) {
  ApplyAll();
  Expect(0, "", Undo());
  for (const Json& column : Columns()) {
    EXPECT_EQ(column["origin"], "was there") << column;
    EXPECT_TRUE(column["homes"].empty() && column["feeds"].empty()) << column;
  }
}

TEST_F(Inventory, AsCsvIsReadBackByCopyAndHasNoFormula) {
  ApplyAll();
  Expect(0, "", Run({"report", "--columns", directory_ + "/c.csv"}));
  const std::string csv = Read("c.csv");
  const std::string head = csv.substr(0, csv.find("\r\n"));
  EXPECT_EQ(head,
            "table,table_before,roles,actions,column,position,type,not_null,origin,feeds,home,"
            "home_column,home_key,discriminator,overflow_keys");
  for (const char* start : {"\n=", ",=", ",\"=", ",+", ",\"+", ",-", ",\"-", ",@", ",\"@"})
    EXPECT_EQ(csv.find(start), std::string::npos) << start;
  EXPECT_THAT(csv, HasSubstr(R"("""=note""")"));
  auto connection = database_.Connect();
  ASSERT_TRUE(connection
                  .Run("CREATE TEMP TABLE i (t text, b text, r text, a text, c text, p int, ty "
                       "text, n bool, o text, f text, h text, hc text, hk text, d text, k jsonb)")
                  .ok());
  auto copy = connection.StartCopyIn("COPY i FROM STDIN (FORMAT csv, HEADER)");
  ASSERT_TRUE(copy.ok());
  ASSERT_TRUE(copy->Put(csv).ok());
  ASSERT_TRUE(copy->Finish().ok());
  const auto count =
      connection.Execute("SELECT count(*), count(*) FILTER (WHERE k ? '+extra') FROM i");
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(count->Int64(0, 0), static_cast<int64_t>(Columns().size()));
  EXPECT_EQ(count->Int64(0, 1), 1);
}

}  // namespace
}  // namespace regraft::report

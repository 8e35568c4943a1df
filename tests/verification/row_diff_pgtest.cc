#include "engine/analysis/column_reading.h"
#include "engine/verification/row_diff.h"
#include "engine/verification/scan_snapshot.h"
#include "tests/support/postgres.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace regraft::verification {
namespace {

using Kind = RowDifferenceKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;

class DiffingRows : public ::testing::Test {
 protected:
  DiffSide Side(const support::TestDatabase& database, const std::string& name) {
    pg::Connection connection = database.Connect();
    const auto oid = catalog::FindRelation(connection, {"public", name});
    const auto table = catalog::ReadTable(connection, oid->value());
    EXPECT_TRUE(table.ok()) << table.status();
    DiffSide side;
    side.scan.connect = {.conninfo = database.conninfo(), .role = "diff-" + name};
    side.scan.leaves = table->leaves;
    side.scan.chunk_bytes = 65'536;
    for (const catalog::Column& column : table->columns) {
      const auto reading = analysis::ReadColumn(column, true);
      side.columns.push_back(reading->expression);
      side.shapes.push_back(reading->shape);
      side.text.push_back(analysis::TextExpression(column));
      side.type_oids.push_back(reading->as_text ? 25 : column.type.base_oid);
    }
    return side;
  }

  // Compares public.a with public.b and keeps what is reported.
  DiffTotals Diff(const DiffOptions& options) {
    return Diff(Side(database_, "a"), Side(database_, "b"), options);
  }

  DiffTotals Diff(const DiffSide& a, const DiffSide& b, const DiffOptions& options) {
    found_.clear();
    const auto totals = DiffRows(a, b, options, [this](const RowDifference& difference) {
      found_.push_back(difference);
      return true;
    });
    EXPECT_TRUE(totals.ok()) << totals.status();
    return totals.value_or(DiffTotals{});
  }

  // Makes b a copy of a with `damage` done to it.
  void Tamper(const std::string& damage) {
    database_.Sql(
        "DROP TABLE IF EXISTS b; CREATE TABLE b (LIKE a); INSERT INTO b SELECT * FROM a; " +
        damage);
  }

  void CreatePeople() {
    database_.Sql(
        "CREATE TABLE a (id int PRIMARY KEY, name text, amount numeric, at timestamptz, x float8);"
        "INSERT INTO a SELECT g, 'name ' || g, g + 0.5, timestamptz '2024-01-01 00:00:00+00' + "
        "g * interval '61 s', g FROM generate_series(1, 5000) g");
  }

  support::TestDatabase database_;
  std::vector<RowDifference> found_;
};

TEST_F(DiffingRows, EqualTablesHaveNoDifferenceWhateverTheirPhysicalOrder) {
  CreatePeople();
  database_.Sql("CREATE TABLE b (LIKE a); INSERT INTO b SELECT * FROM a ORDER BY md5(id::text)");
  for (const DiffOptions& options : {DiffOptions{.key = {0}}, DiffOptions{}}) {
    const DiffTotals totals = Diff(options);
    EXPECT_TRUE(totals.equal());
    EXPECT_EQ(totals.rows_a, 5'000);
    EXPECT_EQ(totals.rows_b, 5'000);
  }
}

TEST_F(DiffingRows, NamesKeyColumnValuesAndCauseOfAChangedRow) {
  CreatePeople();
  Tamper(
      "UPDATE b SET amount = 17.50 WHERE id = 17; UPDATE b SET at = at + interval '2 h' WHERE id = "
      "18");
  const DiffTotals totals = Diff({.key = {0}});
  EXPECT_EQ(totals.changed, 2);
  ASSERT_THAT(found_, SizeIs(2));
  if (found_[0].key[0] != "17") std::swap(found_[0], found_[1]);
  EXPECT_EQ(found_[0].kind, Kind::kChanged);
  EXPECT_THAT(found_[0].key, ElementsAre(Optional(std::string("17"))));
  EXPECT_THAT(found_[0].columns, ElementsAre(2));
  EXPECT_THAT(found_[0].value_a, ElementsAre(Optional(std::string("17.5"))));
  EXPECT_THAT(found_[0].value_b, ElementsAre(Optional(std::string("17.50"))));
  EXPECT_THAT(found_[0].cause, ElementsAre("trailing zeros"));
  EXPECT_THAT(found_[1].cause, ElementsAre("time zone: 2 h apart"));
}

TEST_F(DiffingRows, FindsEachKindOfDamage) {
  CreatePeople();
  Tamper("DELETE FROM b WHERE id IN (1, 2); INSERT INTO b VALUES (6000, NULL, NULL, NULL, NULL)");
  DiffTotals totals = Diff({.key = {0}});
  EXPECT_EQ(totals.only_in_a, 2);
  EXPECT_EQ(totals.only_in_b, 1);
  EXPECT_EQ(totals.changed + totals.count_differs, 0);

  Tamper("INSERT INTO b SELECT * FROM b WHERE id = 5");
  totals = Diff({.key = {0}});
  EXPECT_EQ(totals.count_differs, 1);
  EXPECT_EQ(totals.only_in_b, 0);
  EXPECT_EQ(found_[0].kind, Kind::kCountDiffers);
  EXPECT_THAT(found_[0].value_a, ElementsAre(Optional(std::string("1"))));
  EXPECT_THAT(found_[0].value_b, ElementsAre(Optional(std::string("2"))));
}

TEST_F(DiffingRows, RecognisesValuesSwappedBetweenRowsAndColumns) {
  CreatePeople();
  Tamper(
      "UPDATE b SET name = CASE id WHEN 7 THEN 'name 8' ELSE 'name 7' END WHERE id IN (7, 8);"
      "UPDATE b SET name = 'name 5000' WHERE id = 9");
  EXPECT_EQ(Diff({.key = {0}}).changed, 3);
  std::map<std::string, std::string> cause;
  for (const RowDifference& difference : found_) cause[*difference.key[0]] = difference.cause[0];
  EXPECT_EQ(cause["7"], "swapped between two rows");
  EXPECT_EQ(cause["8"], "swapped between two rows");
  EXPECT_EQ(cause["9"], "");

  database_.Sql(
      "DROP TABLE a, b; CREATE TABLE a (id int, first text, last text);"
      "INSERT INTO a VALUES (1, 'Ada', 'King')");
  Tamper("UPDATE b SET first = last, last = first");
  Diff({.key = {0}});
  ASSERT_THAT(found_, SizeIs(1));
  EXPECT_THAT(found_[0].cause,
              ElementsAre("swapped between two columns", "swapped between two columns"));
}

TEST_F(DiffingRows, NullKeysAndDuplicateKeysArePaired) {
  database_.Sql(
      "CREATE TABLE a (k int, v text);"
      "INSERT INTO a VALUES (NULL, 'n'), (1, 'x'), (1, 'y'), (1, 'y'), (2, 'z')");
  Tamper("");
  EXPECT_TRUE(Diff({.key = {0}}).equal());
  Tamper("UPDATE b SET v = 'm' WHERE k IS NULL");
  EXPECT_EQ(Diff({.key = {0}}).changed, 1);
  EXPECT_THAT(found_[0].key, ElementsAre(std::nullopt));
  Tamper("UPDATE b SET v = 'w' WHERE v = 'x'");
  EXPECT_EQ(Diff({.key = {0}}).changed, 1);
  Tamper("DELETE FROM b WHERE v = 'x'");
  EXPECT_EQ(Diff({.key = {0}}).count_differs, 1);
  EXPECT_THAT(found_[0].value_b, ElementsAre(Optional(std::string("2"))));
}

TEST_F(DiffingRows, WithoutAKeyRowsAreAMultiset) {
  database_.Sql(
      "CREATE TABLE a (k int, v text); INSERT INTO a VALUES (1, 'x'), (1, 'x'), (2, 'y'), (NULL, "
      "NULL)");
  Tamper("");
  EXPECT_TRUE(Diff({}).equal());
  Tamper(
      "DELETE FROM b WHERE ctid = (SELECT min(ctid) FROM b WHERE k = 1); UPDATE b SET v = '' WHERE "
      "k IS NULL");
  const DiffTotals totals = Diff({});
  EXPECT_EQ(totals.count_differs, 1);
  EXPECT_EQ(totals.only_in_a, 1);
  EXPECT_EQ(totals.only_in_b, 1);
}

TEST_F(DiffingRows, EqualInSqlIsNotEqual) {
  database_.Sql(
      "CREATE TABLE a (id int, n numeric, f float8, i interval, t text);"
      "INSERT INTO a VALUES (1, 1.0, 0, '1 mon', NULL)");
  Tamper("UPDATE b SET n = 1.00, f = '-0', i = '30 days', t = ''");
  Diff({.key = {0}});
  ASSERT_THAT(found_, SizeIs(1));
  EXPECT_THAT(found_[0].columns, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(found_[0].cause, ElementsAre("trailing zeros", "negative zero",
                                           "same length, other units", "NULL against empty"));
}

TEST_F(DiffingRows, UserTypesOfTwoDatabasesCompareByValue) {
  support::TestDatabase other;
  const std::string types =
      "CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE TYPE pair AS (m mood, n int);"
      "CREATE TABLE t (id int, m mood[], p pair); INSERT INTO t VALUES (1, '{ok,bad}', '(ok,1)')";
  other.Sql("CREATE TYPE unrelated AS (x int); CREATE TYPE another AS (x int)");
  database_.Sql(types);
  other.Sql(types);
  EXPECT_TRUE(Diff(Side(database_, "t"), Side(other, "t"), {.key = {0}}).equal());
  other.Sql("UPDATE t SET p = '(bad,1)'");
  EXPECT_EQ(Diff(Side(database_, "t"), Side(other, "t"), {.key = {0}}).changed, 1);
  EXPECT_THAT(found_[0].value_b, ElementsAre(Optional(std::string("(bad,1)"))));
}

TEST_F(DiffingRows, LabelsSayWhereEachRowLies) {
  CreatePeople();
  Tamper("UPDATE b SET name = '' WHERE id = 1");
  DiffSide a = Side(database_, "a");
  DiffSide b = Side(database_, "b");
  a.label = b.label = "s.ctid::text";
  Diff(a, b, {.key = {0}});
  ASSERT_THAT(found_, SizeIs(1));
  EXPECT_EQ(found_[0].label_a, "(0,1)");
  EXPECT_EQ(found_[0].label_b, database_.Scalar("SELECT ctid FROM b WHERE id = 1"));
}

TEST_F(DiffingRows, CompletesInLittleMemoryWhenAllRowsDiffer) {
  CreatePeople();
  Tamper("UPDATE b SET x = x + 1");
  EXPECT_EQ(Diff({.key = {0}, .memory_bytes_max = 400'000}).changed, 5'000);
  std::set<std::string> keys;
  for (const RowDifference& difference : found_) keys.insert(*difference.key[0]);
  EXPECT_THAT(keys, SizeIs(5'000));
}

TEST_F(DiffingRows, StopsReportingButNotCounting) {
  CreatePeople();
  Tamper("DELETE FROM b WHERE id <= 100; UPDATE b SET x = NULL WHERE id > 4000");
  int reports = 0;
  const auto totals = DiffRows(Side(database_, "a"), Side(database_, "b"), {.key = {0}},
                               [&](const RowDifference&) { return ++reports < 3; });
  ASSERT_TRUE(totals.ok());
  EXPECT_EQ(reports, 3);
  EXPECT_EQ(totals->only_in_a, 100);
  EXPECT_EQ(totals->changed, 1'000);
}

TEST_F(DiffingRows, BothPassesReadOneSnapshot) {
  CreatePeople();
  Tamper("UPDATE b SET name = 'other' WHERE id = 3");
  DiffSide a = Side(database_, "a");
  const auto snapshot = ExportedSnapshot::Export(a.scan.connect);
  ASSERT_TRUE(snapshot.ok());
  DiffSide b = Side(database_, "b");
  a.scan.snapshot = b.scan.snapshot = snapshot->id();
  database_.Sql("TRUNCATE b; DELETE FROM a");
  // TRUNCATE is not MVCC-safe, DELETE is: b is empty to the snapshot, a is whole.
  const DiffTotals totals = Diff(a, b, {.key = {0}});
  EXPECT_EQ(totals.rows_a, 5'000);
  EXPECT_EQ(totals.only_in_a, 5'000);
}

TEST_F(DiffingRows, AVolatileConditionIsFoundOut) {
  CreatePeople();
  Tamper("");
  DiffSide a = Side(database_, "a");
  a.scan.where = "random() < 0.5";
  const auto totals =
      DiffRows(a, Side(database_, "b"), {.key = {0}}, [](const auto&) { return true; });
  EXPECT_THAT(std::string(totals.status().message()), HasSubstr("volatile"));
}

TEST_F(DiffingRows, WideRowsFallBackToFewerTexts) {
  std::string columns = "id int";
  for (int i = 0; i < 1'200; ++i) columns += ", c" + std::to_string(i) + " bool";
  database_.Sql("CREATE TABLE a (" + columns +
                "); INSERT INTO a (id) SELECT generate_series(1, 10)");
  Tamper("UPDATE b SET c1199 = true, c1 = false WHERE id = 4");
  Diff({.key = {0}});
  ASSERT_THAT(found_, SizeIs(1));
  EXPECT_THAT(found_[0].key, ElementsAre(Optional(std::string("4"))));
  EXPECT_THAT(found_[0].columns, ElementsAre(2, 1'200));
  EXPECT_THAT(found_[0].value_b,
              ElementsAre(Optional(std::string("f")), Optional(HasSubstr("binary 01"))));
}

// Random tables with few distinct values, so that keys repeat, compared with what SQL says.
class DiffingRandomRows : public DiffingRows, public ::testing::WithParamInterface<int> {};

TEST_P(DiffingRandomRows, AgreesWithSql) {
  const uint64_t seed = std::random_device()() ^ static_cast<uint64_t>(GetParam());
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t n) { return std::to_string(random() % n); };
  for (const char* table : {"a", "b"})
    database_.Sql(std::string("CREATE TABLE ") + table + " (k int, n numeric, t text)");
  std::string sql;
  for (int row = 0; row < 300; ++row) {
    const std::string values = " VALUES (nullif(" + below(60) + ", 0), " + below(2) + "." +
                               (random() % 2 == 0 ? "0" : "00") + ", nullif('" + below(2) +
                               "', '0'));";
    if (random() % 20 != 0) sql += "INSERT INTO a" + values;
    if (random() % 20 != 0) sql += "INSERT INTO b" + values;
  }
  database_.Sql(sql);
  // Row comparison by image: `=` takes 1.0 for 1.00, so the texts, which tell them apart, are
  // compared.
  const std::string rows = "(SELECT k::text, n::text, t FROM ";
  const auto except = [&](const std::string& from, const std::string& what) {
    return std::stoll(database_.Scalar("SELECT count(*) FROM (" + rows + from + ") EXCEPT ALL " +
                                       rows + what + ")) d"));
  };
  int64_t only_in_a = 0;
  int64_t only_in_b = 0;
  const DiffTotals whole = Diff({});
  for (const RowDifference& difference : found_) {
    only_in_a += difference.kind == Kind::kOnlyInA ? 1 : 0;
    only_in_b += difference.kind == Kind::kOnlyInB ? 1 : 0;
    if (difference.kind != Kind::kCountDiffers) continue;
    const int64_t surplus = std::stoll(*difference.value_a[0]) - std::stoll(*difference.value_b[0]);
    (surplus > 0 ? only_in_a : only_in_b) += std::abs(surplus);
  }
  EXPECT_EQ(only_in_a, except("a", "b"));
  EXPECT_EQ(only_in_b, except("b", "a"));
  EXPECT_EQ(whole.equal(), except("a", "b") + except("b", "a") == 0);

  Diff({.key = {0}, .memory_bytes_max = 10'000});
  std::set<std::string> keys;
  for (const RowDifference& difference : found_) keys.insert(difference.key[0].value_or("NULL"));
  std::set<std::string> expected;
  for (const auto& row :
       database_.Rows("SELECT DISTINCT coalesce(k, 'NULL') FROM ((" + rows + "a) EXCEPT ALL " +
                      rows + "b)) UNION ALL (" + rows + "b) EXCEPT ALL " + rows + "a))) d"))
    expected.insert(row[0]);
  EXPECT_EQ(keys, expected);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DiffingRandomRows, ::testing::Range(0, 5));

}  // namespace
}  // namespace regraft::verification

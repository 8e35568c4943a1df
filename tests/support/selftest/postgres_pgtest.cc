#include "tests/support/postgres.h"

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

TEST(TestDatabase, IsDroppedAtTheEnd) {
  std::string name;
  {
    TestDatabase database;
    name = database.name();
    EXPECT_EQ(database.Scalar("SELECT current_database()"), name);
  }
  TestDatabase other;
  EXPECT_EQ(other.Scalar("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'"), "0");
}

TEST(TestDatabase, EngineSessionsTalkToTheSameDatabase) {
  TestDatabase database;
  pg::Connection connection = database.Connect("reader/1");
  const auto result = connection.Execute("SELECT current_database()");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->Text(0, 0), database.name());
}

TEST(TestDatabase, RowsShowNulls) {
  TestDatabase database;
  EXPECT_EQ(database.Rows("VALUES (1, 'a'), (2, NULL)"),
            (std::vector<std::vector<std::string>>{{"1", "a"}, {"2", "(null)"}}));
}

TEST(TestDatabase, AnSqlErrorFailsTheTestAtTheCallersLine) {
  const auto place = [](Here here = {}) { return here; };
  EXPECT_EQ(place().line, __LINE__);
  TestDatabase database;
  EXPECT_NONFATAL_FAILURE(database.Sql("SELECT 1/0"), "division by zero");
  EXPECT_NONFATAL_FAILURE(database.Scalar("VALUES (1), (2)"), "2 rows of 1 columns");
}

}  // namespace
}  // namespace regraft::support

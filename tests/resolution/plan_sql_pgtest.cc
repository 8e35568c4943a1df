// SQL that people write into a plan: one value per row, of the row alone.

#include "tests/resolution/resolving.h"

namespace regraft::resolution {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class SqlOfPlans : public Resolving {
 protected:
  SqlOfPlans() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive;
      CREATE TABLE app.old (id int, name text);
      CREATE TABLE app.all (id int, name text, origin text, at timestamp, number int);
      INSERT INTO app.old VALUES (1, 'a'), (2, 'b')
    )sql");
  }
  std::vector<std::string> Fill(const std::string& column, const std::string& sql) {
    return Refusals(Resolve("- {merge: app.old, into: app.all, set: {origin: o}, fill: {" + column +
                            ": {sql: \"" + sql + "\"}}}\n"));
  }
  std::vector<std::string> Where(const std::string& sql) {
    return Refusals(
        Resolve("- {merge: app.old, into: app.all, set: {origin: o}, where: \"" + sql + "\"}\n"));
  }
};

TEST_F(SqlOfPlans, AValueOfTheRowIsTaken) {
  EXPECT_THAT(Fill("number", "s.id + 1"), IsEmpty());
  EXPECT_THAT(Fill("number", "(SELECT max(o.id) FROM app.old o WHERE o.name = s.name)"), IsEmpty());
  EXPECT_THAT(Fill("number", "(SELECT o.id FROM app.old o WHERE o.name = 'nobody')"), IsEmpty());
  EXPECT_THAT(Where("s.id > 1"), IsEmpty());
}

TEST_F(SqlOfPlans, WhatMakesMoreOrFewerRowsIsRefused) {
  for (const char* sql : {"generate_series(1, s.id)", "max(s.id)", "count(*)",
                          "row_number() OVER (ORDER BY s.id)", "sum(s.id) OVER ()"}) {
    EXPECT_THAT(Fill("number", sql), ElementsAre(StartsWith("bad-sql"))) << sql;
    EXPECT_THAT(Where(std::string(sql) + " > 0"), ElementsAre(StartsWith("bad-sql"))) << sql;
  }
}

TEST_F(SqlOfPlans, AnotherTypeThanTheColumnTakesIsRefused) {
  EXPECT_THAT(Fill("at", "'{}'::pg_catalog.jsonb"), ElementsAre(StartsWith("bad-sql")));
  EXPECT_THAT(Fill("number", "s.name"), ElementsAre(StartsWith("bad-sql")));
  EXPECT_THAT(Where("s.id"), ElementsAre(StartsWith("bad-sql")));
}

TEST_F(SqlOfPlans, ACommentAtItsEndTakesNothingWithIt) {
  EXPECT_THAT(Fill("number", "s.id -- the id"), IsEmpty());
  EXPECT_THAT(Where("s.id > 1 -- not the first"), IsEmpty());
}

TEST_F(SqlOfPlans, AValueThatIsTooLongForItsColumnIsRefused) {
  database_.Sql("ALTER TABLE app.all ALTER at TYPE varchar(3), ALTER number TYPE numeric(4,2)");
  EXPECT_THAT(Fill("at", "repeat('x', s.id)"), IsEmpty());
  EXPECT_THAT(Fill("at", "repeat('x', 3 * s.id)"), Not(IsEmpty()));
  EXPECT_THAT(Fill("number", "s.id * 100"), Not(IsEmpty()));
}

TEST_F(SqlOfPlans, AnErrorInOneRowIsARefusal) {
  EXPECT_THAT(Fill("number", "1 / (s.id - 2)"), Each(HasSubstr("division by zero")));
  EXPECT_THAT(Where("1 / (s.id - 2) > 0"), Each(HasSubstr("division by zero")));
  EXPECT_THAT(Where("1 / (s.id - 2) > 0"), Not(IsEmpty()));
}

TEST_F(SqlOfPlans, ClocksAndCountersAreVolatile) {
  for (const char* sql : {"nextval('app.q')", "extract(epoch FROM clock_timestamp())::int",
                          "pg_catalog.random()::int"})
    EXPECT_THAT(Fill("number", sql), ElementsAre(StartsWith("volatile-sql"))) << sql;
}

}  // namespace
}  // namespace regraft::resolution

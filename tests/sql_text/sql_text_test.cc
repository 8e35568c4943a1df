#include "engine/sql_text/sql_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::sql_text {
namespace {

using pg::QualifiedName;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SqlText, AnExpressionNamesItsTablesAndFunctions) {
  const auto names = ReadExpression(
      "coalesce((WITH w AS (SELECT 1) SELECT min(b.id) FROM app.\"Odd t\" b, w WHERE b.k = s.k), "
      "audit.f(s.x))");
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_THAT(names->relations, ElementsAre(QualifiedName{"app", "Odd t"}));
  EXPECT_THAT(names->functions, ElementsAre(QualifiedName{"", "min"}, QualifiedName{"audit", "f"}));
}

TEST(SqlText, WhatIsNotOneExpressionIsRefused) {
  for (const char* sql : {"", "1, 2", "1); DROP TABLE t; SELECT (1", "1) FROM t WHERE (true",
                          "1) AS x, (2", "s.id >", "true) OR (true", "1] || ARRAY[2", "'open"})
    EXPECT_FALSE(ReadExpression(sql).ok()) << sql;
  EXPECT_TRUE(ReadExpression("s.id > 1 -- a comment").ok());
}

TEST(SqlText, AnErrorSaysWhere) {
  EXPECT_THAT(std::string(ReadExpression("s.id = = 1").status().message()),
              HasSubstr("character 8"));
}

TEST(SqlText, AColumnDefinitionIsTakenApart) {
  const auto definition = ReadColumnDefinition("varchar(50) NOT NULL DEFAULT 'a (b' || 'c'");
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(definition->type, "varchar(50)");
  EXPECT_EQ(definition->default_sql, "'a (b' || 'c'");
  EXPECT_TRUE(definition->not_null);
  const auto other = ReadColumnDefinition("numeric(5, 2) DEFAULT 0 NOT NULL");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->type, "numeric(5, 2)");
  EXPECT_EQ(other->default_sql, "0");
  EXPECT_EQ(ReadColumnDefinition("app.\"Odd type\"[]")->type, "app.\"Odd type\"[]");
  for (const char* text : {"text PRIMARY KEY", "text, d int", "", "text); DROP TABLE t; --"})
    EXPECT_FALSE(ReadColumnDefinition(text).ok()) << text;
}

TEST(SqlText, AnIndexDefinitionIsTakenApart) {
  const auto index = ReadIndexDefinition("(origin, \"Odd id\") NULLS NOT DISTINCT WHERE live > 1");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_THAT(index->columns, ElementsAre("origin", "Odd id"));
  EXPECT_EQ(index->predicate, "live > 1");
  EXPECT_TRUE(index->nulls_not_distinct);
  EXPECT_THAT(ReadIndexDefinition("(a)")->predicate, IsEmpty());
  EXPECT_FALSE(ReadIndexDefinition("(lower(a))").ok());
  EXPECT_FALSE(ReadIndexDefinition("(a); DROP TABLE t").ok());
}

TEST(ReadQuery, TakesOneQueryAndNamesWhatItReads) {
  const auto names = ReadQuery("WITH w AS (SELECT lower(a) FROM app.t) SELECT * FROM w -- the end");
  ASSERT_TRUE(names.ok()) << names.status();
  ASSERT_EQ(names->relations.size(), 1U);
  EXPECT_EQ(names->relations[0].name, "t");
  ASSERT_EQ(names->functions.size(), 1U);
  EXPECT_EQ(names->functions[0].name, "lower");
}

TEST(ReadQuery, RefusesWhatIsNotOneQueryThatOnlyReads) {
  for (const char* sql :
       {"", "SELECT 1; SELECT 2", "DELETE FROM app.t", "SELECT 1) AS q, (SELECT 2",
        "SELECT * INTO app.u FROM app.t", "SELECT * FROM app.t FOR UPDATE",
        "WITH w AS (INSERT INTO app.t VALUES (1) RETURNING a) SELECT * FROM w"})
    EXPECT_FALSE(ReadQuery(sql).ok()) << sql;
}

}  // namespace
}  // namespace regraft::sql_text

// Every type from one database into another, in which the user's types have other OIDs and the
// composite has lost other attributes.
#include "tests/support/zoo.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <map>

namespace regraft::support {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ZooInTwoDatabases : public Zoo {
 protected:
  ZooInTwoDatabases() {
    database_.Sql(kZooTypes);
    other_.Sql("CREATE SCHEMA app; CREATE TYPE app.before AS ENUM ('x'); CREATE TABLE app.more ()");
    other_.Sql(kZooTypes);
    other_.Sql(
        "ALTER TYPE app.pair ADD ATTRIBUTE also_gone int; "
        "ALTER TYPE app.pair DROP ATTRIBUTE also_gone");
  }

  ProgramResult CopyAcross(const Flags& flags = {}) {
    Invocation invocation{
        .arguments = {"copy", "app.source", "app.target", "--set", "origin=x", "--json", "--from",
                      database_.conninfo(), "--to", other_.conninfo(), "--chunk-bytes", "256KiB"},
        .environment = {{"DATABASE_URL", std::nullopt}}};
    invocation.arguments.insert(invocation.arguments.end(), flags.begin(), flags.end());
    return RunProgram(invocation);
  }

  // Per column one hash over the rows: of the text of each value, and of its binary form where that
  // is the same in every database.
  static std::map<std::string, std::string> Hashes(TestDatabase* database, const std::string& table,
                                                   Kept kept) {
    std::map<std::string, std::string> hashes;
    const auto add = [&](const std::string& name, const std::string& value) {
      hashes[name] =
          database->Scalar("SELECT count(*) || ' rows, ' || md5(string_agg(coalesce(md5(" + value +
                           "), 'NULL'), ',' ORDER BY id)) FROM " + table);
    };
    for (const ZooColumn& column : Columns(kept)) {
      add(std::string(column.name) + " as text", ZooText(column));
      // Behind the number of fields and the type's OID.
      if (!column.own_oids && !column.text_only)
        add(column.name, std::string("substr(record_send(ROW(\"") + column.name + "\")), 9)");
    }
    return hashes;
  }

  // The columns that are not the same in app.source here and app.target there.
  std::vector<std::string> DifferentColumns(Kept kept) {
    const auto here = Hashes(&database_, "app.source", kept);
    auto there = Hashes(&other_, "app.target", kept);
    std::vector<std::string> different;
    for (const auto& [name, hash] : here)
      if (there[name] != hash) different.push_back(name);
    return different;
  }

  void ExpectProvedCopy(const ProgramResult& result, Kept kept, Here here = {}) {
    ExpectExit(0, result, "", here);
    const nlohmann::json document = Document(result, here);
    EXPECT_EQ(document["verified"], true);
    EXPECT_GT(document["chunks"], 1);
    EXPECT_EQ(document["chunks_verified"], document["chunks"]);
    EXPECT_THAT(DifferentColumns(kept), IsEmpty());
    ExpectExit(0, Verify(other_, {"--from", database_.conninfo()}), "", here);
    ExpectExit(0, Verify(other_), "", here);
    EXPECT_EQ(Digest(database_, "app.source", kept), Digest(other_, "app.target", kept));
    ExpectExit(0,
               RunProgram({.arguments = {"diff", "app.source", "app.target", "--key", "id",
                                         "--ignore", "origin", "--from", database_.conninfo(),
                                         "--to", other_.conninfo()}}),
               "", here);
  }

  TestDatabase other_;
};

TEST_F(ZooInTwoDatabases, TheTypesHaveOtherNumbers) {
  const std::string numbers =
      "SELECT string_agg(oid::text, ' ') FROM pg_type WHERE typnamespace = 'app'::regnamespace";
  EXPECT_NE(database_.Scalar(numbers), other_.Scalar(numbers));
}

// Without what names an object: that is written as text across databases.
TEST_F(ZooInTwoDatabases, WhatBinaryCopyCarriesArrivesUnchanged) {
  MakeZoo(&database_, Kept::kPortable, 60);
  MakeTarget(&other_, Kept::kPortable);
  const ProgramResult result = CopyAcross();
  EXPECT_THAT(result.errors, Not(HasSubstr("text format")));
  ExpectProvedCopy(result, Kept::kPortable);
}

TEST_F(ZooInTwoDatabases, ObjectsAreCarriedByName) {
  MakeZoo(&database_, Kept::kAll, 60);
  MakeTarget(&other_, Kept::kAll);
  const ProgramResult result = CopyAcross();
  EXPECT_THAT(result.errors, HasSubstr("text format"));
  ExpectProvedCopy(result, Kept::kAll);
}

TEST_F(ZooInTwoDatabases, ACreatedTargetHasTheSameTypes) {
  MakeZoo(&database_, Kept::kAll, 60);
  ExpectProvedCopy(CopyAcross({"--create"}), Kept::kAll);
}

TEST_F(ZooInTwoDatabases, AValueThatIsReplacedByAnEqualOneIsFound) {
  MakeZoo(&database_, Kept::kAll, 60);
  MakeTarget(&other_, Kept::kAll);
  ExpectExit(0, CopyAcross());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"float8", "float8 = '-0' WHERE float8 = '0'"},
      {"numeric", "numeric = '1.00' WHERE numeric = '1.0'"},
      {"interval", "interval = '30 days' WHERE interval = '1 mon'"},
      {"citext", "citext = 'abc' WHERE citext OPERATOR(app.=) 'ABC'"},
      {"pair as text", "pair = '(,,,)' WHERE num_nulls(pair) = 1"}};
  for (const auto& [column, change] : changes) {
    SCOPED_TRACE(change);
    other_.Sql("CREATE TABLE app.kept AS SELECT * FROM app.target; UPDATE app.target SET " +
               change);
    EXPECT_THAT(DifferentColumns(Kept::kAll), Contains(column));
    ExpectExit(2, Verify(other_));
    other_.Sql("TRUNCATE app.target; INSERT INTO app.target TABLE app.kept; DROP TABLE app.kept");
    EXPECT_THAT(DifferentColumns(Kept::kAll), IsEmpty());
    ExpectExit(0, Verify(other_));
  }
}

// An enum without one of the labels, a composite with another field, a domain over another type:
// the same names, and not the same types.
TEST_F(ZooInTwoDatabases, TypesOfOneNameThatAreNotTheSameAreRefused) {
  const auto refused = [&](const std::string& definition, const std::string& elsewhere,
                           const std::string& value) {
    SCOPED_TRACE(elsewhere);
    database_.Sql("CREATE TYPE app.same_name AS " + definition +
                  "; CREATE TABLE app.source (id int, "
                  "odd app.same_name); INSERT INTO app.source VALUES (1, " +
                  value + ")");
    other_.Sql("CREATE TYPE app.same_name AS " + elsewhere +
               "; CREATE TABLE app.target (id int, odd app.same_name, origin text)");
    const ProgramResult result = CopyAcross();
    ExpectExit(78, result, "odd");
    EXPECT_THAT(result.errors, HasSubstr("app.same_name"));
    EXPECT_EQ(other_.Scalar("SELECT count(*) FROM app.target"), "0");
    database_.Sql("DROP TABLE app.source; DROP TYPE app.same_name");
    other_.Sql("DROP TABLE app.target; DROP TYPE app.same_name");
  };
  refused("ENUM ('a', 'b')", "ENUM ('a')", "'b'");
  refused("(a int, b text)", "(a int, b varchar)", "'(1,x)'");
  refused("(a int, b int)", "(b int, a int)", "'(1,2)'");
  refused("RANGE (subtype = float8)", "RANGE (subtype = float4)", "'[0.1,0.2]'");
}

}  // namespace
}  // namespace regraft::support

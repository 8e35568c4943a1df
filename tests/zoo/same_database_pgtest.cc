// Every type within one database: nothing of a value may change on the way, and what does change is
// seen.
#include "tests/support/zoo.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstdio>
#include <fstream>

namespace regraft::support {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Places = std::set<std::pair<std::string, std::string>>;  // row and column

Places Without(Places places, const Places& others) {
  std::erase_if(places, [&](const auto& place) { return others.contains(place); });
  return places;
}

class ZooInOneDatabase : public Zoo {
 protected:
  ZooInOneDatabase() { database_.Sql(kZooTypes); }

  // Small chunks, so that values of each type stand at their borders.
  static Flags SmallChunks() { return {"--chunk-bytes", "256KiB", "--jobs", "2"}; }

  void ExpectProvedCopy(const ProgramResult& result, Kept kept, Here here = {}) {
    ExpectExit(0, result, "", here);
    const nlohmann::json document = Document(result, here);
    EXPECT_EQ(document["verified"], true);
    EXPECT_GT(document["chunks"], 1);
    EXPECT_EQ(document["chunks_verified"], document["chunks"]);
    EXPECT_THAT(DifferentImages(kept), IsEmpty());
    EXPECT_EQ(DifferentTexts(kept), "0");
    ExpectExit(0, Verify(database_), "", here);
    EXPECT_EQ(Digest(database_, "app.source", kept), Digest(database_, "app.target", kept));
  }
};

TEST_F(ZooInOneDatabase, WhatBinaryCopyCarriesArrivesUnchanged) {
  MakeZoo(&database_, Kept::kBinary, 100);
  MakeTarget(&database_, Kept::kBinary);
  const ProgramResult result = Copy(SmallChunks());
  EXPECT_THAT(result.errors, Not(HasSubstr("text format")));
  ExpectProvedCopy(result, Kept::kBinary);
}

TEST_F(ZooInOneDatabase, OneTypeWithoutBinaryFormMakesAllTextAndAllArrivesUnchanged) {
  MakeZoo(&database_, Kept::kAll, 100);
  MakeTarget(&database_, Kept::kAll);
  const ProgramResult result = Copy(SmallChunks());
  EXPECT_THAT(result.errors, HasSubstr("text format"));
  ExpectProvedCopy(result, Kept::kAll);
}

TEST_F(ZooInOneDatabase, ACreatedTargetHasTheSameTypes) {
  MakeZoo(&database_, Kept::kAll, 100);
  Flags flags = SmallChunks();
  flags.emplace_back("--create");
  ExpectProvedCopy(Copy(flags), Kept::kAll);
  EXPECT_EQ(database_.Scalar(
                "SELECT count(*) FROM pg_attribute s LEFT JOIN pg_attribute t ON t.attrelid = "
                "'app.target'::regclass AND t.attname = s.attname AND t.atttypid = s.atttypid AND "
                "t.atttypmod = s.atttypmod AND t.attcollation = s.attcollation AND t.attndims = "
                "s.attndims WHERE s.attrelid = 'app.source'::regclass AND s.attnum > 0 AND "
                "t.attname IS NULL"),
            "0");
}

// Also the proof that the comparison of these tests sees a difference of each type: in copy i of
// the values, column i of each row gets the column's next value.
TEST_F(ZooInOneDatabase, EachValueThatIsReplacedByAnotherOfItsTypeIsFound) {
  const std::vector<ZooColumn> columns = Columns(Kept::kAll);
  MakeZoo(&database_, Kept::kAll, static_cast<int>(columns.size()));
  MakeTarget(&database_, Kept::kAll);
  ExpectExit(0, Copy());
  Places replaced;
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto& values = columns[i].values;
    for (size_t row = 0; row < values.size(); ++row) {
      const std::string id = std::to_string(1000 * i + row);
      database_.Sql(std::string("UPDATE app.target SET ") + columns[i].name + " = " +
                    ZooLiteral(values[(row + 1) % values.size()], columns[i].type) +
                    " WHERE id = " + id);
      replaced.emplace(id, columns[i].name);
    }
  }
  EXPECT_THAT(Without(replaced, DifferentImages(Kept::kAll)), IsEmpty());
  EXPECT_EQ(DifferentImages(Kept::kAll).size(), replaced.size());
  ExpectExit(2, Verify(database_));
  const std::string file = ::testing::TempDir() + database_.name() + ".csv";
  ExpectExit(
      2, RunProgram({.arguments = {"diff", "app.source", "app.target", "--key", "id", "--ignore",
                                   "origin", "--diff-keys", file, "--dsn", database_.conninfo()}}));
  Places found;
  std::ifstream lines(file);
  std::string kind, id, column, rest;
  std::getline(lines, rest);
  while (std::getline(lines, kind, ',') && std::getline(lines, id, ',') &&
         std::getline(lines, column, ',') && std::getline(lines, rest))
    found.emplace(id, column);
  EXPECT_THAT(Without(replaced, found), IsEmpty());
  EXPECT_EQ(found.size(), replaced.size());
  std::remove(file.c_str());
}

}  // namespace
}  // namespace regraft::support

// Rows of more than 100 MB among small ones.
#include "tests/shapes/shape.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

// Not the bodies themselves: a comparison of those would keep the server busy for minutes.
const std::string kImages =
    "SELECT id, octet_length(body), md5(body) AS body, length(words), md5(words) AS words FROM ";

class GiantRows : public Shape {
 protected:
  // Out of line and not compressed, so that a hundred megabytes take a second.
  void MakeTables(const std::string& giants) {
    database_.Sql(
        "CREATE TABLE app.source (id int, body bytea, words text); ALTER TABLE app.source ALTER "
        "body SET STORAGE EXTERNAL, ALTER words SET STORAGE EXTERNAL;"
        "INSERT INTO app.source SELECT i, '\\x00', 'small ' || i FROM generate_series(1, 5000) i;" +
        giants +
        "INSERT INTO app.source SELECT i, NULL, 'small ' || i FROM generate_series(5001, 9000) i;"
        "CREATE TABLE app.target (LIKE app.source INCLUDING STORAGE, origin text)");
  }
};

TEST_F(GiantRows, AreCopiedOneByOneAmongSmallOnes) {
  MakeTables(
      "INSERT INTO app.source VALUES (-1, decode(repeat('00ff10', 35000000), 'hex'), 'giant');"
      "INSERT INTO app.source VALUES (-2, '\\x01', repeat('äb', 36000000));"
      "INSERT INTO app.source VALUES (-3, NULL, repeat('c', 3000000));");
  ExpectCopied(9003, CopyTable("app.source", "app.target", {"--set", "origin=x", "--jobs", "2"}));
  ExpectSameRows(kImages + "app.source", kImages + "app.target");
}

TEST_F(GiantRows, ThatDoNotFitTheMemoryAreNamedAndMoreMemoryContinues) {
  MakeTables("INSERT INTO app.source VALUES (-1, NULL, repeat('x', 12000000));");
  const Flags flags = {"--set", "origin=x", "--jobs", "2", "--max-memory"};
  Flags little = flags, more = flags;
  little.emplace_back("64MiB");
  more.emplace_back("192MiB");
  const ProgramResult refused = CopyTable("app.source", "app.target", little);
  ExpectExit(78, refused, "a row of 12000018 bytes does not fit the memory limit");
  ExpectExit(78, refused, "app.source chunk ");
  ExpectExit(78, refused, "--max-memory or fewer --jobs");
  EXPECT_EQ(Document(refused)["verified"], nullptr);
  ExpectNoHalfChunk();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE id = -1"), "0");
  const ProgramResult continued = CopyTable("app.source", "app.target", more);
  ExpectExit(0, continued, "continuing run");
  ExpectCopied(9001, continued);
  ExpectSameRows(kImages + "app.source", kImages + "app.target");
}

}  // namespace
}  // namespace regraft::support

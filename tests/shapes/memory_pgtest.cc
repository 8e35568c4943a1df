// The program's resident memory, as the kernel counts it: bounded, whatever the table's size.
#include "engine/copy/limits.h"
#include "tests/shapes/shape.h"

#include "gtest/gtest.h"

#include <fstream>
#include <string>

// A sanitizer keeps several bytes for each of the program's.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REGRAFT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define REGRAFT_SANITIZED 1
#endif
#endif

namespace regraft::support {
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;

class MemoryOfACopy : public Shape {
 protected:
  void SetUp() override {
#ifdef REGRAFT_SANITIZED
    GTEST_SKIP() << "a sanitized program needs more memory than the program";
#endif
  }

  // VmHWM of the process, 0 when it has ended.
  static int64_t Peak(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;)
      if (int64_t kibibytes = 0; word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
    return 0;
  }

  struct Watched {
    ProgramResult result;
    int64_t peak = 0;
  };
  // Runs to the end; the kernel's own high-water mark, so that nothing between two looks is missed
  // but what comes after the last one.
  Watched Watch(const Invocation& invocation) {
    Watched watched;
    RunningProgram program = Start(invocation);
    const Deadline patience = Deadline::After(std::chrono::seconds(120));
    while (!patience.passed()) {
      watched.peak = std::max(watched.peak, Peak(program.pid()));
      if (auto result = program.Wait(Deadline::After(std::chrono::milliseconds(1)))) {
        watched.result = *result;
        return watched;
      }
    }
    ADD_FAILURE() << "hangs: " << program.ReadErrors();
    return watched;
  }

  void MakeRows(const std::string& table, int rows) {
    database_.Sql("CREATE TABLE " + table + " (id int, name text, amount numeric, note text);" +
                  "INSERT INTO " + table +
                  " SELECT i, 'name ' || i, i / 8.0, repeat(md5(i::text), 7) FROM "
                  "generate_series(1, " +
                  std::to_string(rows) + ") AS i");
  }
};

TEST_F(MemoryOfACopy, IsBoundedAtFourLanesAndDoesNotGrowWithTheRows) {
  MakeRows("app.half", 300'000);
  MakeRows("app.whole", 600'000);
  database_.Sql("CREATE TABLE app.target (LIKE app.whole, origin text)");
  ASSERT_GT(std::stoll(database_.Scalar("SELECT pg_table_size('app.whole')")), 150 * kMebibyte);
  const Watched half =
      Watch(Command("app.half", "app.target", {"--set", "origin=half", "--jobs", "4"}));
  ExpectCopied(300'000, half.result);
  const Watched whole =
      Watch(Command("app.whole", "app.target", {"--set", "origin=whole", "--jobs", "4"}));
  ExpectCopied(600'000, whole.result);
  for (const Watched& watched : {half, whole}) {
    EXPECT_GT(watched.peak, 4 * kMebibyte);  // or nothing was measured
    EXPECT_LT(watched.peak, 64 * kMebibyte);
  }
  EXPECT_LT(whole.peak, half.peak + 8 * kMebibyte);
}

// Rows that are larger than a slab, and of which every lane holds several: the formula, not luck.
TEST_F(MemoryOfACopy, ObeysTheFlagForLargeRows) {
  database_.Sql(
      "CREATE TABLE app.source (id int, body bytea); "
      "ALTER TABLE app.source ALTER body SET STORAGE EXTERNAL; INSERT INTO app.source "
      "SELECT i, decode(repeat('ab', 350000), 'hex') FROM generate_series(1, 200) AS i; "
      "CREATE TABLE app.target (LIKE app.source INCLUDING STORAGE, origin text)");
  for (const auto& [jobs, mebibytes] : {std::pair(1, 32), std::pair(4, 40)}) {
    const Flags flags = {"--set",        "origin=" + std::to_string(jobs),
                         "--jobs",       std::to_string(jobs),
                         "--max-memory", std::to_string(mebibytes) + "MiB"};
    const Watched watched = Watch(Command("app.source", "app.target", flags));
    const auto document = ExpectCopied(200, watched.result);
    EXPECT_EQ(document["max_memory_bytes"], mebibytes * kMebibyte);
    EXPECT_LT(watched.peak, mebibytes * kMebibyte);
  }
}

TEST_F(MemoryOfACopy, TooLittleIsRefusedWithTheLeastThatWouldDo) {
  MakeRows("app.source", 10);
  database_.Sql("CREATE TABLE app.target (LIKE app.source, origin text)");
  const auto refused = [&](const std::string& memory, const std::string& jobs,
                           const std::string& words) {
    ExpectExit(78,
               CopyTable("app.source", "app.target",
                         {"--set", "origin=x", "--jobs", jobs, "--max-memory", memory}),
               words);
  };
  refused("31MiB", "1", "--max-memory 31MiB: 1 lane needs 32MiB at least");
  refused("32MiB", "64", "--max-memory 32MiB: 64 lanes need 56MiB at least");
  refused("many", "1", "expected a size such as 64MiB or 1GB");
  refused("-1", "1", "expected a size");
  refused("0", "1", "expected a size");
  refused("64mib", "1", "expected a size");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

// The formula of docs/operations.md holds for every number of lanes and every size that is
// accepted.
TEST(MemoryFormula, IsNeverExceededByTheLimitsThatFollowFromIt) {
  for (int jobs = 1; jobs <= 64; ++jobs) {
    const int64_t least = copy::MaxMemoryMinimum(jobs);
    for (int64_t memory = least; memory < 16'384 * kMebibyte; memory += memory / 3) {
      const execution::SlabLimits limits = copy::LimitsFor(memory, jobs);
      const auto slab = static_cast<int64_t>(limits.slab_bytes);
      const auto row = static_cast<int64_t>(limits.row_bytes_max);
      EXPECT_GE(memory, 16 * kMebibyte + jobs * (2 * 4 * slab + 5 * row)) << jobs << " " << memory;
      EXPECT_GE(slab, 32 << 10);
      EXPECT_LE(slab, 256 << 10);
      EXPECT_GE(row, 64 << 10);
    }
  }
}

}  // namespace
}  // namespace regraft::support

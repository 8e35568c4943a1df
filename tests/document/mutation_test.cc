// Whatever is done to a good document or plan: an answer in time, and what is imported reads again.
#include "engine/document/import.h"
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"
#include "tests/support/mutate.h"
#include "tests/support/paths.h"

#include "gtest/gtest.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

namespace regraft {
namespace {

// REGRAFT_SEED repeats a run.
uint32_t Seed() {
  const char* given = std::getenv("REGRAFT_SEED");
  return given != nullptr ? static_cast<uint32_t>(std::strtoul(given, nullptr, 10))
                          : std::random_device{}();
}

std::string Load(const std::string& path) {
  std::ifstream file(support::TestData() + "/" + path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

constexpr auto kTimeMax = std::chrono::seconds(5);

TEST(Mutations, OfDocumentsAreAnsweredAndWhatIsImportedReadsAgain) {
  const uint32_t seed = Seed();
  SCOPED_TRACE(testing::Message() << "REGRAFT_SEED=" << seed);
  std::mt19937 random(seed);
  int imported = 0;
  for (const char* path : {"document/library.md", "document/umbau.md"}) {
    const std::string good = Load(path);
    ASSERT_FALSE(good.empty());
    for (int round = 0; round < 300; ++round) {
      const std::string text = support::Mutate(good, &random);
      const auto start = std::chrono::steady_clock::now();
      const auto import = document::ImportDocument(text, "doc.md");
      ASSERT_LT(std::chrono::steady_clock::now() - start, kTimeMax) << text;
      if (!import.ok()) continue;
      ++imported;
      const std::string yaml = plan::WritePlan(import->plan, import->comments);
      const auto read = plan::ReadPlan(yaml, "plan.yaml");
      ASSERT_TRUE(read.ok()) << read.status() << "\n" << yaml << "\nof\n" << text;
      ASSERT_EQ(plan::WritePlan(*read, import->comments), yaml) << text;
    }
  }
  EXPECT_GT(imported, 100);
}

TEST(Mutations, OfPlansAreAnsweredInTime) {
  const uint32_t seed = Seed();
  SCOPED_TRACE(testing::Message() << "REGRAFT_SEED=" << seed);
  std::mt19937 random(seed);
  const auto import = document::ImportDocument(Load("document/library.md"), "doc.md");
  ASSERT_TRUE(import.ok());
  const std::string good = plan::WritePlan(import->plan, import->comments);
  int read = 0;
  for (int round = 0; round < 1500; ++round) {
    const std::string text = support::Mutate(good, &random);
    const auto start = std::chrono::steady_clock::now();
    const auto plan = plan::ReadPlan(text, "plan.yaml");
    ASSERT_LT(std::chrono::steady_clock::now() - start, kTimeMax) << text;
    if (!plan.ok()) continue;
    ++read;
    const std::string once = plan::WritePlan(*plan, {});
    const auto again = plan::ReadPlan(once, "again.yaml");
    ASSERT_TRUE(again.ok()) << again.status() << "\n" << once << "\nof\n" << text;
    ASSERT_EQ(plan::WritePlan(*again, {}), once) << text;
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace regraft

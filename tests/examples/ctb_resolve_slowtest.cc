// The example's plan against the example database, at the document's row counts: nothing is
// refused, every mapping is proved on the real rows, and every allowed hazard is met.

#include "tests/resolution/resolving.h"
#include "tests/support/paths.h"

#include <cstdlib>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

namespace regraft::resolution {
namespace {

using ::testing::IsEmpty;

const std::string kRoot = support::TestData() + "/..";

class CtbPlanOnItsDatabase : public Resolving {
 protected:
  void SetUp() override {
    const std::string load =
        "DATABASE_URL='" + database_.conninfo() + "' '" + kRoot + "/scripts/load-example' --quiet";
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a test has one thread.
    ASSERT_EQ(std::system(load.c_str()), 0) << load;
    std::ifstream file(kRoot + "/docs/examples/ctb/plan.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    const auto plan = plan::ReadPlan(text.str(), "plan.yaml");
    ASSERT_TRUE(plan.ok()) << plan.status();
    plan_ = *plan;
    ResolveOptions options;
    options.plan_text = text.str();
    options.prove_mapping = true;
    auto saved = ResolvePlan(plan_, options, {.conninfo = database_.conninfo(), .role = "plan"});
    ASSERT_TRUE(saved.ok()) << saved.status();
    saved_ = *std::move(saved);
  }

  [[nodiscard]] int64_t RemainderOf(const std::string& id) const {
    const auto& reasons = Find(saved_, id).remainder;
    return std::accumulate(reasons.begin(), reasons.end(), int64_t{0},
                           [](int64_t sum, const auto& reason) { return sum + reason.rows; });
  }

  plan::Plan plan_;
  saved_plan::SavedPlan saved_;
};

// One test: loading takes longer than everything else.
TEST_F(CtbPlanOnItsDatabase, IsRefusedNothingAndLosesNothing) {
  EXPECT_THAT(Refusals(saved_), IsEmpty());
  EXPECT_EQ(saved_.actions.size(), 56u);

  for (const plan::Action& action : plan_.actions) {
    SCOPED_TRACE(action.id);
    const saved_plan::SavedAction& resolved = Find(saved_, action.id);
    if (action.merge.has_value() || action.fold.has_value()) EXPECT_TRUE(resolved.proved);
    if (action.question.has_value()) EXPECT_EQ(resolved.digest.size(), 32u);
    std::set<std::string> met;
    for (const saved_plan::Finding& finding : resolved.findings)
      if (finding.kind == "hazard") met.insert(finding.code);
    EXPECT_EQ(met, action.allow);
  }

  // The rows that the original run lost.
  EXPECT_EQ(RemainderOf("1J-1") + RemainderOf("1J-2"), 2525);
  EXPECT_EQ(RemainderOf("1G-10"), 5);
  for (const char* id : {"1B-1", "1B-2", "1B-3", "1B-4", "1B-5", "1E-1", "1E-2"})
    EXPECT_EQ(RemainderOf(id), 0) << id;
}

}  // namespace
}  // namespace regraft::resolution

// Whatever dies whenever, the same command again ends as if nothing had: at every write to the
// ledger, and at random moments. REGRAFT_TEST_SEED repeats a storm.

#include "tests/apply/kill_second_schema.h"

namespace regraft::apply {
namespace {

TEST_F(KillingASecondSchema, InsideEveryTransactionNeitherLosesNorDoublesAnything) {
  KillAtEvery(1, At::kStatement);
}

TEST_F(KillingASecondSchema, InEveryCommitNeitherLosesNorDoublesAnything) {
  KillAtEvery(1, At::kCommit);
}

TEST_F(KillingASecondSchema, AtRandomMomentsNeitherLosesNorDoublesAnything) {
  KillAtRandom(/*rounds=*/60, /*kills=*/4);
}

class KillingTheExample : public Killing {
 protected:
  KillingTheExample() {
    const std::string root = support::TestData() + "/..";
    EXPECT_EQ(Shell("DATABASE_URL='" + database_.conninfo() + "' '" + root +
                    "/scripts/load-example' --quiet --scale 0.02 --populate"),
              0);
    std::ostringstream text;
    text << std::ifstream(root + "/docs/examples/ctb/plan.yaml").rdbuf();
    std::ofstream(directory_ + "/plan.yaml")
        << std::regex_replace(text.str(), std::regex("\n *expect_rows:[^\n]*"), "");
    Expect(0, "", Run({"plan", directory_ + "/plan.yaml", "-o", file()}));
    EXPECT_THAT(LeftOut(ReadMinted(kMakers)),
                ::testing::ElementsAre(
                    "cl.cl_err_existence.error_id", "outreach.company_target_errors.error_id",
                    "outreach.entity_resolution_queue.id", "outreach.pipeline_audit_log.log_id",
                    "people.people_errors.error_id"));
    LearnWhatIsToBe();
  }
};

TEST_F(KillingTheExample, AtRandomMomentsNeitherLosesNorDoublesAnything) {
  KillAtRandom(/*rounds=*/4, /*kills=*/8);
}

}  // namespace
}  // namespace regraft::apply

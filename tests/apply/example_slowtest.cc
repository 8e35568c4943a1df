#include "tests/apply/example_cycle.h"

namespace regraft::apply {
namespace {

TEST_F(ExampleCycle, TheDocumentsPlanIsAppliedTakenBackAndAppliedAgain) {
  LoadAndPlan("", /*document_counts=*/true);
  if (HasFatalFailure()) return;
  ApplyAndUndo(/*again=*/true);
  // The rows that the original run lost.
  EXPECT_EQ(aside_["1J-1"] + aside_["1J-2"], 2525);
}

TEST_F(ExampleCycle, ThePopulatedExampleIsAppliedTakenBackAndAppliedAgain) {
  LoadAndPlan("--populate", /*document_counts=*/false);
  if (!HasFatalFailure()) ApplyAndUndo(/*again=*/true);
}

}  // namespace
}  // namespace regraft::apply

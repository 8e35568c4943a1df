#include "tests/apply/example_cycle.h"

namespace regraft::apply {
namespace {

// A fiftieth of the example's rows, the 30 tables that the document found empty filled.
TEST_F(ExampleCycle, ASmallPopulatedExampleIsAppliedAndTakenBack) {
  LoadAndPlan("--scale 0.02 --populate", /*document_counts=*/false);
  if (!HasFatalFailure()) ApplyAndUndo(/*again=*/false);
}

}  // namespace
}  // namespace regraft::apply

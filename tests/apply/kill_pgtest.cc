#include "tests/apply/kill_second_schema.h"

namespace regraft::apply {
namespace {

// Every one of them: kill_slowtest.cc.
TEST_F(KillingASecondSchema, AtWritesToTheLedgerNeitherLosesNorDoublesAnything) {
  KillAtEvery(32, At::kStatement);
  KillAtEvery(14, At::kCommit);
}

}  // namespace
}  // namespace regraft::apply

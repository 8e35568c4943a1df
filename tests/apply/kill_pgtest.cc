#include "tests/apply/kill_second_schema.h"

namespace regraft::apply {
namespace {

TEST_F(KillingASecondSchema, InsideTransactionsNeitherLosesNorDoublesAnything) {
  KillAtEvery(16, At::kStatement);
}

TEST_F(KillingASecondSchema, InCommitsNeitherLosesNorDoublesAnything) {
  KillAtEvery(8, At::kCommit);
}

}  // namespace
}  // namespace regraft::apply

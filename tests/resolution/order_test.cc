#include "engine/resolution/order.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::resolution {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Order, PhasesDecideWhereNothingElseIsKnown) {
  const Order order = DeriveOrder({{"move", 2, {}}, {"merge", 1, {}}, {"archive", 0, {}}});
  EXPECT_THAT(order.sequence, ElementsAre(2, 1, 0));
}

TEST(Order, WithinAPhaseTheyStayAsTheyStand) {
  EXPECT_THAT(DeriveOrder({{"a", 1, {}}, {"b", 1, {}}, {"c", 1, {}}}).sequence,
              ElementsAre(0, 1, 2));
}

TEST(Order, ANeedIsStrongerThanAPhase) {
  const Order order = DeriveOrder({{"archive", 0, {{1, "reads it"}}}, {"merge", 1, {}}});
  EXPECT_THAT(order.sequence, ElementsAre(1, 0));
}

TEST(Order, WhatStandsOnACircleIsNamedWithWhatIsBehindIt) {
  const Order order =
      DeriveOrder({{"a", 0, {{1, ""}}}, {"b", 0, {{0, ""}}}, {"c", 0, {{0, ""}}}, {"d", 0, {}}});
  EXPECT_THAT(order.sequence, ElementsAre(3));
  EXPECT_THAT(order.circle, ElementsAre(0, 1, 2));
  EXPECT_THAT(DeriveOrder({}).circle, IsEmpty());
}

}  // namespace
}  // namespace regraft::resolution

#include "engine/catalog/dossier.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Dossier With(std::map<std::string, std::vector<std::string>> facts) {
  return {.oid = 1, .name = {"s", "Odd"}, .facts = std::move(facts)};
}

TEST(CompareDossiers, EqualOnesDifferInNothing) {
  EXPECT_THAT(CompareDossiers(With({{"a", {"x"}}}), With({{"a", {"x"}}})), IsEmpty());
}

TEST(CompareDossiers, FactsThatComeAndGo) {
  const auto changes = CompareDossiers(With({{"gone", {"x"}}, {"same", {"y"}}}),
                                       With({{"come", {"z"}}, {"same", {"y"}}}));
  EXPECT_THAT(changes, ElementsAre(DossierChange{"s.\"Odd\"", "come", {}, {"z"}},
                                   DossierChange{"s.\"Odd\"", "gone", {"x"}, {}}));
}

TEST(CompareDossiers, OnlyTheLinesThatDiffer) {
  const auto changes =
      CompareDossiers(With({{"a", {"same", "old"}}}), With({{"a", {"new", "same"}}}));
  EXPECT_THAT(changes, ElementsAre(DossierChange{"s.\"Odd\"", "a", {"old"}, {"new"}}));
}

TEST(CompareDossiers, ALineThatStandsThereTwiceCountsTwice) {
  const auto changes = CompareDossiers(With({{"a", {"x", "x"}}}), With({{"a", {"x"}}}));
  EXPECT_THAT(changes, ElementsAre(DossierChange{"s.\"Odd\"", "a", {"x"}, {}}));
}

TEST(CompareDossiers, AnotherOrderOfColumnsIsAChange) {
  const auto changes =
      CompareDossiers(With({{"columns", {"b", "a"}}}), With({{"columns", {"a", "b"}}}));
  EXPECT_THAT(changes,
              ElementsAre(DossierChange{"s.\"Odd\"", "columns", {"order: b, a"}, {"order: a, b"}}));
}

}  // namespace
}  // namespace regraft::catalog

#include "engine/catalog/dependent_effect.h"

#include "gtest/gtest.h"

namespace regraft::catalog {
namespace {

using Kind = TableChange::Kind;

const pg::QualifiedName kOld = {"app", "orders"}, kNew = {"Archive", "orders"};
const TableChange kMoved = {Kind::kMoved, kOld, kNew, {}, false};
const TableChange kArchived = {Kind::kArchived, kOld, kNew, {}, false};
const TableChange kMerged = {Kind::kMerged, kOld, kNew, {"app", "all_orders"}, false};
const TableChange kMergedAndKept = {Kind::kMerged, kOld, kOld, {"app", "all_orders"}, false};
const TableChange kMovedWithView = {Kind::kMoved, kOld, kNew, {}, true};

Dependent Of(DependentKind kind, std::string detail = "", Certainty certainty = Certainty::kNames) {
  return {.of = 1, .kind = kind, .name = "x", .detail = std::move(detail), .certainty = certainty};
}

TEST(EffectOf, ViewsFollowButGoOnReadingTheSource) {
  const Dependent view = Of(DependentKind::kView);
  EXPECT_EQ(EffectOf(view, kMoved), "follows (by OID), as \"Archive\".orders");
  EXPECT_EQ(EffectOf(view, kArchived),
            "follows (by OID): goes on reading the source, as \"Archive\".orders");
  EXPECT_EQ(EffectOf(view, kMerged),
            "goes on reading the source, as \"Archive\".orders, not app.all_orders");
  EXPECT_EQ(EffectOf(view, kMergedAndKept),
            "goes on reading the source, which stays, not app.all_orders");
}

TEST(EffectOf, ForeignKeysGoOnReferencing) {
  EXPECT_EQ(EffectOf(Of(DependentKind::kForeignKey), kMerged),
            "goes on referencing the source, as \"Archive\".orders, not app.all_orders");
}

TEST(EffectOf, TextBreaksUnlessTheNameRemains) {
  const Dependent function = Of(DependentKind::kFunctionText, "app.orders");
  EXPECT_EQ(EffectOf(function, kMoved),
            "breaks: names it as text (app.orders); to write instead: \"Archive\".orders");
  EXPECT_EQ(EffectOf(function, kMerged),
            "breaks: names it as text (app.orders); to write instead: app.all_orders");
  EXPECT_EQ(EffectOf(function, kMergedAndKept), "goes on reading the source, not app.all_orders");
  EXPECT_EQ(EffectOf(function, kMovedWithView), "goes on by name, through the view app.orders");
}

TEST(EffectOf, DoubtfulTextMayBreak) {
  const Dependent function = Of(DependentKind::kFunctionText, "in a string", Certainty::kMayName);
  EXPECT_EQ(EffectOf(function, kMoved),
            "may break: may name it as text (in a string); to write instead: \"Archive\".orders");
}

TEST(EffectOf, PathsFindBareNamesOnlyInTheirSchemas) {
  EXPECT_EQ(EffectOf(Of(DependentKind::kSetting, "app, public"), kMoved),
            "may break: the bare name orders no longer means this table");
  EXPECT_EQ(EffectOf(Of(DependentKind::kSetting, "app, \"Archive\""), kMoved),
            "follows: its new schema is on the path too");
  EXPECT_EQ(EffectOf(Of(DependentKind::kSetting, "app"), kMovedWithView),
            "goes on finding the view by the bare name");
}

TEST(EffectOf, PublicationsOfASchemaLoseTheTable) {
  EXPECT_EQ(EffectOf(Of(DependentKind::kSchemaPublication), kMoved),
            "changes: publishes the tables of app, and this one no longer");
  EXPECT_EQ(EffectOf(Of(DependentKind::kPublication), kMoved),
            "follows (by OID); subscribers apply by name, and stop until they have "
            "\"Archive\".orders");
}

TEST(EffectOf, PartitionsAndChildrenStay) {
  EXPECT_EQ(EffectOf(Of(DependentKind::kPartition), kMoved),
            "stays in its schema, and a partition of it");
  EXPECT_EQ(EffectOf(Of(DependentKind::kChild), kArchived),
            "stays in its schema, and inherits from it");
}

}  // namespace
}  // namespace regraft::catalog

#include "engine/base/failure_kind.h"
#include "engine/plan/read_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <string>

namespace regraft::plan {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kHead = "regraft: 1\nactions: []\n";

Plan Read(const std::string& text) {
  auto plan = ReadPlan(kHead + text, "p.yaml");
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : Plan{};
}

std::string Refusal(const std::string& text) {
  const auto plan = ReadPlan(kHead + text, "p.yaml");
  EXPECT_FALSE(plan.ok());
  EXPECT_EQ(KindOf(plan.status()), FailureKind::kBadPlan);
  return std::string(plan.status().message());
}

TEST(ReadAudits, ReadsEveryKindWithItsKeys) {
  const Plan plan = Read(R"y(
audits:
- null: app.spine
  column: domain
- duplicate: app.people
  columns: [email, region]
  collation: de_DE
  ignore_empty: true
  count: surplus
  where: active
  expect: {rows: 100, tolerance: 5%}
- orphan: app.slots
  of: app.spine
  of_where: claimed
  join: {spine_id: id}
  direction: both
- reference: app.slots
  to: app.people
  join: {person_id: id}
- count: app.slots
  id: slots
  expect: 285012
  reason: three for each
- alignment: app.identity
  where: spine_id IS NOT NULL
  with: app.spine
  join: {spine_id: id}
- cardinality: app.slots
  columns: [spine_id]
  of: app.spine
  join: {spine_id: id}
  min: 3
  max: 3
- freshness: app.events
  column: seen_at
  within: 36h
- accepted_values: app.events
  column: kind
  values: [a, 'null', 7]
  nulls: refuse
- sql: no loops
  query: SELECT * FROM app.links WHERE a = b
)y");
  ASSERT_EQ(plan.audits.size(), 10u);
  EXPECT_EQ(plan.audits[0].kind, AuditKind::kNull);
  EXPECT_EQ(plan.audits[0].table, (pg::QualifiedName{"app", "spine"}));
  EXPECT_EQ(plan.audits[0].column, "domain");
  EXPECT_EQ(plan.audits[0].id, "null app.spine domain");
  EXPECT_EQ(plan.audits[0].expected.rows, 0);
  const Audit& duplicate = plan.audits[1];
  EXPECT_THAT(duplicate.columns, ElementsAre("email", "region"));
  EXPECT_EQ(duplicate.collation, "de_DE");
  EXPECT_TRUE(duplicate.ignore_empty);
  EXPECT_EQ(duplicate.unit, DuplicateUnit::kSurplus);
  EXPECT_EQ(duplicate.where, "active");
  EXPECT_EQ(duplicate.expected.rows, 100);
  EXPECT_EQ(duplicate.expected.tolerance_rows, 5);
  EXPECT_EQ(plan.audits[2].direction, Direction::kBoth);
  EXPECT_EQ(plan.audits[2].other, (pg::QualifiedName{"app", "spine"}));
  EXPECT_EQ(plan.audits[2].other_where, "claimed");
  EXPECT_EQ(plan.audits[2].join[0].source, "spine_id");
  EXPECT_EQ(plan.audits[2].join[0].target, "id");
  EXPECT_EQ(plan.audits[3].other->name, "people");
  EXPECT_EQ(plan.audits[4].expected.rows, 285012);
  EXPECT_EQ(plan.audits[4].id, "slots");
  EXPECT_EQ(plan.audits[4].reason, "three for each");
  EXPECT_EQ(plan.audits[5].other->name, "spine");
  EXPECT_EQ(plan.audits[6].min, 3);
  EXPECT_EQ(plan.audits[6].max, 3);
  EXPECT_EQ(plan.audits[7].within_seconds, 36 * 3600);
  EXPECT_THAT(plan.audits[8].values, ElementsAre("a", "null", "7"));
  EXPECT_FALSE(plan.audits[8].nulls);
  EXPECT_EQ(plan.audits[9].name, "no loops");
  EXPECT_THAT(plan.audits[9].query, HasSubstr("app.links"));
}

TEST(ReadAudits, WhatADuplicateCountsIsGroupsOfEqualBytesUnlessThePlanSaysOtherwise) {
  const Plan plan = Read("audits:\n- {duplicate: app.a, columns: [b]}\n");
  ASSERT_EQ(plan.audits.size(), 1u);
  EXPECT_EQ(plan.audits[0].unit, DuplicateUnit::kGroups);
  EXPECT_EQ(plan.audits[0].collation, "C");
  EXPECT_FALSE(plan.audits[0].ignore_empty);
}

TEST(ReadAudits, TheKindNullMayBeWrittenInQuotesOrNot) {
  EXPECT_EQ(Read("audits:\n- {null: app.a, column: b}\n").audits[0].kind, AuditKind::kNull);
  EXPECT_EQ(Read("audits:\n- {\"null\": app.a, column: b}\n").audits[0].kind, AuditKind::kNull);
  EXPECT_THAT(Refusal("audits:\n- {null: app.a, \"null\": app.c, column: b}\n"),
              HasSubstr("\"null\" twice"));
  EXPECT_THAT(Refusal("null: 1\n"), HasSubstr("the plan has no key \"null\""));
}

TEST(ReadAudits, NamesEveryMistakeWithItsPlaceAndTheNearestWord) {
  EXPECT_THAT(
      Refusal("audits:\n"
              "- duplicat: app.a\n"
              "- null: a\n"
              "  colum: b\n"
              "- count: app.b\n"
              "- orphan: app.c\n"
              "  of: app.d\n"
              "  direction: forwards\n"
              "- cardinality: app.e\n"
              "  columns: [x]\n"
              "- freshness: app.f\n"
              "  column: at\n"
              "  within: soon\n"
              "  expect: 1\n"
              "- {count: app.g, expect: 1}\n"
              "- {count: app.g, expect: 2}\n"
              "- {cardinality: app.h, columns: [x], min: 3, max: 2}\n"),
      AllOf(HasSubstr("p.yaml:4:3: an audit begins with its kind, not with \"duplicat\"; did you "
                      "mean \"duplicate\"?"),
            HasSubstr("p.yaml:5:9: \"null\" a needs its schema"),
            HasSubstr("p.yaml:5:3: the null audit needs the key \"column\""),
            HasSubstr("has no key \"colum\"; did you mean \"column\"?"),
            HasSubstr("p.yaml:7:3: the count audit needs the key \"expect\""),
            HasSubstr("p.yaml:8:3: the orphan audit needs \"join\", such as"),
            HasSubstr("\"direction\" cannot be \"forwards\"; did you mean \"forward\"?"),
            HasSubstr("p.yaml:11:3: the cardinality audit needs \"min\" or \"max\""),
            AllOf(HasSubstr("\"within\" is a duration"),
                  HasSubstr("the freshness audit has no key \"expect\""),
                  HasSubstr("the id \"count app.g\" is that of the audit in line 17 too"),
                  HasSubstr("\"min\" is greater than \"max\""))));
}

TEST(ReadAudits, WithATodoWhatIsNotKnownYetMayBeMissing) {
  const Plan plan = Read(
      "audits:\n"
      "- {orphan: slots, of: ~, todo: [which tables]}\n"
      "- {count: ~, id: people, todo: [which table]}\n");
  ASSERT_EQ(plan.audits.size(), 2u);
  EXPECT_EQ(plan.audits[0].table, (pg::QualifiedName{"", "slots"}));
  EXPECT_FALSE(plan.audits[0].other.has_value());
  EXPECT_THAT(plan.audits[0].todo, ElementsAre("which tables"));
  EXPECT_EQ(plan.audits[1].table, pg::QualifiedName{});
  EXPECT_THAT(Refusal("audits:\n- {orphan: slots, todo: []}\n"), HasSubstr("needs its schema"));
}

TEST(ReadPlan, WithATodoAnActionMayLackWhatItsKindNeeds) {
  const auto plan = ReadPlan(
      "regraft: 1\nactions:\n"
      "- {merge_jsonb: app.side, into: people, todo: [by which columns, which schema]}\n"
      "- {archive: old, todo: [where to]}\n",
      "p.yaml");
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->actions[0].target, (pg::QualifiedName{"", "people"}));
  EXPECT_THAT(plan->actions[0].fold->join, IsEmpty());
  EXPECT_EQ(plan->actions[1].source, (pg::QualifiedName{"", "old"}));
  EXPECT_FALSE(plan->actions[1].target.has_value());
  const auto mistyped =
      ReadPlan("regraft: 1\nactions:\n- {archive: old, todo: [where], allwo: []}\n", "p.yaml");
  EXPECT_THAT(std::string(mistyped.status().message()), HasSubstr("did you mean \"allow\"?"));
}

TEST(ReadLock, ReadsSchemasLeavesAndHowManyThereMayBe) {
  const Plan plan = Read(R"y(
lock:
  schemas: [app, '"Odd"']
  leaves:
  - {table: app.orders, sub_hub: sales, leaf_type: CANONICAL, path: hub/sales}
  - {table: app.order_errors, sub_hub: sales, leaf_type: ERROR}
  cardinality:
  - {leaf_type: CANONICAL, min: 1, max: 1}
  - {leaf_type: ERROR, max: 1, sub_hubs: [sales]}
)y");
  ASSERT_TRUE(plan.lock.has_value());
  EXPECT_EQ(plan.lock->schemas.size(), 2u);
  ASSERT_EQ(plan.lock->leaves.size(), 2u);
  EXPECT_EQ(plan.lock->leaves[0].table, (pg::QualifiedName{"app", "orders"}));
  EXPECT_EQ(plan.lock->leaves[0].sub_hub, "sales");
  EXPECT_EQ(plan.lock->leaves[0].leaf_type, "CANONICAL");
  EXPECT_EQ(plan.lock->leaves[0].path, "hub/sales");
  EXPECT_EQ(plan.lock->leaves[1].path, "");
  ASSERT_EQ(plan.lock->cardinality.size(), 2u);
  EXPECT_EQ(plan.lock->cardinality[0].min, 1);
  EXPECT_EQ(plan.lock->cardinality[0].max, 1);
  EXPECT_EQ(plan.lock->cardinality[1].min, 0);
  EXPECT_THAT(plan.lock->cardinality[1].sub_hubs, ElementsAre("sales"));
}

TEST(ReadLock, NamesEveryMistake) {
  EXPECT_THAT(
      Refusal("lock:\n"
              "  schema: [app]\n"
              "  leaves:\n"
              "  - {table: app.a, sub_hub: s, leaf_type: CANNONICAL}\n"
              "  - {table: app.b, leaf_type: UNCLASSIFIED}\n"
              "  - {table: app.b, sub_hub: t, leaf_type: MV}\n"
              "  cardinality: [{leaf_type: MV, min: 2, max: 1}]\n"),
      AllOf(HasSubstr("\"lock\" needs the key \"schemas\""),
            HasSubstr("\"lock\" has no key \"schema\"; did you mean \"schemas\"?"),
            HasSubstr("cannot be \"CANNONICAL\"; did you mean \"CANONICAL\"?"),
            HasSubstr("p.yaml:7:5: a leaf needs the key \"sub_hub\""),
            HasSubstr("cannot be \"UNCLASSIFIED\""), HasSubstr("app.b is a leaf in line 7 already"),
            HasSubstr("\"min\" is greater than \"max\"")));
}

}  // namespace
}  // namespace regraft::plan

#include "engine/plan/read_plan.h"

#include "engine/base/failure_kind.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <random>
#include <string>

namespace regraft::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Plan Read(const std::string& text) {
  auto plan = ReadPlan(text, "p.yaml");
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : Plan{};
}

std::string Refusal(const std::string& text) {
  const auto plan = ReadPlan(text, "p.yaml");
  EXPECT_FALSE(plan.ok());
  EXPECT_EQ(KindOf(plan.status()), FailureKind::kBadPlan);
  return std::string(plan.status().message());
}

const std::string kHead = "regraft: 1\nactions:\n";

TEST(ReadPlan, AMergeOfThreeLinesIsComplete) {
  const Plan plan =
      Read(kHead + "- merge: app.orders_2023\n  into: app.orders\n  set: {origin: 2023}\n");
  ASSERT_EQ(plan.actions.size(), 1u);
  const Action& merge = plan.actions[0];
  EXPECT_EQ(merge.kind, ActionKind::kMerge);
  EXPECT_EQ(merge.id, "merge app.orders_2023");
  EXPECT_EQ(merge.source, (pg::QualifiedName{"app", "orders_2023"}));
  EXPECT_EQ(merge.target, (pg::QualifiedName{"app", "orders"}));
  ASSERT_TRUE(merge.merge.has_value());
  ASSERT_EQ(merge.merge->mapping.constants.size(), 1u);
  EXPECT_EQ(merge.merge->mapping.constants[0].column, "origin");
  EXPECT_EQ(merge.merge->mapping.constants[0].value, "2023");
  EXPECT_EQ(merge.after, After::kArchive);
  EXPECT_EQ(merge.merge->conflict, Conflict::kRefuse);
  EXPECT_EQ(plan.approvals.required, 1);
  EXPECT_FALSE(plan.approvals.not_by_planner);
  EXPECT_EQ(plan.lifetime_seconds, 7 * 24 * 3600);
}

TEST(ReadPlan, ReadsEveryKeyOfAMerge) {
  const Plan plan = Read(kHead + R"y(
- merge: app.failed
  id: 1B-2
  into: app.errors
  reason: one place for errors
  expect_rows: {rows: 310, tolerance: 1%}
  set: {src: failed}
  columns: {failure: error_code, person_id: ''}
  map: {error_type: {from: failure, values: {full: external, '\N': unknown, gone: ~, '*': other}}}
  fill:
    stage: enrichment
    owner_id: {sql: "(SELECT b.owner FROM app.bridge b WHERE b.old = s.owner)"}
  zones: {created_at: Europe/Berlin}
  overflow: payload
  where: s.id > 7
  keys: mint
  conflict: remainder
  remainder: app.failed_remainder
  allow: [trigger-fires]
  after: keep
)y");
  ASSERT_EQ(plan.actions.size(), 1u);
  const Action& action = plan.actions[0];
  EXPECT_EQ(action.id, "1B-2");
  EXPECT_EQ(action.place.line, 4);
  EXPECT_EQ(action.expected->rows, 310);
  EXPECT_EQ(action.expected->tolerance_rows, 4);
  EXPECT_EQ(action.after, After::kKeep);
  EXPECT_THAT(action.allow, ElementsAre("trigger-fires"));
  EXPECT_EQ(action.remainder->name, "failed_remainder");
  const MergeRules& rules = *action.merge;
  EXPECT_EQ(rules.mapping.columns[1].source, "person_id");
  EXPECT_EQ(rules.mapping.columns[1].target, "");
  EXPECT_EQ(rules.mapping.overflow, "payload");
  EXPECT_EQ(rules.mapping.where, "s.id > 7");
  ASSERT_EQ(rules.mapping.value_maps.size(), 1u);
  const ValueMap& map = rules.mapping.value_maps[0];
  EXPECT_EQ(map.target, "error_type");
  EXPECT_EQ(map.source, "failure");
  EXPECT_THAT(map.pairs, ElementsAre(std::pair("full", std::optional<std::string>("external")),
                                     std::pair("gone", std::optional<std::string>())));
  EXPECT_EQ(map.otherwise, "other");
  EXPECT_EQ(map.when_null, "unknown");
  ASSERT_EQ(rules.mapping.fills.size(), 2u);
  EXPECT_FALSE(rules.mapping.fills[0].is_sql);
  EXPECT_TRUE(rules.mapping.fills[1].is_sql);
  EXPECT_THAT(rules.mapping.fills[1].value, HasSubstr("app.bridge"));
  EXPECT_EQ(rules.mapping.zones[0].zone, "Europe/Berlin");
  EXPECT_TRUE(rules.mapping.mint_keys);
  EXPECT_EQ(rules.conflict, Conflict::kRemainder);
}

TEST(ReadPlan, ReadsTheOtherKinds) {
  const Plan plan = Read(kHead + R"y(
- archive: app.old
  to: archive.app_old
  view: true
- move: '"Odd schema"."a.b"'
  to: app.plain
- merge_jsonb: app.side
  into: app.people
  join: {person: id}
  column: side_data
  several: array
  unmatched: remainder
- merge_cols: app.scores
  into: app.people
  join: {person: id}
  prefix: score_
- add_pk: app.log
  column: log_id
  order_by: [at, id]
- keep_as_mv: app.status
)y");
  ASSERT_EQ(plan.actions.size(), 6u);
  EXPECT_TRUE(plan.actions[0].view);
  EXPECT_EQ(plan.actions[1].source, (pg::QualifiedName{"Odd schema", "a.b"}));
  EXPECT_EQ(plan.actions[2].fold->column, "side_data");
  EXPECT_EQ(plan.actions[2].fold->several, Several::kArray);
  EXPECT_EQ(plan.actions[2].fold->unmatched, Conflict::kRemainder);
  EXPECT_EQ(plan.actions[3].fold->prefix, "score_");
  EXPECT_THAT(plan.actions[4].key->order_by, ElementsAre("at", "id"));
  EXPECT_EQ(plan.actions[5].kind, ActionKind::kKeepAsMv);
}

TEST(ReadPlan, AnOptionMovesTheTableThatTheQuestionIsAbout) {
  const Plan plan = Read(kHead + R"y(
- pending: app.urls
  question: Who owns them?
  options:
    sales: {move: sales.urls}
    merged: [{merge: app.urls, into: sales.all_urls, set: {origin: app}}]
    stay: keep
  answer: {choose: merged, by: Ada, reason: one table is enough}
)y");
  const Question& question = *plan.actions[0].question;
  ASSERT_EQ(question.options.size(), 3u);
  const Action& move = question.options[0].actions[0];
  EXPECT_EQ(move.source, (pg::QualifiedName{"app", "urls"}));
  EXPECT_EQ(move.target, (pg::QualifiedName{"sales", "urls"}));
  EXPECT_EQ(question.options[1].actions[0].target, (pg::QualifiedName{"sales", "all_urls"}));
  EXPECT_TRUE(question.options[2].actions.empty());
  EXPECT_EQ(question.answer->choice, "merged");
  EXPECT_EQ(question.answer->by, "Ada");
}

TEST(ReadPlan, ReadsWhatStandsAboveTheActions) {
  const Plan plan = Read(R"y(
regraft: 1
name: spring cleaning
approvals: {required: 2, not_by_planner: true}
lifetime: 36h
reconciliation: {declared: 64, itemised: 56, acknowledged: Ada}
untouchable: [app.people]
prepare:
- table: app.errors
  add_columns: {src: varchar(50), payload: jsonb}
  drop_not_null: [owner_id]
  replace_check: {errors_type_check: "error_type IN ('a', 'b')"}
  replace_unique_index: {errors_key: "(src, id)"}
actions: []
)y");
  EXPECT_EQ(plan.approvals.required, 2);
  EXPECT_TRUE(plan.approvals.not_by_planner);
  EXPECT_EQ(plan.lifetime_seconds, 36 * 3600);
  EXPECT_EQ(plan.reconciliation->itemised, 56);
  EXPECT_EQ(plan.untouchable[0], (pg::QualifiedName{"app", "people"}));
  ASSERT_EQ(plan.preparations.size(), 1u);
  const Preparation& errors = plan.preparations[0];
  EXPECT_EQ(errors.add_columns[0].type, "varchar(50)");
  EXPECT_THAT(errors.drop_not_null, ElementsAre("owner_id"));
  EXPECT_EQ(errors.replace_checks[0].name, "errors_type_check");
  EXPECT_EQ(errors.replace_unique_indexes[0].definition, "(src, id)");
}

TEST(ReadPlan, NamesEveryMistakeWithItsPlaceAndTheNearestWord) {
  const std::string refusal = Refusal(
      "regraft: 1\n"
      "aproval: {}\n"
      "actions:\n"
      "- mrege: app.a\n"
      "- archive: app.b\n"
      "  ot: archive.b\n"
      "- merge: c\n"
      "  into: app.d\n"
      "  after: remove\n");
  EXPECT_THAT(
      refusal,
      HasSubstr("p.yaml:2:1: the plan has no key \"aproval\"; did you mean \"approvals\"?"));
  EXPECT_THAT(refusal, HasSubstr("p.yaml:4:3: an action begins with its kind, not with \"mrege\"; "
                                 "did you mean \"merge\"?"));
  EXPECT_THAT(refusal, HasSubstr("p.yaml:5:3: the archive action needs the key \"to\""));
  EXPECT_THAT(refusal,
              HasSubstr("p.yaml:6:3: the archive action has no key \"ot\"; did you mean \"to\"?"));
  EXPECT_THAT(refusal, HasSubstr("p.yaml:7:10: \"merge\" c needs its schema"));
  EXPECT_THAT(refusal, HasSubstr("p.yaml:9:10: \"after\" cannot be \"remove\"; known are"));
}

TEST(ReadPlan, ARefusedWordIsNeverQuietlyTheDefault) {
  EXPECT_THAT(Refusal(kHead + "- merge: a.b\n  into: a.c\n  conflict: ignore\n"),
              HasSubstr("\"conflict\" cannot be \"ignore\""));
  EXPECT_THAT(Refusal(kHead + "- merge: a.b\n  into: a.c\n  allow: [everything]\n"),
              HasSubstr("everything"));
  EXPECT_THAT(Refusal(kHead + "- archive: a.b\n  to: c.d\n  view: maybe\n"), HasSubstr("maybe"));
}

TEST(ReadPlan, AKeyTwiceAnIdTwiceAndTwoKindsAreRefused) {
  EXPECT_THAT(Refusal(kHead + "- archive: a.b\n  to: c.d\n  to: c.e\n"), HasSubstr("\"to\" twice"));
  EXPECT_THAT(Refusal(kHead + "- archive: a.b\n  to: c.d\n- archive: a.b\n  to: c.e\n"),
              HasSubstr("the id \"archive a.b\" is that of the action in line 3 too"));
  EXPECT_THAT(Refusal(kHead + "- archive: a.b\n  to: c.d\n  move: a.b\n"), HasSubstr("one kind"));
}

TEST(ReadPlan, WhatIsNoPlanIsRefused) {
  EXPECT_THAT(Refusal(""), HasSubstr("p.yaml"));
  EXPECT_THAT(Refusal("- a\n"), HasSubstr("must be a map"));
  EXPECT_THAT(Refusal("regraft: 2\nactions: []\n"), HasSubstr("format 1, not 2"));
  EXPECT_THAT(Refusal("actions: []\n"), HasSubstr("needs the key \"regraft\""));
  EXPECT_THAT(Refusal("regraft: 1\n---\nregraft: 1\n"), HasSubstr("one YAML document, found more"));
  EXPECT_THAT(Refusal("regraft: [1\n"), HasSubstr("not YAML"));
  EXPECT_THAT(Refusal(kHead + std::string(100'000, '[')), HasSubstr("p.yaml"));
}

TEST(ReadPlan, AStrayCommaDoesNotKeepTheParserBusyForEver) {
  EXPECT_THAT(Refusal(",regraft: 1\nactions: []\n"), HasSubstr("p.yaml"));
}

// Whatever is done to a good plan, the reader answers; and what it accepts it reads the same again.
TEST(ReadPlan, SurvivesEveryCutAndRandomDamage) {
  const std::string good = kHead +
                           "- merge: app.a\n  into: app.b\n  set: {o: 1}\n  map: {t: {from: f, "
                           "values: {a: b}}}\n- pending: app.c\n  question: q\n  options: {x: "
                           "{move: d.e}, y: keep}\n";
  for (size_t length = 0; length < good.size(); ++length)
    ReadPlan(good.substr(0, length), "p.yaml").status().IgnoreError();
  std::mt19937 random(20231);
  int refused = 0;
  constexpr int kRounds = 5000;
  for (int round = 0; round < kRounds; ++round) {
    std::string damaged = good;
    for (int hits = 0; hits < 3; ++hits)
      damaged[random() % damaged.size()] = static_cast<char>(random() % 128);
    refused += ReadPlan(damaged, "p.yaml").ok() ? 0 : 1;
  }
  EXPECT_GT(refused, kRounds / 2);
}

}  // namespace
}  // namespace regraft::plan

#include "engine/plan/write_plan.h"

#include "engine/plan/read_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <random>
#include <string>

namespace regraft::plan {
namespace {

using testing::HasSubstr;

const std::string kEverything = R"y(
regraft: 1
name: spring cleaning
approvals: {required: 2, not_by_planner: true}
lifetime: 36h
reconciliation: {declared: 64, itemised: 56, acknowledged: Ada}
untouchable: [app.people, app."Odd name"]
prepare:
- table: app.errors
  add_columns: {src: varchar(50), payload: jsonb}
  drop_not_null: [owner_id]
  replace_check: {errors_type_check: "error_type IN ('a', 'b')"}
  replace_unique_index: {errors_key: "(src, id)"}
  todo: [which type]
actions:
- merge: app.failed
  id: 1B-2
  into: app.errors
  reason: "one place: for \"errors\"\nand more"
  expect_rows: {rows: 310, tolerance: 1%}
  set: {src: failed, n: "007", b: "true"}
  columns: {failure: error_code, person_id: ''}
  map: {error_type: {from: failure, values: {full: external, '\N': unknown, gone: ~, '*': other}}}
  fill: {stage: enrichment, owner_id: {sql: "(SELECT b.o FROM app.b WHERE b.old = s.owner)"}}
  zones: {created_at: Europe/Berlin}
  overflow: payload
  where: s.id > 7
  keys: mint
  remainder: app.failed_remainder
  allow: [trigger-fires]
  after: view
- {archive: app.old, to: archive.app_old, view: true}
- {move: '"Odd schema"."a.b"', to: app.plain}
- {merge_jsonb: app.side, into: app.people, join: {p: id}, column: d, several: array, unmatched: remainder}
- {merge_cols: app.scores, into: app.people, join: {person: id}, prefix: score_, after: keep}
- {add_pk: app.log, column: log_id, order_by: [at, id]}
- {keep_as_mv: app.status, todo: [really, "yes: no"]}
- pending: app.urls
  question: Who owns them?
  options: {sales: {move: sales.urls}, merged: [{merge: app.urls, into: sales.u, set: {o: app}}], stay: keep}
  answer: {choose: merged, by: Ada, reason: one table is enough}
- {archive: ~, id: unknown, todo: [which table]}
audits:
- {null: app.spine, column: domain, expect: 3}
- {duplicate: app.p, columns: [e, f], collation: de, ignore_empty: true, count: rows, where: "a > 1"}
- {orphan: app.s, of: app.t, of_where: x, join: {a: b}, direction: backward}
- {reference: app.s, to: app.t, to_where: y, join: {a: b}}
- {count: app.s, expect: {rows: 0, tolerance: 3}}
- {count: app.r, expect: 0}
- {alignment: app.s, with: app.t, with_where: z, join: {a: b}}
- {cardinality: app.s, columns: [a], of: app.t, join: {a: b}, min: 0, max: 3}
- {freshness: app.s, column: at, within: 90m}
- {accepted_values: app.s, column: k, values: [a, "", "~", "null"], nulls: refuse}
- {sql: "no, loops", query: "SELECT 1 -- #x"}
- {orphan: slots, id: o, todo: [which]}
lock:
  schemas: [app, "#x"]
  leaves:
  - {table: app.a, sub_hub: s, leaf_type: CANONICAL, path: a/b}
  - {table: b, sub_hub: s, leaf_type: MV, todo: ["which schema?"]}
  cardinality: [{leaf_type: ERROR, min: 1, max: 2, sub_hubs: [s]}]
  todo: [which schemas]
)y";

std::string Rewrite(const std::string& text) {
  const auto plan = ReadPlan(text, "p.yaml");
  EXPECT_TRUE(plan.ok()) << plan.status() << "\n" << text;
  return plan.ok() ? WritePlan(*plan, {}) : "";
}

// Every word of the input must come back, and writing again what was read changes nothing.
TEST(WritePlan, WhatIsWrittenReadsAsTheSamePlan) {
  const std::string once = Rewrite(kEverything);
  EXPECT_EQ(Rewrite(once), once);
  for (const char* part : {"not_by_planner: true",
                           "lifetime: 36h",
                           "acknowledged: Ada",
                           R"("app.\"Odd name\"")",
                           "src: varchar(50)",
                           "drop_not_null: [owner_id]",
                           "errors_key: \"(src, id)\"",
                           "n: 007",
                           "b: \"true\"",
                           "person_id: \"\"",
                           "gone: ~",
                           R"("\\N": unknown)",
                           R"("*": other)",
                           "owner_id: {sql: ",
                           "zones: {created_at: ",
                           "keys: mint",
                           "remainder: app.failed_remainder",
                           "after: view",
                           "allow: [trigger-fires]",
                           "expect_rows: {rows: 310, tolerance: 4}",
                           "view: true",
                           "several: array",
                           "unmatched: remainder",
                           "prefix: score_",
                           "order_by: [at, id]",
                           "stay: keep",
                           "- move: app.urls",
                           "choose: merged",
                           "archive: ~",
                           "null: app.spine",
                           "collation: de",
                           "ignore_empty: true",
                           "count: rows",
                           "where: \"a > 1\"",
                           "direction: backward",
                           "to_where: y",
                           "expect: {rows: 0, tolerance: 3}",
                           "expect: 0",
                           "with_where: z",
                           "min: 0",
                           "within: 90m",
                           R"(values: [a, "", "~", "null"])",
                           "nulls: refuse",
                           "sql: \"no, loops\"",
                           R"(query: "SELECT 1 -- #x")",
                           "orphan: slots",
                           "leaf_type: MV",
                           "path: \"a/b\"",
                           "sub_hubs: [s]",
                           R"("one place: for \"errors\"\nand more")"})
    EXPECT_THAT(once, HasSubstr(part == std::string("path: \"a/b\"") ? "path: a/b" : part));
}

TEST(WritePlan, DefaultsAreLeftOut) {
  EXPECT_EQ(Rewrite("regraft: 1\nlifetime: 168h\nactions:\n- {merge: a.b, into: a.c, keys: keep, "
                    "after: archive, set: {o: x}}\n"),
            "regraft: 1\nactions:\n- merge: a.b\n  id: merge a.b\n  into: a.c\n  set: {o: x}\n");
}

TEST(WritePlan, CommentsStandWhereTheyBelong) {
  Plan plan;
  plan.reconciliation = Reconciliation{.declared = 2, .itemised = 1, .acknowledged = ""};
  plan.actions.push_back({.kind = ActionKind::kKeepAsMv, .id = "x", .source = {"a", "b"}});
  EXPECT_EQ(WritePlan(plan, {.head = {"made by hand", ""},
                             .reconciliation = {"who knows?"},
                             .actions = {{"first: action"}}}),
            "# made by hand\n#\nregraft: 1\n# who knows?\nreconciliation: {declared: 2, itemised: "
            "1, acknowledged: \"\"}\nactions:\n# first: action\n- keep_as_mv: a.b\n  id: x\n");
}

// Any text must come back as it was, wherever it stands.
TEST(WritePlan, RandomTextComesBackAsItWas) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::string> pieces = {
      "a",  "B",  "7",  " ", ":", "#",    "'",    "\"",   "\\", "\n", "{", "}",
      "[",  ",",  "- ", "?", "*", "&",    "!",    "|",    ">",  "%",  "@", "`",
      "\t", "\r", "~",  "ü", "→", "\x7f", "\x01", "null", "0x", "漢"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (size_t i = random() % 8; i > 0; --i) text += pieces[random() % pieces.size()];
    Plan plan;
    plan.name = text;
    Action action{.kind = ActionKind::kMerge, .id = "i" + text, .source = {"s" + text, "t" + text}};
    action.target = pg::QualifiedName{"a", "b" + text};
    action.reason = text;
    action.todo = {"x" + text};
    action.merge = MergeRules{};
    action.merge->mapping.constants = {{"c" + text, text}};
    plan.actions.push_back(action);
    const std::string written = WritePlan(plan, {});
    const auto read = ReadPlan(written, "p.yaml");
    ASSERT_TRUE(read.ok()) << read.status() << "\n" << written;
    ASSERT_EQ(read->name, text);
    ASSERT_EQ(read->actions[0].id, action.id);
    ASSERT_EQ(read->actions[0].source, action.source);
    ASSERT_EQ(read->actions[0].target, action.target);
    ASSERT_EQ(read->actions[0].reason, text);
    ASSERT_EQ(read->actions[0].todo, action.todo);
    ASSERT_EQ(read->actions[0].merge->mapping.constants[0].column, "c" + text);
    ASSERT_EQ(read->actions[0].merge->mapping.constants[0].value, text);
  }
}

}  // namespace
}  // namespace regraft::plan

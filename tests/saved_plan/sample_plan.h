// A saved plan with one action of each sort, written by hand.
#pragma once

#include "engine/saved_plan/saved_plan.h"

namespace regraft::saved_plan {

inline SavedAction SampleMerge() {
  SavedAction merge{.id = "2", .kind = "merge", .source = "app.old", .target = "app.orders"};
  merge.reason = "one table of orders";
  merge.source_oid = 101;
  merge.target_oid = 102;
  merge.method = "copy";
  merge.state = "ready";
  merge.rows = 2310;
  merge.bytes = 421888;
  merge.expected_rows = 2310;
  merge.discriminator = "origin=old";
  merge.source_after = "archive.app_old";
  merge.after = {{.id = "1", .reason = "it frees the name app.spare"}};
  merge.homes = {{"id", "integer", "same", "id", "integer", "s.id"},
                 {"note", "text", "overflow", "payload", "jsonb", "s.payload->>'note'"},
                 {"at", "timestamp", "zone", "at", "timestamptz", "s.at AT TIME ZONE 'UTC'"}};
  merge.filled = {{.column = "origin", .type = "text", .value = "'old'"}};
  merge.forward = "SELECT s.id, s.at\nFROM app.old s";
  merge.inverse = "SELECT s.id, s.payload->>'note' AS note\nFROM app.orders s";
  merge.proved = true;
  merge.remainder = {{.reason = "unique orders_pkey", .rows = 3, .example = "id=7"}};
  merge.remainder_table = "archive.old_remainder";
  merge.kept = {"primary key old_pkey", "2 indexes"};
  merge.dependents = {{"textual", "function", "app.total()", "breaks: reads app.old"},
                      {"tracked", "view", "app.recent", "goes on reading the archive"}};
  merge.locks = {{.relation = "app.old", .mode = "SHARE", .duration = "until verified"}};
  merge.findings = {{.kind = "hazard",
                     .code = "trigger-fires",
                     .text = "trigger stamp of app.orders fires for 2,310 rows",
                     .remedy = "allow: [trigger-fires]"}};
  return merge;
}

inline SavedAction SampleQuestion() {
  SavedAction question{.id = "pending app.urls", .kind = "pending", .source = "app.urls"};
  question.reason = "Who owns the URLs?";
  question.source_oid = 103;
  question.method = "question";
  question.state = "blocked";
  question.blocked_by = "its question";
  question.rows = 1;
  question.bytes = 8192;
  question.digest = "00000000000000000000000000000007";
  question.options = {"sales: move to sales.urls", "stay: keep"};
  return question;
}

// Named by the tests: the database whose identity a test puts in.
inline SavedPlan SamplePlan() {
  SavedPlan plan;
  plan.tool = "regraft 0.2.0";
  plan.name = "spring";
  plan.system_identifier = "7";
  plan.database = "shop";
  plan.database_oid = 5;
  plan.server_version = 150018;
  plan.planner = "ada";
  plan.lifetime_seconds = 604800;
  plan.preparations = {{.table = "app.orders",
                        .statements = {{.sql = "ALTER TABLE app.orders ADD COLUMN origin text",
                                        .undo = "ALTER TABLE app.orders DROP COLUMN origin",
                                        .why = "the discriminator"}},
                        .findings = {}}};
  SavedAction move{.id = "1", .kind = "move", .source = "app.spare", .target = "old.spare"};
  move.source_oid = 100;
  move.method = "same OID";
  move.state = "ready";
  move.rows = 1400123;
  move.bytes = 220200960;
  move.statements = {{.sql = "ALTER TABLE app.spare SET SCHEMA old",
                      .undo = "ALTER TABLE old.spare SET SCHEMA app",
                      .why = ""}};
  plan.actions = {move, SampleMerge(), SampleQuestion()};
  return plan;
}

}  // namespace regraft::saved_plan

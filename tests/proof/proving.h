// A fixture with a plan of all eight kinds that is applied by the program, and then verified.
#pragma once

#include "tests/apply/applying.h"

#include <string>

namespace regraft::proof {

using ::testing::HasSubstr;

// All eight kinds, with rows that cannot enter and rows that belong to nobody.
constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.orders (id int PRIMARY KEY, kind text, note text, amount numeric, at timestamptz);
INSERT INTO app.orders SELECT g, 'new', 'n' || g FROM generate_series(1, 3) g;
CREATE TABLE app.orders_2023 (id int PRIMARY KEY, note varchar(20), amount numeric, at timestamptz,
  extra text);
INSERT INTO app.orders_2023 SELECT g, CASE g % 4 WHEN 0 THEN '' WHEN 1 THEN NULL ELSE 'o' || g END,
  g / 10.0, '2023-01-01 UTC'::timestamptz + g * interval '1 hour', 'e' || g
FROM generate_series(1, 200) g;
CREATE TABLE app.orders_2024 (id int PRIMARY KEY, note text);
INSERT INTO app.orders_2024 SELECT g, 'x' || g FROM generate_series(1001, 1010) g;
CREATE TABLE app.people (id int PRIMARY KEY, name text);
INSERT INTO app.people SELECT g, 'p' || g FROM generate_series(1, 20) g;
CREATE TABLE app.notes (n int PRIMARY KEY, person int, words varchar(5), amount numeric(6,2));
INSERT INTO app.notes SELECT g, g % 8, 'w' || g, g / 4.0 FROM generate_series(1, 30) g;
CREATE TABLE app.scores (person int NOT NULL UNIQUE, score numeric);
INSERT INTO app.scores SELECT g, g / 4.0 FROM generate_series(11, 25) g;
CREATE TABLE app.old (id int, v text);
INSERT INTO app.old VALUES (1, 'a'), (2, 'b');
CREATE TABLE app.going (id int);
INSERT INTO app.going VALUES (1);
CREATE TABLE app.keyless (v text);
INSERT INTO app.keyless VALUES ('a'), ('b');
CREATE TABLE app.shown (v text);
CREATE TABLE app.asked (v text);
)sql";

constexpr const char* kPlan = R"yaml(
archive_names: archive.{schema}_{table}
prepare:
- {table: app.orders, add_columns: {origin: text, rest: jsonb}}
actions:
- {archive: app.old, id: A, to: archive.app_old}
- merge: app.orders_2023
  id: M1
  into: app.orders
  set: {origin: '2023'}
  fill: {kind: old}
  columns: {extra: ''}
  overflow: rest
  conflict: remainder
- {merge: app.orders_2024, id: M2, into: app.orders, set: {origin: '2024'}, after: keep}
- merge_jsonb: app.notes
  id: J
  into: app.people
  join: {person: id}
  column: notes
  several: array
  unmatched: remainder
- {merge_cols: app.scores, id: C, into: app.people, join: {person: id}, prefix: s_, unmatched: remainder}
- {move: app.going, id: V, to: hub.going}
- {add_pk: app.keyless, id: K, column: id}
- {keep_as_mv: app.shown, id: L}
- {pending: app.asked, id: Q, question: "Who?", options: {stay: keep}}
)yaml";

class ProvingPlans : public apply::Applying {
 protected:
  void ApplyAll(const char* plan = kPlan) {
    Plan(plan);
    Approve();
    Expect(0, "", Apply());
  }
  [[nodiscard]] support::ProgramResult Verify(Words more = {}) const {
    more.insert(more.begin(), {"verify", file()});
    return Run(more);
  }
  [[nodiscard]] std::string receipts() const { return directory_ + "/receipts.json"; }
  [[nodiscard]] support::ProgramResult Against(Words more = {}) const {
    more.insert(more.begin(), {"verify", "--against", receipts()});
    return Run(more);
  }
  // Does the damage, expects it to be told of this action, and repairs it: a repair that did not
  // make all good would show in the words of the next damage, or at the end.
  void ExpectFound(const std::string& id, const std::string& words, const std::string& damage,
                   const std::string& repair, support::Here here = {}) {
    ASSERT_TRUE(database_.Sql(damage, here));
    Expect(2, words, Verify({"--action", id}), here);
    ASSERT_TRUE(database_.Sql(repair, here));
  }
};

class ProvingAll : public ProvingPlans {
 protected:
  ProvingAll() {
    database_.Sql(kTables);
    ApplyAll();
  }
};

}  // namespace regraft::proof

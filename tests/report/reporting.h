// A fixture whose tables have names that no document may take for anything but names, with a plan
// of most kinds over them, and reports by the program.
#pragma once

#include "tests/apply/applying.h"

#include "nlohmann/json.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace regraft::report {

class Reporting : public apply::Applying {
 protected:
  using Json = nlohmann::json;

  Reporting() { database_.Sql(kTables); }

  void ApplyAll(support::Here here = {}) {
    Plan(kPlan, here);
    Approve(here);
    Expect(0, "", Apply(), here);
  }
  Json Report(Words words = {"report"}, support::Here here = {}) {
    words.emplace_back("--json");
    const auto result = Run(words);
    EXPECT_EQ(result.exit_code, 0) << here.line << result.output << result.errors;
    return Json::parse(result.output);
  }
  static Json Action(const Json& report, const std::string& id) {
    for (const Json& action : report["actions"])
      if (action["id"] == id) return action;
    ADD_FAILURE() << "no action " << id;
    return {};
  }
  [[nodiscard]] std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + name).rdbuf();
    return text.str();
  }

  // Of the first, three of a hundred rows find their keys taken, and one has no note; of the
  // folded, one of three belongs to nobody.
  static constexpr const char* kTables = R"sql(
CREATE SCHEMA "K\l <b>";
CREATE TABLE "K\l <b>"."Ord|ers" (id int PRIMARY KEY, "=note" text NOT NULL, kind text);
INSERT INTO "K\l <b>"."Ord|ers" SELECT g, 'n' || g, 'own' FROM generate_series(1, 3) g;
CREATE TABLE "K\l <b>"."<script>alert(""1"")</script>" (id int, "=note" text, "+extra" numeric);
INSERT INTO "K\l <b>"."<script>alert(""1"")</script>"
  SELECT g, CASE WHEN g <> 50 THEN 'o' || g END, g / 10.0 FROM generate_series(1, 100) g;
CREATE SCHEMA app;
CREATE TABLE app.moved (id int PRIMARY KEY, "a integer" text);
CREATE TABLE app.people (k text PRIMARY KEY, name text);
INSERT INTO app.people VALUES ('a', 'Ada'), ('b', 'Bob');
CREATE TABLE app.sidecar (person text, hobby text);
INSERT INTO app.sidecar VALUES ('a', 'chess'), ('b', 'cards'), ('z', 'none');
CREATE TABLE app.log (note text);
INSERT INTO app.log SELECT 'l' || g FROM generate_series(1, 7) g;
CREATE TABLE app.asked (id int);
CREATE TABLE app.decided (id int);
)sql";

  static constexpr const char* kPlan = R"yaml(
name: Spring <cleaning> & more
archive_names: archive.{schema}_{table}
prepare:
- table: '"K\l <b>"."Ord|ers"'
  add_columns: {origin: text, rest: jsonb}
actions:
- merge: '"K\l <b>"."<script>alert(""1"")</script>"'
  id: M<1>
  into: '"K\l <b>"."Ord|ers"'
  set: {origin: old}
  fill: {kind: '-1'}
  overflow: rest
  conflict: remainder
  remainder: app."+rest|"
- merge_jsonb: app.sidecar
  id: J
  into: app.people
  join: {person: k}
  column: side
  unmatched: remainder
- {move: app.moved, id: V, to: app2.moved}
- {add_pk: app.log, id: K, column: log_id}
- pending: app.asked
  id: Q
  question: Whose is <it>?
  options: {sales: {move: sales.asked}, stay: keep}
- pending: app.decided
  id: D
  question: And this?
  options: {away: {archive: app.decided, to: archive.decided}, stay: keep}
  answer: {choose: stay, by: Ada, reason: it is small}
)yaml";
};

}  // namespace regraft::report

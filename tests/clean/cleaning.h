// Tables with planted faults, and the words that repair them by the program.
#pragma once

#include "tests/support/copying.h"
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace regraft::clean {

using testing::HasSubstr;

class Cleaning : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  Cleaning() {
    std::string pattern = std::filesystem::temp_directory_path() / "regraft-clean-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    directory_ = pattern;
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive;
      CREATE TABLE app.firms (firm text PRIMARY KEY, domain text, size numeric);
      CREATE TABLE app.known (firm text, domain text);
      CREATE TABLE app.people (id int PRIMARY KEY, gone int, email text, firm text, seen date,
        note json, score numeric, twice numeric GENERATED ALWAYS AS (score * 2) STORED);
      ALTER TABLE app.people DROP COLUMN gone;
      CREATE TABLE app.slots (slot int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person int, kind text,
        FOREIGN KEY (person) REFERENCES app.people);
      CREATE TABLE app.loose (slot int PRIMARY KEY, person int);
      INSERT INTO app.firms VALUES ('A', 'a.example', 1.50), ('B', NULL, 2), ('C', '', 3), ('D', NULL, 4), ('E', NULL, 5);
      INSERT INTO app.known VALUES ('B', 'b.example'), ('B', 'b.example'), ('C', 'c.example'),
        ('D', 'd1.example'), ('D', 'd2.example'), ('A', 'other.example');
      INSERT INTO app.people (id, email, firm, seen, note, score) VALUES
        (1, 'x@a.example', 'A', '2026-01-01', '{"a":1}', 1.10), (2, 'x@a.example', 'A', '2026-02-01', '{"a": 1}', 1.1),
        (3, 'x@a.example', 'A', NULL, NULL, 2), (4, 'y@A.Example', NULL, NULL, NULL, NULL),
        (5, 'z@nowhere', 'ZZ', NULL, NULL, NULL), (6, NULL, NULL, NULL, NULL, NULL), (7, 'y@A.Example', NULL, NULL, NULL, NULL),
        (8, '', 'A', NULL, NULL, NULL), (9, '', 'A', NULL, NULL, NULL);
      INSERT INTO app.slots (person, kind) VALUES (1, 'ceo'), (2, 'cfo'), (3, 'cto'), (7, 'vp'), (8, 'x');
      INSERT INTO app.loose VALUES (1, 1), (2, 99), (3, 3), (4, NULL)
    )sql");
  }
  ~Cleaning() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string file() const { return directory_ + "/clean.json"; }
  support::ProgramResult Run(Words words) {
    words.insert(words.end(), {"--dsn", database_.conninfo()});
    return support::RunProgram(
        {.arguments = words, .environment = {{"REGRAFT_JSON", {}}, {"REGRAFT_AS", {}}}});
  }
  std::string PlanFile(const std::string& repairs) {
    std::ofstream(directory_ + "/plan.yaml") << "regraft: 1\nactions: []\nclean:\n" << repairs;
    return directory_ + "/plan.yaml";
  }
  support::ProgramResult Propose(const std::string& repairs) {
    return Run({"clean", PlanFile(repairs), "-o", file()});
  }
  // Proposes, approves and executes; the answer of the last.
  support::ProgramResult Clean(const std::string& repairs, support::Here here = {}) {
    Expect(0, "", Propose(repairs), here);
    Expect(0, "", Run({"approve", file(), "--by", "grace"}), here);
    return Run({"clean", file(), "--yes"});
  }
  support::ProgramResult Undo(const std::string& id) {
    return Run({"clean", "--undo", id, "--yes"});
  }
  static void Expect(int code, const std::string& words, const support::ProgramResult& result,
                     support::Here here = {}) {
    EXPECT_EQ(result.exit_code, code) << here.line << "\n" << result.output << result.errors;
    EXPECT_THAT(result.output + result.errors, HasSubstr(words)) << here.line;
  }

  // Every table of the users, each row as it prints, and the triggers' states.
  std::string State() {
    std::string state;
    for (const auto& row : database_.Rows(
             "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = "
             "relnamespace "
             "WHERE relkind = 'r' AND nspname !~ '^(pg_|information|regraft)' ORDER BY 1"))
      state += row[0] +
               database_.Scalar(
                   "SELECT count(*) || md5(coalesce(string_agg(t::text, '|' "
                   "ORDER BY t::text COLLATE \"C\"), '')) FROM " +
                   row[0] + " t") +
               "\n";
    return state + database_.Scalar(
                       "SELECT coalesce(string_agg(tgname::text || tgenabled::text, ',' ORDER BY "
                       "tgname), '') "
                       "FROM pg_trigger WHERE NOT tgisinternal");
  }
  std::string KeptTables() {
    return database_.Scalar(
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE nspname = 'regraft' AND relname LIKE 'kept%'");
  }

  support::TestDatabase database_;
  std::string directory_;
};

inline constexpr const char* kBackfill =
    "- {backfill: app.firms, id: B, column: domain, or_empty: true, from: app.known, join: {firm: "
    "firm}}\n";
inline constexpr const char* kMatch =
    "- {match_domain: app.people, id: M, column: firm, email: email, in: app.firms, domain: "
    "domain, value: firm}\n";
inline constexpr const char* kDedupe =
    "- dedupe: app.people\n  id: D\n  columns: [email]\n  ignore_empty: true\n  order_by: [seen "
    "desc]\n"
    "  references: [{table: app.loose, join: {person: id}}]\n  archive: archive.people_twice\n";
inline constexpr const char* kOrphans =
    "- {archive_orphans: app.loose, id: O, of: app.people, join: {person: id}, archive: "
    "archive.loose_orphans}\n";

}  // namespace regraft::clean

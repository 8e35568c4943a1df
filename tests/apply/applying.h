// A fixture that plans, approves, applies and undoes by the program, and describes the database by
// SQL that shares no code with the engine.
#pragma once

#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace regraft::apply {

class Applying : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  Applying() {
    std::string pattern = std::filesystem::temp_directory_path() / "regraft-apply-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    directory_ = pattern;
  }
  ~Applying() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string file() const { return directory_ + "/saved.json"; }
  [[nodiscard]] support::Invocation Command(Words words) const {
    words.insert(words.end(), {"--dsn", database_.conninfo()});
    return {.arguments = words};
  }
  [[nodiscard]] support::ProgramResult Run(const Words& words) const {
    return support::RunProgram(Command(words));
  }
  // `text`: what stands behind "regraft: 1".
  void Plan(const std::string& text, support::Here here = {}) {
    std::ofstream(directory_ + "/plan.yaml") << "regraft: 1\n" << text;
    Expect(0, "", Run({"plan", directory_ + "/plan.yaml", "-o", file()}), here);
  }
  void Approve(support::Here here = {}) {
    Expect(0, "", Run({"approve", file(), "--by", "grace"}), here);
  }
  [[nodiscard]] support::ProgramResult Apply(Words more = {}) const {
    more.insert(more.begin(), {"apply", file(), "--yes"});
    return Run(more);
  }
  [[nodiscard]] support::ProgramResult Undo(Words more = {}) const {
    more.insert(more.begin(), {"undo", file(), "--yes"});
    return Run(more);
  }
  static void Expect(int code, const std::string& words, const support::ProgramResult& result,
                     support::Here here = {}) {
    EXPECT_EQ(result.exit_code, code) << here.line << "\n" << result.output << result.errors;
    EXPECT_THAT(result.output + result.errors, ::testing::HasSubstr(words)) << here.line;
  }

  // Everything but the ledger: every relation with all that hangs on it, by OID, and the rows.
  std::string State() {
    std::string state;
    for (const auto& row : database_.Rows(kStateQuery)) state += row[0] + "\n";
    for (const auto& row : database_.Rows(kTablesQuery))
      state += row[0] + ": " +
               database_.Scalar(
                   "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' "
                   "ORDER BY t::text)), '') FROM " +
                   row[0] + " t") +
               "\n";
    return state;
  }
  static int Shell(const std::string& command) {
    return std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): a test has one thread
  }
  // All but the ledger as pg_dump writes it, without the random word of its newer versions.
  std::string Structure() {
    const std::string path = directory_ + "/structure.sql";
    EXPECT_EQ(Shell("pg_dump --schema-only --exclude-schema=regraft --dbname=\"" +
                    database_.conninfo() + "\" | grep -v '^.\\(un\\)\\?restrict ' > " + path),
              0);
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    EXPECT_GT(text.str().size(), 1000u);
    return text.str();
  }
  // Fails with the first line that differs.
  static void ExpectSameText(const std::string& before, const std::string& after,
                             support::Here here = {}) {
    std::istringstream one(before), other(after);
    for (std::string left, right; std::getline(one, left) && std::getline(other, right);)
      ASSERT_EQ(left, right) << here.line;
    EXPECT_EQ(before.size(), after.size()) << here.line;
  }
  std::string ActionStates() {
    return database_.Scalar(
        "SELECT string_agg(action_id || ' ' || state, ', ' ORDER BY position) FROM "
        "regraft.plan_action WHERE run_id = (SELECT max(run_id) FROM regraft.plan_run)");
  }

  static constexpr const char* kTablesQuery =
      "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema|regraft)' ORDER BY 1";
  static constexpr const char* kStateQuery = R"sql(
SET search_path = pg_catalog;
WITH mine AS (
  SELECT c.*, n.nspname, CASE WHEN relkind IN ('v', 'i') THEN 0 ELSE c.oid END AS id FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^(pg_|information_schema|regraft)')
SELECT 'schema ' || nspname || coalesce(nspacl::text, '') FROM pg_namespace
WHERE nspname !~ '^(pg_|regraft)'
UNION ALL SELECT concat_ws(' ', 'relation', id, nspname, relname, relkind, relowner, relacl,
  reloptions, relrowsecurity, relforcerowsecurity, relreplident, obj_description(oid, 'pg_class'))
  FROM mine
UNION ALL SELECT concat_ws(' ', 'column', m.id, attnum, attname, format_type(atttypid, atttypmod),
  attnotnull, attidentity, attacl, pg_get_expr(d.adbin, d.adrelid), col_description(m.oid, attnum))
  FROM mine m JOIN pg_attribute a ON attrelid = m.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = m.oid AND d.adnum = attnum WHERE m.relkind IN ('r', 'v', 'p')
UNION ALL SELECT concat_ws(' ', 'index', indrelid, pg_get_indexdef(indexrelid), indisvalid)
  FROM pg_index JOIN mine ON indrelid = mine.oid
UNION ALL SELECT concat_ws(' ', 'constraint', conrelid, conname, pg_get_constraintdef(c.oid))
  FROM pg_constraint c JOIN mine ON conrelid = mine.oid
UNION ALL SELECT concat_ws(' ', 'trigger', t.oid, pg_get_triggerdef(t.oid), tgenabled)
  FROM pg_trigger t JOIN mine ON tgrelid = mine.oid
UNION ALL SELECT concat_ws(' ', 'policy', p.oid, polname, pg_get_expr(polqual, polrelid))
  FROM pg_policy p JOIN mine ON polrelid = mine.oid
UNION ALL SELECT concat_ws(' ', 'statistics', s.oid, pg_get_statisticsobjdef(s.oid))
  FROM pg_statistic_ext s JOIN mine ON stxrelid = mine.oid
UNION ALL SELECT concat_ws(' ', 'view', pg_get_viewdef(oid)) FROM mine WHERE relkind = 'v'
UNION ALL SELECT concat_ws(' ', 'published', pubname, prrelid) FROM pg_publication_rel
  JOIN pg_publication p ON p.oid = prpubid
ORDER BY 1)sql";

  support::TestDatabase database_;
  std::string directory_;
};

}  // namespace regraft::apply

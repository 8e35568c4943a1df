// The example's whole plan on the example's database: applied, taken back, applied again; what is
// there is counted by SQL that shares no code with the engine.
#pragma once

#include "engine/base/deadline.h"
#include "tests/apply/applied_rows.h"
#include "tests/support/paths.h"

#include "absl/strings/str_cat.h"

#include <chrono>
#include <map>
#include <regex>
#include <sstream>

namespace regraft::apply {

class ExampleCycle : public AppliedRows {
 protected:
  // `flags` of scripts/load-example. The plan expects the document's counts: other data need the
  // plan without them.
  void LoadAndPlan(const std::string& flags, bool document_counts) {
    const std::string root = support::TestData() + "/..";
    ASSERT_EQ(Shell("DATABASE_URL='" + database_.conninfo() + "' '" + root +
                    "/scripts/load-example' --quiet " + flags),
              0);
    std::ifstream original(root + "/docs/examples/ctb/plan.yaml");
    std::ostringstream text;
    text << original.rdbuf();
    std::string plan = text.str();
    if (!document_counts) plan = std::regex_replace(plan, std::regex("\n *expect_rows:[^\n]*"), "");
    std::ofstream(directory_ + "/plan.yaml") << plan;
    ExpectEnd({"plan", directory_ + "/plan.yaml", "-o", file()});
  }

  // The database is as it was before; with `again`, then the same once more: the way back has left
  // no trace.
  void ApplyAndUndo(bool again) {
    const std::map<std::string, int64_t> sources = Count();
    const std::map<std::string, std::string> rows = Rows();
    const std::string structure = Structure();
    ExpectEnd({"approve", file(), "--by", "grace"});
    ExpectEnd({"apply", file(), "--yes"});
    ExpectAccounted(sources);
    const std::string applied = Structure();
    const std::vector<std::string> applied_rows = RowsOfEachTable(ReadMinted(kMakers));
    EXPECT_NE(applied, structure);
    ExpectEnd({"undo", file(), "--yes"});
    EXPECT_EQ(Rows(), rows);
    ExpectSameText(structure, Structure());
    if (!again) return;
    ExpectEnd({"approve", file(), "--by", "grace"});
    ExpectEnd({"apply", file(), "--yes"});
    ExpectAccounted(sources);
    ExpectSameText(applied, Structure());
    EXPECT_EQ(applied_rows, RowsOfEachTable(ReadMinted(kMakers)));
  }

  // Every merged source: its rows then are in the target by their discriminator, or set aside; and
  // it lies in the archive as it was.
  void ExpectAccounted(const std::map<std::string, int64_t>& sources) {
    int merges = 0;
    for (const auto& row : database_.Rows(
             "SELECT action_id, source, target, split_part(discriminator, '=', 1), "
             "split_part(discriminator, '=', 2), coalesce(remainder_table, '') FROM "
             "regraft.plan_action WHERE kind = 'merge' AND state = 'done' AND run_id = (SELECT "
             "max(run_id) FROM regraft.plan_run)")) {
      SCOPED_TRACE(row[0]);
      ++merges;
      const int64_t landed = Number(
          absl::StrCat("SELECT count(*) FROM ", row[2], " WHERE ", row[3], " = '", row[4], "'"));
      const int64_t aside = row[5].empty() ? 0 : Number("SELECT count(*) FROM " + row[5]);
      EXPECT_EQ(sources.at(row[1]), landed + aside) << row[1];
      const std::string archived =
          "archive." + std::regex_replace(row[1], std::regex("\\."), "_") + "_ctb";
      EXPECT_EQ(sources.at(row[1]), Number("SELECT count(*) FROM " + archived)) << archived;
      aside_[row[0]] = aside;
    }
    EXPECT_EQ(merges, 24);
    ExpectFolded(sources, "people.people_sidecar", "people.people_master", "sidecar_data");
    ExpectFolded(sources, "outreach.dol_url_enrichment", "outreach.dol", "url_enrichment_data");
    ExpectFolded(sources, "bit.proof_lines", "outreach.bit_scores", "proof_lines");
    ExpectFolded(sources, "people.person_scores", "people.people_master", "ps_calculated_at");
    ExpectFolded(sources, "bit.phase_state", "outreach.bit_scores", "state_phase_status");
    EXPECT_EQ(
        database_.Scalar("SELECT string_agg(action_id || ' ' || state, ', ' ORDER BY position) "
                         "FROM regraft.plan_action WHERE state <> 'done' AND run_id = (SELECT "
                         "max(run_id) FROM regraft.plan_run)"),
        "1L-1 waiting, 1L-2 waiting, 1L-3 waiting");
  }

  // A column that holds one row, several in an array, or NULL where there was none.
  void ExpectFolded(const std::map<std::string, int64_t>& sources, const std::string& source,
                    const std::string& target, const std::string& column) {
    const int64_t folded =
        Number(absl::StrCat("SELECT coalesce(sum(CASE WHEN jsonb_typeof(to_jsonb(", column,
                            ")) = 'array' THEN jsonb_array_length(to_jsonb(", column,
                            ")) ELSE 1 END), 0) FROM ", target, " WHERE ", column, " IS NOT NULL"));
    const std::string aside = database_.Scalar(
        "SELECT coalesce(remainder_table, '') FROM regraft.plan_action WHERE source = '" + source +
        "' AND run_id = (SELECT max(run_id) FROM regraft.plan_run)");
    EXPECT_EQ(sources.at(source),
              folded + (aside.empty() ? 0 : Number("SELECT count(*) FROM " + aside)))
        << source;
  }

  std::map<std::string, int64_t> aside_;  // by action

 private:
  // Sequences go on where they were: no way back moves them.
  static constexpr const char* kMakers = "uuid|random|now|timestamp|nextval";

  int64_t Number(const std::string& sql) { return std::stoll(database_.Scalar(sql)); }
  void ExpectEnd(const Words& words, support::Here here = {}) {
    support::RunningProgram program = support::Start(Command(words));
    const auto result = program.Wait(Deadline::After(std::chrono::minutes(15)));
    ASSERT_TRUE(result.has_value()) << here.line;
    ASSERT_EQ(result->exit_code, 0) << here.line << "\n" << result->output << result->errors;
  }
  std::map<std::string, int64_t> Count() {
    std::map<std::string, int64_t> counts;
    for (const auto& row : database_.Rows(kTablesQuery))
      counts[std::regex_replace(row[0], std::regex("\""), "")] =
          Number("SELECT count(*) FROM " + row[0]);
    return counts;
  }
  // Whole rows, whatever their order; duplicates count.
  std::map<std::string, std::string> Rows() {
    std::map<std::string, std::string> rows;
    for (const auto& row : database_.Rows(kTablesQuery))
      rows[row[0]] = database_.Scalar(
          "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) "
          "FROM " +
          row[0] + " t");
    return rows;
  }
};

}  // namespace regraft::apply

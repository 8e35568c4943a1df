#include "engine/document/import.h"

#include "engine/base/failure_kind.h"
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"
#include "tests/support/paths.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace regraft::document {
namespace {

using plan::ActionKind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

std::string Load(const std::string& path) {
  std::ifstream file(support::TestData() + "/" + path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

Import Read(const std::string& text) {
  auto import = ImportDocument(text, "doc.md");
  EXPECT_TRUE(import.ok()) << import.status();
  return import.ok() ? *std::move(import) : Import{};
}

std::string Refusal(const std::string& text) {
  const auto import = ImportDocument(text, "doc.md");
  EXPECT_FALSE(import.ok());
  EXPECT_EQ(KindOf(import.status()), FailureKind::kBadPlan);
  return std::string(import.status().message());
}

const plan::Action& ActionOf(const Import& import, const std::string& id) {
  static const plan::Action none;
  for (const plan::Action& action : import.plan.actions)
    if (action.id == id) return action;
  ADD_FAILURE() << "no action " << id;
  return none;
}

// "line rule", which is what a reader looks for.
std::vector<std::string> FindingsOf(const Import& import) {
  std::vector<std::string> found;
  for (const Finding& finding : import.findings)
    found.push_back(std::to_string(finding.line) + " " + finding.rule);
  return found;
}

std::map<std::string, int64_t> Itemised(const Import& import) {
  std::map<std::string, int64_t> counts;
  for (const Tally& tally : import.tallies)
    if (tally.itemised > 0) counts[std::string(plan::KindWord(tally.kind))] = tally.itemised;
  return counts;
}

std::string Shown(const plan::Action& action) {
  std::string shown =
      std::string(plan::KindWord(action.kind)) + " " + pg::DisplayName(action.source);
  if (action.target.has_value()) shown += " > " + pg::DisplayName(*action.target);
  if (action.merge.has_value()) shown += " " + plan::DiscriminatorWords(action.merge->mapping);
  return shown;
}

void ExpectRoundTrip(const Import& import) {
  const std::string yaml = plan::WritePlan(import.plan, import.comments);
  const auto read = plan::ReadPlan(yaml, "plan.yaml");
  ASSERT_TRUE(read.ok()) << read.status() << "\n" << yaml;
  EXPECT_EQ(plan::WritePlan(*read, import.comments), yaml);
  ASSERT_EQ(read->actions.size(), import.plan.actions.size());
  for (size_t i = 0; i < read->actions.size(); ++i) {
    EXPECT_EQ(read->actions[i].source, import.plan.actions[i].source);
    EXPECT_EQ(read->actions[i].target, import.plan.actions[i].target);
    EXPECT_EQ(read->actions[i].todo, import.plan.actions[i].todo);
  }
}

class TheExample : public testing::Test {
 protected:
  Import import_ = Read(Load("../docs/examples/ctb/reorganization-plan.md"));
};

TEST_F(TheExample, Has56LinesAgainst64Declared) {
  EXPECT_EQ(import_.itemised, 56);
  EXPECT_EQ(import_.declared, 64);
  EXPECT_FALSE(import_.CountsAgree());
  EXPECT_EQ(import_.unread_rows, 0);
  const std::map<std::string, int64_t> expected = {
      {"archive", 12},    {"merge", 24},     {"move", 6},   {"keep_as_mv", 4},
      {"merge_jsonb", 3}, {"merge_cols", 2}, {"add_pk", 2}, {"pending", 3}};
  EXPECT_EQ(Itemised(import_), expected);
  ASSERT_TRUE(import_.plan.reconciliation.has_value());
  EXPECT_EQ(import_.plan.reconciliation->declared, 64);
  EXPECT_EQ(import_.plan.reconciliation->itemised, 56);
  EXPECT_EQ(import_.plan.reconciliation->acknowledged, "");
  ExpectRoundTrip(import_);
}

TEST_F(TheExample, ItsLinesAreActionsWithTheirReasonsRowsAndQuestions) {
  const plan::Action& first = ActionOf(import_, "1A-1");
  EXPECT_EQ(Shown(first), "archive company.company_master > archive.company_company_master_ctb");
  EXPECT_EQ(first.expected->rows, 74641);
  EXPECT_EQ(first.place.line, 40);
  const plan::Action& among_moves = ActionOf(import_, "1C-5");
  EXPECT_EQ(Shown(among_moves), "merge outreach.people_errors > people.people_errors ");
  EXPECT_EQ(among_moves.reason, "Consolidate");
  EXPECT_THAT(among_moves.todo, ElementsAre(HasSubstr("no discriminator")));
  EXPECT_EQ(Shown(ActionOf(import_, "1C-3")), "move outreach.people > people.people_outreach_link");
  EXPECT_EQ(Shown(ActionOf(import_, "1D-4")),
            "merge bit.authorization_log > outreach.pipeline_audit_log source_hub=bit_auth");
  EXPECT_THAT(ActionOf(import_, "1D-4").todo, IsEmpty());
  EXPECT_EQ(Shown(ActionOf(import_, "1G-8")),
            "merge_jsonb people.people_sidecar > people.people_master");
  EXPECT_EQ(Shown(ActionOf(import_, "1G-11")), "merge_cols bit.phase_state > outreach.bit_scores");
  EXPECT_EQ(ActionOf(import_, "1K-2").key->column, "archive_id");
  const plan::Action& question = ActionOf(import_, "1L-1");
  EXPECT_EQ(question.question->text, "Which sub-hub owns URL discovery?");
  EXPECT_EQ(question.expected->rows, 104012);
  EXPECT_THAT(question.todo, ElementsAre(HasSubstr("options")));
}

TEST_F(TheExample, ColumnsToAddAreTargetPreparations) {
  std::map<std::string, std::string> added;
  std::vector<std::string> open;
  for (const plan::Preparation& each : import_.plan.preparations) {
    for (const plan::AddedColumn& column : each.add_columns)
      added[each.table.name] = column.column + " " + column.type;
    if (!each.todo.empty()) open.push_back(pg::DisplayName(each.table));
  }
  const std::map<std::string, std::string> expected = {
      {"pipeline_audit_log", "source_hub VARCHAR(50)"},
      {"entity_resolution_queue", "queue_type VARCHAR(50)"},
      {"bit_signals", "signal_source VARCHAR(50)"}};
  EXPECT_EQ(added, expected);
  EXPECT_THAT(open, UnorderedElementsAre("outreach.company_target_errors", "people.people_errors",
                                         "cl.cl_err_existence"));
}

TEST_F(TheExample, ItsResultsAreAuditsThatExpectThem) {
  const auto& audits = import_.plan.audits;
  ASSERT_EQ(audits.size(), 16u);
  EXPECT_EQ(audits[1].kind, plan::AuditKind::kDuplicate);
  EXPECT_EQ(pg::DisplayName(audits[1].table), "outreach.outreach");  // the document: "(spine)"
  EXPECT_EQ(audits[1].expected.rows, 488);
  EXPECT_EQ(audits[3].expected.rows, 42928);
  EXPECT_EQ(audits[3].table, (pg::QualifiedName{"", "people_master"}));  // two have that name
  EXPECT_EQ(audits[4].table.schema, "");  // "people" is a word here, not outreach.people
  EXPECT_THAT(audits[4].todo, Contains(HasSubstr("N/A")));
  EXPECT_EQ(audits[8].kind, plan::AuditKind::kCount);
  EXPECT_EQ(audits[8].expected.rows, 95004);
  EXPECT_THAT(audits[8].todo, IsEmpty());
  EXPECT_THAT(audits[6].todo, ElementsAre(HasSubstr("with outreach_id")));
  EXPECT_EQ(audits[15].kind, plan::AuditKind::kAlignment);
  EXPECT_EQ(pg::DisplayName(*audits[15].other), "outreach.outreach");
}

TEST_F(TheExample, ItsLastTableIsTheLeafLock) {
  ASSERT_TRUE(import_.plan.lock.has_value());
  const plan::Lock& lock = *import_.plan.lock;
  EXPECT_EQ(lock.leaves.size(), 23u);
  EXPECT_THAT(lock.schemas, IsEmpty());
  EXPECT_THAT(lock.todo, ElementsAre(HasSubstr("schemas")));
  EXPECT_EQ(pg::DisplayName(lock.leaves[1].table), "outreach.company_target_errors");
  EXPECT_EQ(lock.leaves[1].leaf_type, "ERROR");
  EXPECT_EQ(lock.leaves[1].sub_hub, "company_target");
  const auto ambiguous =
      std::find_if(lock.leaves.begin(), lock.leaves.end(),
                   [](const plan::Leaf& leaf) { return leaf.table.name == "people_errors"; });
  ASSERT_NE(ambiguous, lock.leaves.end());
  EXPECT_THAT(ambiguous->todo,
              ElementsAre(HasSubstr("outreach.people_errors or people.people_errors")));
}

TEST_F(TheExample, WhatContradictsItselfIsFoundWithItsLine) {
  EXPECT_THAT(
      FindingsOf(import_),
      IsSupersetOf({"3 status-word",       "20 count-differs",      "40 archive-name-not-unique",
                    "55 no-discriminator", "61 rows-without-value", "73 kind-differs",
                    "73 no-discriminator", "117 merge-into-mv",     "118 merge-into-mv",
                    "119 merge-into-mv",   "147 no-discriminator",  "160 archive-name",
                    "161 archive-name",    "189 no-discriminator",  "190 no-discriminator",
                    "200 key-on-mv",       "225 unqualified-name",  "226 ambiguous-name",
                    "235 deletion",        "236 deletion",          "238 results-before-approval",
                    "257 section-order",   "264 unlisted-mv",       "266 ambiguous-name",
                    "266 leaf-count",      "268 leaf-count",        "277 step-order",
                    "293 status-word",     "294 status-word"}));
}

// Other heads, another order of columns, no phases, names with blanks and pipes; all is said.
TEST(AStrangersDocument, ThatLeavesNothingOpenHasNoTodo) {
  const Import import = Read(Load("document/library.md"));
  EXPECT_EQ(import.itemised, 9);
  EXPECT_TRUE(import.CountsAgree());
  EXPECT_FALSE(import.plan.reconciliation.has_value());
  std::vector<std::string> todos;
  for (const Todo& todo : TodosOf(import.plan)) todos.push_back(todo.of + ": " + todo.what);
  EXPECT_THAT(todos, IsEmpty());
  EXPECT_EQ(import.unread_rows, 0);
  std::vector<std::string> shown;
  for (const plan::Action& action : import.plan.actions)
    shown.push_back(action.id + " " + Shown(action));
  EXPECT_THAT(shown,
              ElementsAre("retired-tables-1 archive lending.slips > attic.lending_slips_old",
                          "retired-tables-2 archive lending.\"Card Index\" > attic.\"lending_Card "
                          "Index_old\"",
                          "loans-in-one-1 merge north.loans > lending.loans branch=north",
                          "loans-in-one-2 merge south.loans > lending.loans branch=south",
                          "loans-in-one-3 merge \"a|b\".loans > lending.loans branch=west",
                          "relation-and-new-1 move north.staff > people.north_staff",
                          "relation-and-new-2 move south.staff > people.south_staff",
                          "relation-and-new-3 keep_as_mv lending.daily",
                          "left-open-1 pending north.wishes"));
  ASSERT_EQ(import.plan.actions.size(), 9u);
  EXPECT_EQ(import.plan.actions[0].expected->rows, 1204);
  EXPECT_EQ(import.plan.actions[2].reason, "one desk, one table");
  EXPECT_EQ(import.plan.archive_names, "attic.{schema}_{table}_old");
  const auto& options = import.plan.actions[8].question->options;
  ASSERT_EQ(options.size(), 2u);
  EXPECT_EQ(options[0].word, "keep");
  EXPECT_EQ(pg::DisplayName(*options[1].actions[0].target), "lending.wishes");
  ASSERT_EQ(import.plan.preparations.size(), 1u);
  EXPECT_EQ(import.plan.preparations[0].add_columns[0].type, "text");
  EXPECT_THAT(import.plan.lock->schemas, ElementsAre("lending", "people"));
  ASSERT_EQ(import.plan.audits.size(), 3u);
  EXPECT_THAT(import.plan.audits[0].columns, ElementsAre("email"));
  EXPECT_EQ(import.plan.audits[1].join[0].source, "reader_id");
  EXPECT_EQ(import.plan.audits[2].column, "name");
  ExpectRoundTrip(import);
}

// DOS line ends, German heads, names without schemas, lines that contradict each other.
TEST(AStrangersDocument, ThatContradictsItselfIsTakenApart) {
  const Import import = Read(Load("document/umbau.md"));
  EXPECT_FALSE(import.declared.has_value());
  EXPECT_TRUE(import.CountsAgree());
  std::vector<std::string> shown;
  for (const plan::Action& action : import.plan.actions)
    shown.push_back(action.id + " " + Shown(action));
  EXPECT_THAT(
      shown,
      ElementsAre("B-1 move shop.kunden > crm.kunden", "B-2 move bestellungen > crm.bestellungen",
                  "B-3 move shop.a > crm.x", "B-4 move shop.b > crm.x",
                  "A-1 archive shop.alt > archive.shop_alt",
                  "A-2 archive shop.bestellungen > archive", "merge-1 merge shop.log > crm.kunden ",
                  "merge-2 merge shop.kunden > shop.log "));
  EXPECT_THAT(FindingsOf(import),
              IsSupersetOf({"5 status-word", "12 ambiguous-name", "14 target-twice",
                            "15 unread-row", "23 unread-count", "30 no-discriminator",
                            "31 source-twice", "31 target-goes", "35 step-order"}));
  EXPECT_EQ(import.unread_rows, 1);
  EXPECT_EQ(ActionOf(import, "B-1").reason, "gehört dorthin");
  EXPECT_EQ(ActionOf(import, "A-2").expected->rows, 12345);
  EXPECT_THAT(ActionOf(import, "A-2").todo, Contains(HasSubstr("has no schema")));
  ExpectRoundTrip(import);
}

TEST(ImportDocument, TheLineDecidesBeforeTheHeadAndTheHeadBeforeTheTitle) {
  const Import import = Read(
      "# Merge these\n\n| Table | Archive target |\n|--|--|\n| a.b | MERGE → c.d |\n"
      "| a.e | x.e |\n");
  ASSERT_EQ(import.plan.actions.size(), 2u);
  EXPECT_EQ(Shown(import.plan.actions[0]), "merge a.b > c.d ");
  EXPECT_EQ(Shown(import.plan.actions[1]), "archive a.e > x.e");
}

TEST(ImportDocument, WhatIsNoSuchDocumentIsRefused) {
  EXPECT_THAT(Refusal(""), HasSubstr("no table in it says"));
  EXPECT_THAT(Refusal("# Only words\n\nNo table.\n"), HasSubstr("docs/import.md"));
  EXPECT_THAT(Refusal("| A | B |\n|--|--|\n| 1 | 2 |\n"), HasSubstr("no table in it says"));
  EXPECT_THAT(Refusal(std::string("| a\0b |", 8)), HasSubstr("byte 4 belongs to no character"));
  EXPECT_THAT(Refusal("\x89PNG\r\n\x1a\n"), HasSubstr("not text"));
  EXPECT_THAT(Refusal("\xff\xfe# \x00"), HasSubstr("not text"));
  EXPECT_THAT(Refusal(std::string(17u << 20, 'a')), HasSubstr("too many"));
}

TEST(ImportDocument, ATableOfTenMegabytesIsRefusedInTime) {
  std::string text = "# Move\n\n| Source | Target |\n|--|--|\n";
  while (text.size() < (10u << 20)) text += "| a.b | c.d |\n";
  EXPECT_THAT(Refusal(text), HasSubstr("lines; a plan has at most 10000"));
  std::string wide = "|";
  for (int i = 0; i < 100'000; ++i) wide += "a|";
  wide += "\n|";
  for (int i = 0; i < 100'000; ++i) wide += "-|";
  wide += "\n";
  for (int i = 0; i < 100'000; ++i) wide += "|x\n";
  EXPECT_THAT(Refusal(wide), HasSubstr("doc.md"));
}

}  // namespace
}  // namespace regraft::document

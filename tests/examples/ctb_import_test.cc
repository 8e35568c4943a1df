// The example's plan is what `regraft import` reads from its document, with the todos filled and
// nothing else changed.
#include "engine/document/import.h"
#include "engine/plan/read_plan.h"
#include "tests/support/paths.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace regraft::document {
namespace {

using plan::Action;

std::string ReadFile(const std::string& name) {
  std::ifstream file(support::TestData() + "/../docs/examples/ctb/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file.good()) << name;
  return text.str();
}

class CtbImport : public testing::Test {
 protected:
  void SetUp() override {
    const auto imported =
        ImportDocument(ReadFile("reorganization-plan.md"), "reorganization-plan.md");
    ASSERT_TRUE(imported.ok()) << imported.status();
    imported_ = imported->plan;
    const auto written = plan::ReadPlan(ReadFile("plan.yaml"), "plan.yaml");
    ASSERT_TRUE(written.ok()) << written.status();
    written_ = *written;
  }

  plan::Plan imported_, written_;
};

// What the imported action says, the written one says too.
void ExpectOnlyTodosFilled(const Action& imported, const Action& written) {
  SCOPED_TRACE(imported.id);
  EXPECT_EQ(written.id, imported.id);
  EXPECT_EQ(written.kind, imported.kind);
  EXPECT_EQ(written.source, imported.source);
  EXPECT_EQ(written.target, imported.target);
  if (!imported.reason.empty()) EXPECT_EQ(written.reason, imported.reason);
  if (imported.expected.has_value()) {
    ASSERT_TRUE(written.expected.has_value());
    EXPECT_EQ(written.expected->rows, imported.expected->rows);
  }
  if (imported.merge.has_value()) {
    const auto& wanted = imported.merge->mapping.constants;
    const auto& found = written.merge->mapping.constants;
    if (!wanted.empty()) {
      ASSERT_EQ(found.size(), wanted.size());
      EXPECT_EQ(found[0].column, wanted[0].column);
      EXPECT_EQ(found[0].value, wanted[0].value);
    }
  }
  if (imported.key.has_value()) EXPECT_EQ(written.key->column, imported.key->column);
  if (imported.question.has_value()) EXPECT_EQ(written.question->text, imported.question->text);
}

TEST_F(CtbImport, TheWrittenPlanHasTheImportedActionsWithOnlyTheirTodosFilled) {
  ASSERT_EQ(written_.actions.size(), imported_.actions.size());
  for (size_t i = 0; i < written_.actions.size(); ++i)
    ExpectOnlyTodosFilled(imported_.actions[i], written_.actions[i]);
}

TEST_F(CtbImport, TheWrittenPlanAcknowledgesTheImportedTotals) {
  ASSERT_TRUE(imported_.reconciliation.has_value());
  EXPECT_EQ(written_.reconciliation->declared, imported_.reconciliation->declared);
  EXPECT_EQ(written_.reconciliation->itemised, imported_.reconciliation->itemised);
}

TEST_F(CtbImport, TheWrittenPlanAddsTheImportedColumnsToItsTargets) {
  for (const plan::Preparation& imported : imported_.preparations)
    for (const plan::AddedColumn& column : imported.add_columns) {
      if (!imported.todo.empty()) continue;
      const auto adds = [&](const plan::Preparation& written) {
        return written.table == imported.table &&
               std::any_of(written.add_columns.begin(), written.add_columns.end(),
                           [&](const auto& added) { return added.column == column.column; });
      };
      EXPECT_TRUE(std::any_of(written_.preparations.begin(), written_.preparations.end(), adds))
          << pg::DisplayName(imported.table) << " " << column.column;
    }
}

bool Asks(const plan::Audit& audit, const std::string& what) {
  return std::any_of(audit.todo.begin(), audit.todo.end(),
                     [&](const std::string& todo) { return todo.rfind(what, 0) == 0; });
}

TEST_F(CtbImport, TheWrittenPlanChecksWhatTheDocumentFound) {
  ASSERT_GE(written_.audits.size(), imported_.audits.size());
  for (size_t i = 0; i < imported_.audits.size(); ++i) {
    const plan::Audit &imported = imported_.audits[i], &written = written_.audits[i];
    SCOPED_TRACE(imported.id);
    EXPECT_EQ(written.id, imported.id);
    EXPECT_EQ(written.kind, imported.kind);
    if (!Asks(imported, "which table")) EXPECT_EQ(written.table, imported.table);
    if (!Asks(imported, "expect")) EXPECT_EQ(written.expected.rows, imported.expected.rows);
  }
}

TEST_F(CtbImport, TheWrittenPlanLocksTheImportedLeaves) {
  ASSERT_TRUE(imported_.lock.has_value());
  for (const plan::Leaf& imported : imported_.lock->leaves) {
    const auto is_it = [&](const plan::Leaf& written) {
      return written.table.name == imported.table.name && written.sub_hub == imported.sub_hub &&
             written.leaf_type == imported.leaf_type &&
             (imported.table.schema.empty() || written.table == imported.table);
    };
    EXPECT_TRUE(std::any_of(written_.lock->leaves.begin(), written_.lock->leaves.end(), is_it))
        << imported.sub_hub << " " << imported.table.name;
  }
}

}  // namespace
}  // namespace regraft::document

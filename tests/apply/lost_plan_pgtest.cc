// The saved plan's file is lost: the ledger gives it back.

#include "tests/apply/applying.h"

namespace regraft::apply {
namespace {

TEST_F(Applying, ALostSavedPlanIsWrittenAgainAndCanBeUndone) {
  database_.Sql(
      "CREATE TABLE \"Ä b\" (id int); INSERT INTO \"Ä b\" VALUES (1); CREATE SCHEMA \"s'1\"");
  Expect(1, "nothing of a plan was executed", Run({"show", "--run", "1"}));
  Plan(
      "name: \"Plan \\\"Ä\\\"\"\nactions:\n- {archive: 'public.\"Ä b\"', id: A, to: '\"s''1\".\"Ä "
      "b\"'}\n");
  const std::string before = State();
  Approve();
  Expect(0, "", Apply());
  std::filesystem::rename(file(), directory_ + "/kept.json");
  Expect(78, "saved.json", Undo());
  Expect(78, "has no run 77; its runs are: 1", Run({"show", "--run", "77", "-o", file()}));
  Expect(64, "", Run({"show"}));
  Expect(64, "", Run({"show", directory_ + "/kept.json", "-o", file()}));
  Expect(0, "A", Run({"show", "--run", "1"}));
  Expect(0, "is the saved plan of run 1 again, SHA-256 ",
         Run({"show", "--run", "1", "-o", file()}));
  EXPECT_EQ(Shell("cmp '" + file() + "' '" + directory_ + "/kept.json'"), 0);
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
}

}  // namespace
}  // namespace regraft::apply

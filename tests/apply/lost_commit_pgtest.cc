// A COMMIT whose answer never came has happened or not: only the ledger knows.

#include "engine/apply/run.h"
#include "engine/saved_plan/saved_plan_json.h"
#include "tests/apply/applying.h"

namespace regraft::apply {
namespace {

class LostCommit : public Applying {
 protected:
  LostCommit() {
    database_.Sql(
        "CREATE SCHEMA app; CREATE TABLE app.orders (id int, origin text);"
        "CREATE TABLE app.a AS SELECT g AS id FROM generate_series(1, 10) g");
    Plan("actions:\n- {merge: app.a, id: A, into: app.orders, set: {origin: a}}\n");
    Approve();
    Expect(0, "", Apply());
    std::ostringstream text;
    text << std::ifstream(file()).rdbuf();
    auto read = saved_plan::ReadSavedPlan(text.str(), file());
    if (!read.ok()) throw std::runtime_error(std::string(read.status().message()));
    plan_ = *std::move(read);
  }

  // What apply does where the locker's last words were not answered.
  std::string StateAfterLoss() {
    const ApplyOptions options{.connect = {.conninfo = database_.conninfo()}, .plan = plan_};
    ApplyReport report;
    auto run = OpenRun(options, "apply", &report);
    EXPECT_TRUE(run.ok()) << run.status();
    EXPECT_TRUE(*LoadRun(&*run));
    ledger::PlanAction before = run->actions[0];
    before.state = "running";
    ledger::PlanAction* row = run->Find("A");
    EXPECT_TRUE(EndAction(&*run, absl::UnavailableError("no answer"), before, row).ok());
    return row->state;
  }

  saved_plan::SavedPlan plan_;
};

TEST_F(LostCommit, LeavesAnActionDoneThatTheServerHasCommitted) {
  EXPECT_EQ(StateAfterLoss(), "done");
  EXPECT_EQ(ActionStates(), "A done");
  Expect(0, "", Undo());
}

TEST_F(LostCommit, LeavesAnActionFailedThatItHasNot) {
  database_.Sql("UPDATE regraft.plan_action SET state = 'running'");
  EXPECT_EQ(StateAfterLoss(), "failed");
  EXPECT_EQ(ActionStates(), "A failed");
}

}  // namespace
}  // namespace regraft::apply

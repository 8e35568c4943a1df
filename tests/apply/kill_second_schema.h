// The second schema's plan of all eight kinds, whose execution and undo are killed at chosen writes
// to the ledger, run again, and compared with those that were never killed.
#pragma once

#include "tests/apply/killing.h"
#include "tests/support/paths.h"

namespace regraft::apply {

class KillingASecondSchema : public Killing {
 protected:
  KillingASecondSchema() {
    EXPECT_EQ(Shell("psql -qX -o /dev/null -v ON_ERROR_STOP=1 -d \"" + database_.conninfo() +
                    "\" -f '" + support::TestData() + "/apply/second_schema.sql' 2>/dev/null"),
              0);
    before_ = State();
    WritePlan();
    Expect(0, "", Run({"plan", directory_ + "/plan.yaml", "-o", file()}));
    Approve();
    AddTripwire();
    LearnWhatIsToBe();
  }

  // As often as an execution and an undo write to the ledger, at every `step`-th of these.
  void KillAtEvery(int64_t step, At at) {
    const int64_t last = std::max(apply_[at], undo_[at]);
    for (int64_t number = 1; number <= last && !HasFailure(); number += step) {
      RestoreSequences();
      Approve();
      if (number <= apply_[at])
        KillAndGoOn(apply_command_, at, number);
      else
        Expect(0, "", Apply());
      ExpectSameText(applied_, Described());
      if (number <= undo_[at])
        KillAndGoOn(undo_command_, at, number);
      else
        Expect(0, "", Undo());
      ExpectSameText(before_, State());
    }
    Report();
  }

 private:
  // Numbered in an order without ties, which the rows' places would decide: every undo leaves them
  // in other places.
  void WritePlan() {
    std::ostringstream text;
    text << std::ifstream(support::TestData() + "/apply/second_schema.yaml").rdbuf();
    std::ofstream(directory_ + "/plan.yaml") << std::regex_replace(
        text.str(), std::regex(R"(order_by: \[Zeit\])"), "order_by: [Zeit, Text]");
  }
  void LearnWhatIsToBe() {
    SetTripwire(At::kStatement, 0);
    Expect(0, "", Apply());
    applied_ = Described();
    for (const At at : {At::kStatement, At::kCommit}) apply_[at] = Passed(at);
    SetTripwire(At::kStatement, 0);
    Expect(0, "", Undo());
    for (const At at : {At::kStatement, At::kCommit}) undo_[at] = Passed(at);
    ExpectSameText(before_, State());
  }

  // At every second kill, the session of the dead program still stands at the wire when the same
  // command begins again.
  void KillAndGoOn(const Words& command, At at, int64_t number) {
    const Hit hit = KillAt(command, at, number);
    const std::string where = command[0] + " killed at " + Word(at) + " " + std::to_string(number) +
                              " of " + hit.session + ": " + hit.state;
    SCOPED_TRACE(where);
    EXPECT_NE(hit.pid, "") << "nothing was killed: " << hit.errors;
    ++kills_;
    if (IsUnfinished()) ++unfinished_;
    std::cout << "  " << where << "\n";
    const bool overlap = kills_ % 2 == 0;
    if (!overlap) OpenGate();
    if (!overlap) AwaitQuiet();
    support::RunningProgram again = support::Start(Command(command));
    if (overlap) AwaitSecond(hit, &again);
    OpenGate();
    const auto result = again.Wait(Deadline::After(std::chrono::seconds(60)));
    ASSERT_TRUE(result.has_value()) << again.ReadErrors();
    Expect(0, "", *result);
  }
  // Until it waits for the dead one, or has ended.
  void AwaitSecond(const Hit& hit, support::RunningProgram* again) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(30));
    while (!again->Wait(Deadline::After(std::chrono::milliseconds(2))).has_value() &&
           !deadline.passed())
      if (database_.Scalar("SELECT count(*) > 0 FROM pg_stat_activity WHERE " + hit.pid +
                           " = ANY (pg_blocking_pids(pid))") == "t" ||
          again->WaitForErrors("left behind", Deadline::After(std::chrono::milliseconds(1))))
        return;
  }
  void Report() {
    std::cout << unfinished_ << " of " << kills_ << " kills hit unfinished work\n";
    EXPECT_GE(2 * unfinished_, kills_);
  }

  const Words apply_command_ = {"apply", file(), "--yes"};
  const Words undo_command_ = {"undo", file(), "--yes"};
  std::string before_, applied_;
  std::map<At, int64_t> apply_, undo_;
  int kills_ = 0, unfinished_ = 0;
};

}  // namespace regraft::apply

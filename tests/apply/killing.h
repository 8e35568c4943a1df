// A fixture that kills apply and undo of a plan, at writes to the ledger or at random moments, runs
// the same command again, and compares with what is there when nothing was killed: by SQL that
// shares no code with the engine.
#pragma once

#include "tests/apply/tripwire.h"
#include "tests/digest/seed.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <regex>
#include <sstream>

namespace regraft::apply {

class Killing : public Tripwired {
 protected:
  // The whole database as State() has it, and the accounts. What was made since the wire is called
  // by its name: an OID and a column's number are other ones in every run. So are random values of
  // columns that no source fills. Sequences are put back, so what they give is the same.
  std::string Described() {
    std::map<std::string, std::string> names;
    for (const auto& row :
         database_.Rows("SELECT oid, oid::regclass FROM pg_class WHERE oid > " + last_oid_ +
                        " AND relnamespace <> 'regraft'::regnamespace"))
      names[row[0]] = row[1];
    static const std::regex kNumbered("^(column \\S+) \\d+ ");
    std::istringstream lines(State());
    std::vector<std::string> described = RowsOfEachTable(ReadMinted(kMakers));
    for (std::string line; std::getline(lines, line);) {
      line = std::regex_replace(line, kNumbered, "$1 ");
      std::istringstream words(line);
      std::string first, oid;
      words >> first >> oid;
      if (tables_.contains(line.substr(0, line.rfind(": ")))) continue;
      if (names.contains(oid))
        line.replace(first.size() + 1, oid.size(), names[oid]);
      else if (first == "trigger" && std::stoll(oid) > std::stoll(last_oid_))
        line.replace(first.size() + 1, oid.size(), "new");
      described.push_back(line);
    }
    std::sort(described.begin(), described.end());
    std::string all;
    for (const std::string& line : described) all += line + "\n";
    for (const auto& row : database_.Rows(kAccounts)) all += row[0] + "\n";
    return all;
  }

  void LearnWhatIsToBe() {
    before_ = State();
    Approve();
    AddTripwire();
    RunWhole(apply_command_);
    applied_ = Described();
    for (const At at : {At::kStatement, At::kCommit}) apply_[at] = Passed(at);
    RunWhole(undo_command_);
    for (const At at : {At::kStatement, At::kCommit}) undo_[at] = Passed(at);
    ExpectSameText(before_, State());
  }

  struct Whole {
    double milliseconds = 0;
    int64_t done = 0;  // actions
  };
  void RunWhole(const Words& command) {
    SetTripwire(At::kStatement, 0);
    const Stopwatch watch;
    Expect(0, "", Run(command));
    whole_[command[0]] = {watch.seconds() * 1000, Done(command)};
  }
  // Actions of the latest run that are what the command makes them.
  int64_t Done(const Words& command) {
    return std::stoll(
        database_.Scalar("SELECT count(*) FROM regraft.plan_action WHERE state = '" +
                         std::string(command[0] == "apply" ? "done" : "undone") +
                         "' AND run_id = (SELECT max(run_id) FROM regraft.plan_run)"));
  }

  void Storm(const std::string& round, const Words& command, int kills) {
    const Whole& whole = whole_[command[0]];
    for (int kill = 1; kill <= kills; ++kill) {
      const double left =
          1.0 - static_cast<double>(Done(command)) / static_cast<double>(whole.done);
      const int moment = std::uniform_int_distribution(
          0, static_cast<int>(kReach * whole.milliseconds * std::max(0.1, left)))(random_);
      support::RunningProgram program = support::Start(Command(command));
      program.Wait(Deadline::After(std::chrono::milliseconds(moment)));
      program.Kill(SIGKILL);
      const auto result = program.Wait(Deadline::After(std::chrono::seconds(30)));
      ASSERT_TRUE(result.has_value()) << round;
      const bool killed = result->exit_code == 128 + SIGKILL;
      const std::string where = round + ": " + command[0] + (killed ? " killed" : " ended") +
                                " at " + std::to_string(moment) + " ms: " + LedgerState();
      std::cout << "  " << where << "\n";
      SCOPED_TRACE(where);
      if (!killed) Expect(0, "", *result);
      ++kills_;
      if (killed && Done(command) < whole.done) ++unfinished_;
      if (!killed || HasFailure()) break;
    }
    SCOPED_TRACE(round + ", to the end");
    Expect(0, "", Run(command));
  }

  // At every second kill of each command, the session of the dead program still stands at the wire
  // when the same command begins again.
  void KillAndGoOn(const Words& command, At at, int64_t number) {
    const Hit hit = KillAt(command, at, number);
    const std::string where = command[0] + " killed at " + Word(at) + " " + std::to_string(number) +
                              " of " + hit.session + ": " + hit.state;
    SCOPED_TRACE(where);
    EXPECT_NE(hit.pid, "") << "nothing was killed: " << hit.errors;
    ++kills_;
    if (Done(command) < whole_[command[0]].done) ++unfinished_;
    std::cout << "  " << where << "\n";
    const bool overlap = kills_ / 2 % 2 == 0;
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

  // Each command of each round is killed at moments drawn from what it still takes.
  void KillAtRandom(int rounds, int kills) {
    for (int round = 1; round <= rounds && !HasFailure(); ++round) {
      RestoreSequences();
      Approve();
      Storm("round " + std::to_string(round), apply_command_, kills);
      ExpectSameText(applied_, Described());
      if (!HasFailure()) Storm("round " + std::to_string(round), undo_command_, kills);
      if (!HasFailure()) ExpectSameText(before_, State());
    }
    Report();
  }

  static constexpr const char* kAccounts =
      "SELECT concat_ws(' | ', action, source, target, discriminator, rows_source, rows_target, "
      "rows_remainder, remainder_table, digest_source, digest_rebuilt, state) FROM "
      "regraft.accounting WHERE action IS NOT NULL AND run_id = (SELECT max(run_id) FROM "
      "regraft.plan_run) ORDER BY 1";
  static constexpr const char* kMakers = "uuid|random|now|timestamp|nextval|identity";
  // A machine that was busy while it was measured is faster afterwards: most kills are to hit.
  static constexpr double kReach = 0.7;
  const Words apply_command_ = {"apply", file(), "--yes"};
  const Words undo_command_ = {"undo", file(), "--yes"};
  std::string before_, applied_;
  std::map<At, int64_t> apply_, undo_;
  int kills_ = 0, unfinished_ = 0;
  std::map<std::string, Whole> whole_;  // by command
  std::mt19937_64 random_ = SeededRandom();
};

}  // namespace regraft::apply

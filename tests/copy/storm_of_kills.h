// A copy that is killed again and again: what the ledger said at each kill is printed, and the same
// command must end in exactly the source's rows.
#pragma once

#include "engine/base/deadline.h"
#include "tests/digest/seed.h"
#include "tests/support/copying.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>

namespace regraft::support {

class StormOfKills : public Copying {
 protected:
  // Others have a few thousand rows in the target.
  explicit StormOfKills(int rows) : rows_(rows) {
    MakeTables(rows);
    database_.Sql("INSERT INTO app.target SELECT *, 'y' FROM app.source LIMIT 20000");
  }

  int Random(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  // Other lanes and chunks every time: a resume must not mind.
  Flags RandomFlags() {
    const std::array<const char*, 3> sizes = {"64KiB", "128KiB", "256KiB"};
    Flags flags = {"--jobs", std::to_string(Random(1, 4)), "--chunk-bytes",
                   sizes[static_cast<size_t>(Random(0, 2))]};
    flags.insert(flags.end(), flags_.begin(), flags_.end());
    return flags;
  }

  // What the ledger says of the copy that has just been killed.
  std::string State() {
    if (database_.Scalar("SELECT to_regclass('regraft.step') IS NULL") == "t") return "1 preparing";
    const auto runs = database_.Rows(
        "SELECT r.state, (SELECT count(*) FROM regraft.chunk_done d WHERE d.run_id = r.run_id), "
        "(SELECT count(*) FROM regraft.step s WHERE s.run_id = r.run_id AND done_at IS NULL) "
        "FROM regraft.run r JOIN regraft.copy c USING (copy_id) WHERE r.state <> 'discarded' AND "
        "c.target_oid = to_regclass('app.target')");
    if (runs.empty()) return "1 preparing";
    const std::string& state = runs[0][0];
    if (state == "copying") return runs[0][1] == "0" ? "2 before the first chunk" : "3 copying";
    if (state == "copied") return runs[0][2] == "0" ? "5 verifying" : "4 building indexes";
    return state == "verified" ? "6 finished" : "unexpected: " + state;
  }

  // Runs the copy until `wait` returns, then kills it.
  void KillAfter(int attempt, int signal, const std::function<void(RunningProgram*)>& wait) {
    RunningProgram copy = StartCopy(RandomFlags());
    wait(&copy);
    copy.Kill(signal);
    const auto result = copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop)));
    ASSERT_TRUE(result.has_value()) << "does not stop: " << copy.ReadErrors();
    // By its own handler, or before it had one.
    const bool killed = result->exit_code == 130 || result->exit_code == 128 + signal;
    if (!killed) ExpectExit(0, *result);
    const std::string state = killed ? State() : "6 finished";
    ++hits_[(attempt == 0 ? "first run,   " : "resumed run, ") + state];
    ++kills_;
    if (state < "6") ++unfinished_;
  }

  void KillAtRandom(int attempt, int signal, double longest_ms) {
    KillAfter(attempt, signal, [&](RunningProgram*) {
      std::this_thread::sleep_for(
          std::chrono::milliseconds(Random(0, static_cast<int>(longest_ms))));
    });
  }

  // Kills as soon as a run has so many chunks more than before, or the program has ended. REQUIRES:
  // the ledger is there.
  void KillAtChunk(int attempt, int signal, int more_chunks) {
    const std::string done =
        "(SELECT count(*) FROM regraft.chunk_done JOIN regraft.run USING (run_id) WHERE state = "
        "'copying')";
    const std::string reached = "SELECT " + done + " >= " + database_.Scalar("SELECT " + done) +
                                " + " + std::to_string(more_chunks) +
                                " AND EXISTS (SELECT FROM regraft.run WHERE state = 'copying')";
    KillAfter(attempt, signal, [&](RunningProgram* copy) {
      while (!copy->Wait(Deadline::After(kLook)).has_value() && database_.Scalar(reached) != "t") {
      }
    });
  }

  // Uninterrupted, to learn how long it takes.
  double CopyMilliseconds() {
    const Stopwatch watch;
    ExpectExit(0, Copy(RandomFlags()));
    return watch.seconds() * 1000;
  }

  void FinishAndCompare() {
    const ProgramResult result = Copy(RandomFlags());
    ExpectExit(0, result);
    const auto document = Document(result);
    EXPECT_EQ(document["verified"], true);
    EXPECT_EQ(document["rows"], rows_);
    EXPECT_EQ(document["chunks"], document["chunks_verified"]);
    ExpectExact();
    ExpectNoHalfChunk();
  }

  void Report() {
    std::cout << "kills that hit:\n";
    for (const auto& [state, count] : hits_) std::cout << "  " << count << "\t" << state << "\n";
    std::cout << unfinished_ << " of " << kills_ << " hit unfinished work\n";
    EXPECT_GE(2 * unfinished_, kills_) << "the storm blew over finished work: nothing was tried";
  }

  [[nodiscard]] int Hits(const std::string& state) const {
    int hits = 0;
    for (const auto& [name, count] : hits_)
      if (name.find(state) != std::string::npos) hits += count;
    return hits;
  }

  static constexpr int kSecondsToStop = 30;
  static constexpr std::chrono::milliseconds kLook{1};

  int rows_;
  Flags flags_;
  std::map<std::string, int> hits_;
  int kills_ = 0, unfinished_ = 0;
  std::mt19937_64 random_ = SeededRandom();
};

}  // namespace regraft::support

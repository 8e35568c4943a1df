// Storms of kills: whatever dies whenever, the same command again ends in exactly the source's
// rows.
#include "engine/base/deadline.h"
#include "tests/digest/seed.h"
#include "tests/support/copying.h"

#include "gtest/gtest.h"

#include <array>
#include <csignal>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <thread>

namespace regraft::support {
namespace {

using std::chrono::milliseconds;

constexpr int kRows = 220'000;
constexpr int kRounds = 24;
// Kills of one copy before it may run to its end.
constexpr int kKillsPerRound = 3;
constexpr int kSecondsToStop = 30;

class StormOfKills : public Copying {
 protected:
  StormOfKills() {
    MakeTables(kRows);
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
    if (signal != SIGKILL && result->exit_code != 0) {
      EXPECT_EQ(result->exit_code, 130) << result->errors;
    }
    const bool ended = result->exit_code != 128 + SIGKILL && result->exit_code != 130;
    if (ended) ExpectExit(0, *result);
    const std::string state = ended ? "6 finished" : State();
    ++hits_[(attempt == 0 ? "first run,   " : "resumed run, ") + state];
    ++kills_;
    if (state < "6") ++unfinished_;
  }

  void KillAtRandom(int attempt, int signal, double longest_ms) {
    KillAfter(attempt, signal, [&](RunningProgram*) {
      std::this_thread::sleep_for(milliseconds(Random(0, static_cast<int>(longest_ms))));
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
    EXPECT_EQ(document["rows"], kRows);
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

  Flags flags_;
  std::map<std::string, int> hits_;
  int kills_ = 0, unfinished_ = 0;
  std::mt19937_64 random_ = SeededRandom();
};

TEST_F(StormOfKills, OnAMergeIntoATableOfOthersLosesAndDoublesNothing) {
  database_.Sql("CREATE INDEX ON app.target (id)");
  const std::string others =
      "SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM "
      "app.target t WHERE origin = 'y'";
  const std::string before = database_.Scalar(others);
  const double whole = CopyMilliseconds();
  for (int round = 0; round < kRounds && !HasFatalFailure(); ++round) {
    ExpectExit(0, Copy({"--discard"}));
    const int signal = round % 4 == 0 ? SIGINT : round % 4 == 1 ? SIGTERM : SIGKILL;
    for (int kill = 0; kill < kKillsPerRound; ++kill) KillAtRandom(kill, signal, whole * 0.7);
    FinishAndCompare();
    EXPECT_EQ(database_.Scalar(others), before);
    if (HasFailure()) break;
  }
  Report();
}

TEST_F(StormOfKills, OnACopyThatMakesItsTargetLosesNoRowAndNoIndex) {
  flags_ = {"--create"};
  database_.Sql(
      "DROP TABLE app.target; CREATE INDEX ON app.source (name);"
      "CREATE INDEX ON app.source (amount, id); CREATE INDEX ON app.source (note, name)");
  const double whole = CopyMilliseconds();
  for (int round = 0; round < kRounds && !HasFatalFailure(); ++round) {
    database_.Sql("DROP TABLE app.target");
    if (round % 2 == 0) database_.Sql("DROP SCHEMA regraft CASCADE");
    for (int kill = 0; kill < kKillsPerRound; ++kill) KillAtRandom(kill, SIGKILL, whole * 0.7);
    FinishAndCompare();
    EXPECT_EQ(
        database_.Scalar(
            "SELECT count(*) FROM pg_index WHERE indisvalid AND indrelid = 'app.target'::regclass"),
        "3");
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_class WHERE relnamespace = "
                               "'app'::regnamespace AND relkind = 'r'"),
              "2");
    if (HasFailure()) break;
  }
  Report();
}

// Each phase for certain, not only by chance.
TEST_F(StormOfKills, InEveryPhaseIsSurvived) {
  flags_ = {"--create"};
  database_.Sql("DROP TABLE app.target; CREATE INDEX ON app.source (note, name)");
  const std::map<std::string, std::string> moments = {
      {"1 preparing",
       "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'regraft/source-%' "
       "AND datname = current_database())"},
      {"3 copying", "SELECT count(*) > 20 FROM regraft.chunk_done"},
      {"4 building indexes",
       "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND "
       "application_name LIKE 'regraft/%' AND datname = current_database())"},
      {"5 verifying",
       "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE "
       "'regraft/target-verify/%' AND datname = current_database())"}};
  for (const auto& [state, moment] : moments) {
    ExpectExit(0, Copy(RandomFlags()));  // makes the ledger that the moments are read from
    database_.Sql("DROP TABLE app.target; TRUNCATE regraft.copy CASCADE");
    KillAfter(0, SIGKILL, [&](RunningProgram*) { WaitUntil(moment); });
    EXPECT_GE(Hits(state), 1) << state;
    FinishAndCompare();
    database_.Sql("DROP TABLE app.target");
    if (HasFailure()) break;
  }
  Report();
}

TEST_F(StormOfKills, OfServerProcessesStopsOrSparesTheCopyButNeverSpoilsIt) {
  const double whole = CopyMilliseconds();
  std::map<std::string, int> ended;
  for (int round = 0; round < kRounds; ++round) {
    ExpectExit(0, Copy({"--discard"}));
    RunningProgram copy = StartCopy(RandomFlags());
    std::this_thread::sleep_for(milliseconds(Random(0, static_cast<int>(whole * 0.5))));
    const auto victims = database_.Rows(
        "SELECT application_name, pg_terminate_backend(pid) FROM (SELECT * FROM pg_stat_activity "
        "WHERE "
        "datname = current_database() AND application_name LIKE 'regraft/%' ORDER BY random() "
        "LIMIT 1) a");
    const auto result = copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop)));
    ASSERT_TRUE(result.has_value()) << "still runs: " << copy.ReadErrors();
    ++kills_;
    if (result->exit_code != 0) ++unfinished_;
    ++hits_[(result->exit_code == 0 ? "spared, without " : "stopped, without ") +
            (victims.empty() ? "nobody" : victims[0][0])];
    EXPECT_TRUE(result->exit_code == 0 || result->exit_code == 1) << result->errors;
    FinishAndCompare();
    if (HasFailure()) break;
  }
  Report();
}

}  // namespace
}  // namespace regraft::support

// Long storms of kills: whatever dies whenever, the same command again ends in exactly the source's
// rows.
#include "tests/copy/storm_of_kills.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

constexpr int kRounds = 24;
// Kills of one copy before it may run to its end.
constexpr int kKillsPerRound = 3;

class LongStormOfKills : public StormOfKills {
 protected:
  LongStormOfKills() : StormOfKills(220'000) {}
};

TEST_F(LongStormOfKills, OnAMergeIntoATableOfOthersLosesAndDoublesNothing) {
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

TEST_F(LongStormOfKills, OnACopyThatMakesItsTargetLosesNoRowAndNoIndex) {
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

TEST_F(LongStormOfKills, OfServerProcessesStopsOrSparesTheCopyButNeverSpoilsIt) {
  const double whole = CopyMilliseconds();
  std::map<std::string, int> ended;
  for (int round = 0; round < kRounds; ++round) {
    ExpectExit(0, Copy({"--discard"}));
    RunningProgram copy = StartCopy(RandomFlags());
    std::this_thread::sleep_for(
        std::chrono::milliseconds(Random(0, static_cast<int>(whole * 0.5))));
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

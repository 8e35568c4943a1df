// A short storm of kills, for every run of the tests; the long ones are in kill_storm_slowtest.cc.
// It waits for states and never for a time, so that a slow machine is hit as well as a fast one.
#include "tests/copy/storm_of_kills.h"

#include "gtest/gtest.h"

#include <optional>
#include <utility>
#include <vector>

namespace regraft::support {
namespace {

class ShortStormOfKills : public StormOfKills {
 protected:
  ShortStormOfKills() : StormOfKills(60'000) {}

  static std::string Session(const std::string& condition) {
    return "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
           "application_name LIKE 'regraft/%' AND " +
           condition + ")";
  }
};

TEST_F(ShortStormOfKills, AtRandomChunksLosesAndDoublesNothing) {
  constexpr int kShortRounds = 5;
  database_.Sql("CREATE INDEX ON app.target (id)");
  const std::string others =
      "SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM "
      "app.target t WHERE origin = 'y'";
  const std::string before = database_.Scalar(others);
  ExpectExit(0, Copy());  // makes the ledger
  ExpectExit(0, Copy({"--discard"}));
  for (int round = 0; round < kShortRounds && !HasFailure(); ++round) {
    const int signal = round % 3 == 0 ? SIGTERM : SIGKILL;
    // Of 25 chunks at least.
    KillAtChunk(0, signal, Random(0, 5));
    for (int kill = 1; kill < 3; ++kill) KillAtChunk(kill, signal, Random(1, 5));
    FinishAndCompare();
    EXPECT_EQ(database_.Scalar(others), before);
    ExpectExit(0, Copy({"--discard"}));
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE origin = 'x'"), "0");
  }
  EXPECT_EQ(database_.Scalar(others), before);
  Report();
}

// Each phase for certain, not only by chance.
TEST_F(ShortStormOfKills, InEveryPhaseIsSurvived) {
  flags_ = {"--create"};
  database_.Sql("DROP TABLE app.target; CREATE INDEX ON app.source (note, name)");
  const std::vector<std::pair<std::string, std::string>> moments = {
      {"1 preparing", Session("application_name LIKE 'regraft/source-%'")},
      {"3 copying", "SELECT count(*) > 5 FROM regraft.chunk_done"},
      {"4 building indexes", Session("query LIKE 'CREATE INDEX%'")},
      {"5 verifying", Session("application_name LIKE 'regraft/target-verify/%'")}};
  ExpectExit(0, Copy(RandomFlags()));  // makes the ledger that the moments are read from
  for (const auto& [state, moment] : moments) {
    database_.Sql("DROP TABLE app.target; TRUNCATE regraft.copy CASCADE");
    KillAfter(0, SIGKILL, [&](RunningProgram*) { WaitUntil(moment); });
    EXPECT_GE(Hits(state), 1) << state;
    FinishAndCompare();
    if (HasFailure()) break;
  }
  Report();
}

// A row that another session has locked stops the DELETE for as long as it takes to kill it.
TEST_F(ShortStormOfKills, WhileItIsTakenBackLeavesAllOrNothing) {
  for (const char* flag : {"--discard", "--restart"}) {
    ExpectExit(0, Copy(RandomFlags()));
    pg::Connection reader = database_.Connect("reader");
    ASSERT_TRUE(reader
                    .Run("BEGIN; SELECT FROM app.target WHERE ctid = (SELECT max(ctid) FROM "
                         "app.target WHERE origin = 'x') FOR UPDATE")
                    .ok());
    RunningProgram copy = StartCopy({flag});
    WaitUntil(Session("query LIKE 'DELETE FROM%' AND wait_event_type = 'Lock'"));
    copy.Kill(SIGKILL);
    ASSERT_TRUE(copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop))).has_value());
    ASSERT_TRUE(reader.Run("ROLLBACK").ok());
    FinishAndCompare();
    ExpectExit(0, Copy({flag}));
    if (std::string(flag) == "--restart") ExpectExact();
  }
  ExpectExit(0, Copy({"--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) || ' ' || max(origin) FROM app.target"), "20000 y");
}

}  // namespace
}  // namespace regraft::support

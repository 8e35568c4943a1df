// Sessions that are used again must be as good as new ones.

#include "engine/pg/session_pool.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>

namespace regraft::pg {
namespace {

class SessionPoolTest : public testing::Test {
 protected:
  ConnectOptions Options(const std::string& role) const {
    return {.conninfo = database_.conninfo(), .role = role, .scope = scope_, .pool = pool_};
  }

  Connection Open(const std::string& role = "worker") const {
    auto session = Connection::Open(Options(role));
    if (!session.ok()) throw std::runtime_error(std::string(session.status().message()));
    return *std::move(session);
  }

  static std::string Ask(Connection& session, const std::string& sql) {
    const auto answer = session.Execute(sql);
    return answer.ok() ? answer->Text(0, 0) : std::string(answer.status().message());
  }

  // What the next user of the same session sees.
  std::string AskAgain(int pid, const std::string& sql) const {
    Connection again = Open();
    EXPECT_EQ(again.backend_pid(), pid) << "not the same session";
    return Ask(again, sql);
  }

  support::TestDatabase database_;
  std::shared_ptr<CancelScope> scope_ = std::make_shared<CancelScope>();
  std::shared_ptr<SessionPool> pool_ = std::make_shared<SessionPool>();
};

TEST_F(SessionPoolTest, AnUnfinishedTransactionIsRolledBackAndItsLocksAreFree) {
  database_.Sql("CREATE TABLE t (id int)");
  int pid = 0;
  {
    Connection session = Open();
    pid = session.backend_pid();
    ASSERT_TRUE(session.Run("BEGIN; LOCK TABLE public.t; INSERT INTO public.t VALUES (1)").ok());
  }
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_locks WHERE pid = " + std::to_string(pid)),
            "0");
  EXPECT_EQ(AskAgain(pid, "SELECT count(*) FROM public.t"), "0");
}

TEST_F(SessionPoolTest, AFailedTransactionIsNoMoreWhenTheSessionIsUsedAgain) {
  int pid = 0;
  {
    Connection session = Open();
    pid = session.backend_pid();
    ASSERT_FALSE(session.Run("BEGIN; SELECT 1 / 0").ok());
  }
  EXPECT_EQ(AskAgain(pid, "SELECT 1"), "1");
}

TEST_F(SessionPoolTest, AdvisoryLocksOfASessionAreFreeOnceItsUserIsGone) {
  {
    Connection session = Open();
    ASSERT_TRUE(session.Run("SELECT pg_advisory_lock(7), pg_advisory_lock_shared(8)").ok());
  }
  EXPECT_EQ(database_.Scalar("SELECT pg_try_advisory_lock(7) AND pg_try_advisory_lock(8)"), "t");
}

TEST_F(SessionPoolTest, SettingsOfOneUseDoNotReachTheNext) {
  int pid = 0;
  {
    Connection session = Open();
    pid = session.backend_pid();
    ASSERT_TRUE(session
                    .Run("SET synchronous_commit = off; SET session_replication_role = replica;"
                         "SET lock_timeout = 77; SET TimeZone = 'Asia/Tokyo'; RESET search_path;"
                         "SET client_encoding = 'LATIN1'")
                    .ok());
  }
  const std::string settings =
      "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings";
  auto fresh = Connection::Open({.conninfo = database_.conninfo(), .role = "worker"});
  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(AskAgain(pid, settings), Ask(*fresh, settings));
}

TEST_F(SessionPoolTest, TheRoleOfOneUseDoesNotReachTheNext) {
  int pid = 0;
  {
    Connection session = Open();
    pid = session.backend_pid();
    ASSERT_TRUE(session.Run("SET ROLE pg_monitor").ok());
  }
  EXPECT_EQ(AskAgain(pid, "SELECT current_user = session_user"), "t");
}

TEST_F(SessionPoolTest, TemporaryTablesOfOneUseAreGoneInTheNext) {
  int pid = 0;
  {
    Connection session = Open();
    pid = session.backend_pid();
    ASSERT_TRUE(session.Run("CREATE TEMPORARY TABLE rest (id int)").ok());
  }
  EXPECT_EQ(AskAgain(pid, "SELECT to_regclass('pg_temp.rest') IS NULL"), "t");
}

TEST_F(SessionPoolTest, IdleSessionsSayThatTheyAreIdleAndUsedOnesWhatTheyDo) {
  int pid = 0;
  const auto name = [&] {
    return database_.Scalar("SELECT application_name FROM pg_stat_activity WHERE pid = " +
                            std::to_string(pid));
  };
  {
    Connection session = Open("reader/1");
    pid = session.backend_pid();
    EXPECT_EQ(name(), "regraft/reader/1");
  }
  EXPECT_EQ(name(), "regraft/idle");
  Connection again = Open("writer/1");
  EXPECT_EQ(name(), "regraft/writer/1");
}

TEST_F(SessionPoolTest, PreparedQueriesAreKnownStillToTheirSession) {
  {
    Connection session = Open();
    ASSERT_TRUE(session.QueryPrepared("SELECT $1::int + 1", {"1"}).ok());
  }
  Connection again = Open();
  EXPECT_EQ(Ask(again, "SELECT count(*) FROM pg_prepared_statements"), "1");
  const auto answer = again.QueryPrepared("SELECT $1::int + 1", {"41"});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->Text(0, 0), "42");
}

TEST_F(SessionPoolTest, TheSessionThatHadTheRoleLastIsPreferred) {
  int reader = 0;
  {
    Connection first = Open("reader");
    Connection second = Open("writer");
    reader = first.backend_pid();
    ASSERT_NE(second.backend_pid(), reader);
  }
  EXPECT_EQ(Open("reader").backend_pid(), reader);
  EXPECT_NE(Open("writer").backend_pid(), reader);
}

TEST_F(SessionPoolTest, ASessionThatTheServerHasEndedIsNotGivenOut) {
  int pid = 0;
  {
    Connection session = Open();
    pid = session.backend_pid();
  }
  database_.Scalar("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
  Connection again = Open();
  EXPECT_NE(again.backend_pid(), pid);
  EXPECT_EQ(Ask(again, "SELECT 1"), "1");
}

TEST_F(SessionPoolTest, ASessionWhoseWorkWasCancelledIsNotUsedAgain) {
  const auto scope = std::make_shared<CancelScope>();
  int pid = 0;
  {
    ConnectOptions options = Options("worker");
    options.scope = scope;
    auto session = Connection::Open(options);
    ASSERT_TRUE(session.ok());
    pid = session->backend_pid();
    scope->Cancel();
  }
  EXPECT_NE(Open().backend_pid(), pid);
}

TEST_F(SessionPoolTest, AfterACopyThatWasAbandonedTheNextUseIsServed) {
  {
    Connection session = Open();
    ASSERT_TRUE(session.StartCopyOut("COPY (SELECT generate_series(1, 1000000)) TO STDOUT").ok());
  }
  Connection again = Open();
  EXPECT_EQ(Ask(again, "SELECT 1"), "1");
}

}  // namespace
}  // namespace regraft::pg

// Who passes the lock: by the permit of an approved run, and through a window.

#include "engine/leaf_lock/permit.h"
#include "engine/pg/error.h"
#include "tests/leaf_lock/locking.h"

namespace regraft::leaf_lock {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PassingTheLock : public Locking {};

TEST_F(PassingTheLock, LetsAnApprovedRunPassInItsTransactionOnly) {
  Lock();
  pg::Connection run = database_.Connect();
  pg::Connection other = As(owner_);
  ASSERT_TRUE(run.Run("BEGIN").ok());
  absl::StatusOr<Permit> permit = OpenPermit(run, "sha");
  ASSERT_TRUE(permit.ok()) << permit.status();
  ASSERT_TRUE(
      run.Run("SAVEPOINT a; ALTER TABLE sales.orders ADD COLUMN more int; ALTER TABLE sales.past "
              "RENAME TO older; DROP VIEW sales.seen; CREATE TABLE sales.new (id int); DELETE FROM "
              "sales.older; ALTER TABLE sales.sums SET SCHEMA free")
          .ok());
  EXPECT_EQ(Try(other, "CREATE TABLE sales.other (id int)"), "RG001")
      << "a permit is its transaction's";
  ASSERT_TRUE(ClosePermit(run, *permit).ok());
  EXPECT_EQ(pg::Sqlstate(run.Run("SAVEPOINT b; CREATE TABLE sales.more (id int)")), "RG001")
      << "closed";
  ASSERT_TRUE(run.Run("ROLLBACK TO b; COMMIT").ok());
  EXPECT_EQ(Entry("sales.new"), "UNCLASSIFIED run");
  EXPECT_EQ(Entry("sales.older"), "sales ARCHIVE plan");
  EXPECT_EQ(Entry("sales.seen"), "none");
  EXPECT_EQ(database_.Scalar(
                "SELECT frozen FROM regraft.registry WHERE relation = 'free.sums'::regclass"),
            "f");
  EXPECT_EQ(Try(other, "INSERT INTO sales.older VALUES (1)"), "RG001");
  EXPECT_EQ(Try(other, "TRUNCATE sales.new"), "42501") << "it is the superuser's";
  EXPECT_THAT(Drift(), IsEmpty());
}

TEST_F(PassingTheLock, GivesPermitsToNobodyElse) {
  Lock();
  database_.Sql("GRANT USAGE ON SCHEMA regraft TO " + owner_ +
                "; GRANT SELECT ON ALL TABLES IN SCHEMA "
                "regraft TO " +
                owner_);
  pg::Connection owner = As(owner_);
  ASSERT_TRUE(owner.Run("BEGIN").ok());
  const absl::StatusOr<Permit> permit = OpenPermit(owner, "sha");
  EXPECT_EQ(pg::Sqlstate(permit.status()), "42501") << permit.status();
  EXPECT_THAT(std::string(permit.status().message()), HasSubstr("GRANT \"" + keeper_ + "\" TO"));
  ASSERT_TRUE(owner.Run("ROLLBACK").ok());
  EXPECT_EQ(
      Try(owner, "INSERT INTO regraft.permit VALUES (pg_current_xact_id(), pg_backend_pid(), '')"),
      "42501");
  EXPECT_EQ(Try(owner, "SELECT regraft_guard.adopt('run')"), "42501");
  EXPECT_EQ(Try(owner, "UPDATE regraft.registry SET frozen = false"), "42501");
  EXPECT_EQ(Try(owner, "SET regraft.permit = 'on'; CREATE TABLE sales.new (id int)"), "RG001");
  // A permit that was committed is another transaction's, and found.
  database_.Sql("INSERT INTO regraft.permit VALUES (pg_current_xact_id(), pg_backend_pid(), 'x')");
  EXPECT_EQ(Try(owner, "CREATE TABLE sales.new (id int)"), "RG001");
  EXPECT_THAT(Drift(), ElementsAre("bypass regraft.permit: a permit was left, for x"));
}

TEST_F(PassingTheLock, LetsAMemberOfTheKeeperApply) {
  Lock();
  database_.Sql("GRANT USAGE ON SCHEMA regraft TO " + plain_ +
                "; GRANT SELECT ON ALL TABLES IN SCHEMA regraft TO " + plain_ + "; GRANT " +
                keeper_ + " TO " + plain_);
  pg::Connection member = As(plain_);
  EXPECT_EQ(Try(member, "CREATE TABLE sales.new (id int)"), "RG001") << "without a permit";
  ASSERT_TRUE(member.Run("BEGIN").ok());
  const absl::StatusOr<Permit> permit = OpenPermit(member, "sha");
  ASSERT_TRUE(permit.ok()) << permit.status();
  ASSERT_TRUE(member.Run("CREATE TABLE sales.new (id int)").ok());
  const absl::Status closed = ClosePermit(member, *permit);
  ASSERT_TRUE(closed.ok()) << closed;
  ASSERT_TRUE(member.Run("COMMIT").ok());
  EXPECT_EQ(Entry("sales.new"), "UNCLASSIFIED run");
  EXPECT_THAT(Drift(), IsEmpty());
}

TEST_F(PassingTheLock, OpensForAWhileAndKeepsAccount) {
  Lock();
  EXPECT_EQ(Run({"unlock", "--for", "soon", "--reason", "x"}).exit_code, 78);
  support::ProgramResult result = Run({"unlock", "--for", "1h", "--reason", "release 4"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  pg::Connection owner = As(owner_);
  EXPECT_EQ(Try(owner, "CREATE TABLE sales.new (id int)"), "");
  EXPECT_EQ(Try(owner, "ALTER TABLE sales.orders ADD COLUMN more int"), "");
  EXPECT_EQ(Try(owner, "DROP VIEW sales.seen"), "");
  EXPECT_EQ(Try(owner, "DELETE FROM sales.past"), "");
  EXPECT_EQ(Try(owner, "TRUNCATE sales.past"), "");
  database_.Sql("UPDATE regraft.unlock SET expires_at = clock_timestamp()");
  EXPECT_EQ(Try(owner, "CREATE TABLE sales.late (id int)"), "RG001");
  EXPECT_EQ(Try(owner, "ALTER TABLE sales.new ADD COLUMN more int"), "RG001")
      << "frozen as it came";
  EXPECT_EQ(Try(owner, "TRUNCATE sales.new"), "RG001");
  EXPECT_THAT(
      Drift(),
      ElementsAre(
          "unclassified sales.new: it came while the lock was open, and nobody said what it is"));
  EXPECT_EQ(Run({"register", "sales.new", "--sub-hub", "sales", "--leaf-type", "QUEUE"}).exit_code,
            0);
  EXPECT_EQ(Run({"lock", "--check"}).exit_code, 0);
}

}  // namespace
}  // namespace regraft::leaf_lock

// Several plans lock, each its own schemas.

#include "engine/base/failure_kind.h"
#include "tests/leaf_lock/locking.h"

namespace regraft::leaf_lock {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TwoPlans : public Locking {
 protected:
  TwoPlans() { database_.Sql("CREATE TABLE twin.\"Gone.T\" (id int)"); }

  static plan::Lock Second(const std::string& schema = "twin") {
    plan::Lock lock{.place = {}, .schemas = {schema}};
    lock.leaves.push_back({.place = {},
                           .table = {"twin", "past"},
                           .sub_hub = "old \"ones\"",
                           .leaf_type = "ARCHIVE",
                           .path = "",
                           .todo = {}});
    lock.cardinality.push_back(
        {.place = {}, .leaf_type = "ARCHIVE", .min = 1, .max = 1, .sub_hubs = {}});
    return lock;
  }
  absl::Status Freeze(const plan::Lock& plan, const std::string& name, const std::string& by) {
    pg::Connection connection = database_.Connect();
    report_ = {};
    return leaf_lock::Freeze(connection, plan, {.plan_name = name, .by = by}, &report_);
  }
  void LockBoth() {
    Lock();  // as "test", by Ada
    const absl::Status done = Freeze(Second(), "second's", "Grace");
    ASSERT_TRUE(done.ok()) << done;
  }
  std::string Owner(const std::string& schema) {
    return database_.Scalar("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = '" +
                            schema + "'");
  }
  // "sales twin": where the owner of their tables is refused.
  std::string Refused() {
    std::string schemas;
    pg::Connection owner = As(owner_);
    for (const std::string schema : {"sales", "twin"})
      if (Try(owner, "BEGIN; CREATE TABLE " + schema + ".new (id int); ROLLBACK") == "RG001")
        schemas += schema + " ";
    return schemas;
  }

  FreezeReport report_;
};

TEST_F(TwoPlans, LockTogetherAndEachIsLiftedAlone) {
  LockBoth();
  EXPECT_THAT(report_.beside, ::testing::ElementsAre("test"));
  EXPECT_EQ(Refused(), "sales twin ");
  EXPECT_EQ(Entry("sales.orders"), "sales CANONICAL plan");
  EXPECT_EQ(Entry("twin.past"), "old \"ones\" ARCHIVE plan");
  EXPECT_THAT(Drift(), IsEmpty()) << "the second's rule of one archive is not one for the first";
  const support::ProgramResult unclear = Run({"unlock", "--reason", "x", "--yes"});
  EXPECT_EQ(unclear.exit_code, 78);
  EXPECT_THAT(unclear.errors, HasSubstr("2 plans have locked, test; second's; --plan NAME"));
  EXPECT_EQ(Run({"unlock", "--plan", "tset", "--reason", "x", "--yes"}).exit_code, 78);
  EXPECT_EQ(Run({"unlock", "--plan", "test", "--for", "1h", "--reason", "x"}).exit_code, 64)
      << "a window would open the second's too";
  EXPECT_EQ(Refused(), "sales twin ");

  const support::ProgramResult lifted = Run({"unlock", "--plan", "test", "--reason", "x", "--yes"});
  EXPECT_EQ(lifted.exit_code, 0) << lifted.errors;
  EXPECT_THAT(lifted.output,
              HasSubstr("the lock of test is lifted; in force stays that of second's"));
  EXPECT_EQ(Refused(), "twin ");
  EXPECT_EQ(Owner("sales"), owner_);
  EXPECT_EQ(Owner("twin"), keeper_);
  EXPECT_EQ(Entry("sales.orders"), "sales CANONICAL plan") << "the registry stays";
  pg::Connection owner = As(owner_);
  EXPECT_EQ(Try(owner, "TRUNCATE sales.past"), "");
  EXPECT_EQ(Try(owner, "INSERT INTO twin.past VALUES (1)"), "RG001");
  EXPECT_EQ(database_.Scalar("SELECT relowner::regrole FROM pg_class WHERE oid = "
                             "'regraft.permit'::regclass"),
            keeper_)
      << "nobody else may write a permit";
  EXPECT_THAT(Drift(), IsEmpty());
  EXPECT_EQ(Run({"unlock", "--reason", "x", "--yes"}).exit_code, 0);
  EXPECT_EQ(Refused(), "");
  EXPECT_EQ(Owner("twin"), owner_);
}

TEST_F(TwoPlans, APlanThatIsLockedAgainReplacesItselfAlone) {
  LockBoth();
  plan::Lock first = Plan();
  first.schemas = {"sales"};
  ASSERT_TRUE(Freeze(first, "test", "Ada").ok());
  EXPECT_EQ(Owner("bit"), owner_);
  EXPECT_EQ(Refused(), "sales twin ");
  plan::Lock both = Plan();
  both.schemas = {"sales", "twin"};
  ASSERT_TRUE(Freeze(both, "third", "Eve").ok());
  EXPECT_THAT(report_.beside, IsEmpty()) << "it has all that the others have";
  EXPECT_EQ(Run({"unlock", "--reason", "x", "--yes"}).exit_code, 0);
  EXPECT_EQ(Refused(), "");
}

TEST_F(TwoPlans, OneThatHasDriftedIsNotLockedAnewBySomebodyElse) {
  Lock();
  database_.Sql(
      "ALTER EVENT TRIGGER regraft_guard_command DISABLE; CREATE TABLE sales.smuggled (id int); "
      "ALTER EVENT TRIGGER regraft_guard_command ENABLE ALWAYS");
  const absl::Status drifted = Freeze(Second(), "second's", "Grace");
  EXPECT_EQ(KindOf(drifted), FailureKind::kDifferences) << drifted;
  EXPECT_THAT(std::string(drifted.message()),
              HasSubstr("the lock of test, which would stay beside this one, has drifted: "
                        "unregistered sales.smuggled"));
  EXPECT_EQ(Refused(), "sales ");
  database_.Sql(
      "ALTER EVENT TRIGGER regraft_guard_drop DISABLE; DROP TABLE sales.smuggled; ALTER EVENT "
      "TRIGGER regraft_guard_drop ENABLE ALWAYS");
  EXPECT_TRUE(Freeze(Second(), "second's", "Grace").ok());
}

TEST_F(TwoPlans, OneTableIsNotALeafInTwoWays) {
  Lock();
  plan::Lock second = Second();
  second.leaves.push_back(Plan().leaves[0]);
  EXPECT_TRUE(Freeze(second, "second's", "Grace").ok()) << "both say the same";
  second.leaves.back().leaf_type = "QUEUE";
  const absl::Status refused = Freeze(second, "second's", "Grace");
  EXPECT_EQ(KindOf(refused), FailureKind::kBadPlan);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("sales.orders would be QUEUE of sales, and in the lock of test is "
                        "CANONICAL of sales"));
}

TEST_F(TwoPlans, LockTogetherByPrivilegesAloneToo) {
  const std::string role = database_.name() + "_locker";
  roles_.names.push_back(role);
  database_.Sql("CREATE ROLE " + role + " LOGIN CREATEROLE IN ROLE " + owner_ +
                "; GRANT CREATE ON DATABASE " + database_.name() + " TO " + role);
  pg::Connection locker = As(role);
  pg::Connection owner = As(owner_);
  ASSERT_TRUE(leaf_lock::Freeze(locker, Plan(), {.plan_name = "test", .by = "Ada"}, &report_).ok());
  const absl::Status second =
      leaf_lock::Freeze(locker, Second(), {.plan_name = "second's", .by = "Eve"}, &report_);
  ASSERT_TRUE(second.ok()) << second;
  EXPECT_EQ(Try(owner, "CREATE TABLE sales.new (id int)"), "42501");
  EXPECT_EQ(Try(owner, "CREATE TABLE twin.new (id int)"), "42501");
  EXPECT_THAT(Drift(), IsEmpty());
  const auto lifted = Lift(locker, {.by = "Eve", .reason = "x", .plan_name = "second's"});
  ASSERT_TRUE(lifted.ok()) << lifted.status();
  EXPECT_EQ(Try(owner, "CREATE TABLE sales.new (id int)"), "42501");
  EXPECT_EQ(Try(owner, "CREATE TABLE twin.new (id int)"), "");
  EXPECT_THAT(Drift(), IsEmpty());
  ASSERT_TRUE(Lift(locker, {.by = "Eve", .reason = "x"}).ok());
  EXPECT_EQ(Try(owner, "CREATE TABLE sales.new (id int)"), "");
}

TEST_F(TwoPlans, ALockOfAnEarlierVersionIsNotForgotten) {
  Lock();
  database_.Sql("DELETE FROM regraft.lock_part");
  const absl::Status refused = Freeze(Second(), "second's", "Grace");
  EXPECT_EQ(KindOf(refused), FailureKind::kBadPlan) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("is locked by Ada (test), by a version"));
  EXPECT_EQ(Refused(), "sales ");
  Lock();
  EXPECT_TRUE(Freeze(Second(), "second's", "Grace").ok());
}

TEST_F(TwoPlans, TheOnlyLockOfAnEarlierVersionIsLiftedByItsPlansName) {
  Lock();
  database_.Sql("DELETE FROM regraft.lock_part");
  const support::ProgramResult other = Run({"unlock", "--plan", "tset", "--reason", "x", "--yes"});
  EXPECT_EQ(other.exit_code, 78);
  EXPECT_THAT(other.errors, HasSubstr("no plan tset has locked; those that have: test"));
  const support::ProgramResult own = Run({"unlock", "--plan", "test", "--reason", "x", "--yes"});
  EXPECT_EQ(own.exit_code, 0) << own.errors;
  EXPECT_EQ(Refused(), "");
}

}  // namespace
}  // namespace regraft::leaf_lock

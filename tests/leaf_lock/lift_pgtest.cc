// Lifting a lock when what it would give back to is gone.
#include "tests/leaf_lock/locking.h"

#include "gmock/gmock.h"

namespace regraft::leaf_lock {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LiftingLate : public Locking {};

// Whoever gave and got CREATE is gone, and so is a locked schema.
TEST_F(LiftingLate, IsLiftedThoughRolesAndSchemasAreGone) {
  database_.Sql("GRANT CREATE ON SCHEMA sales TO " + plain_ + " WITH GRANT OPTION; SET ROLE " +
                plain_ + "; GRANT CREATE ON SCHEMA sales TO PUBLIC; RESET ROLE; CREATE SCHEMA odd");
  pg::Connection connection = database_.Connect();
  FreezeReport report;
  plan::Lock plan = Plan();
  plan.schemas.push_back("odd");
  ASSERT_TRUE(Freeze(connection, plan, {.by = "Ada"}, &report).ok());
  ASSERT_TRUE(OpenWindow(connection, {.by = "Ada", .reason = "they leave"}, 60).ok());
  database_.Sql("DROP SCHEMA odd; DROP OWNED BY " + plain_ + "; DROP ROLE " + plain_);
  ASSERT_TRUE(Freeze(connection, Plan(), {.by = "Ada"}, &report).ok()) << "on top of it";
  EXPECT_THAT(report.lost, Contains(AllOf(HasSubstr("SCHEMA odd"), HasSubstr("does not exist"))));
  EXPECT_THAT(report.lost, Contains(AllOf(HasSubstr("TO " + plain_), HasSubstr("does not exist"))));
  EXPECT_THAT(report.lost, Contains(HasSubstr("SET LOCAL ROLE " + plain_)));
  const auto lifted = Lift(connection, {.by = "Ada", .reason = "enough"});
  ASSERT_TRUE(lifted.ok()) << lifted.status();
  EXPECT_THAT(lifted->lost, IsEmpty()) << "the second lock could give back all that it took";
  EXPECT_EQ(database_.Scalar("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'sales'"),
            owner_);
  database_.Sql("CREATE TABLE sales.new (id int)");
}

TEST_F(LiftingLate, SaysWhatALiftCouldNotGiveBack) {
  database_.Sql("CREATE SCHEMA odd");
  pg::Connection connection = database_.Connect();
  FreezeReport report;
  plan::Lock plan = Plan();
  plan.schemas.push_back("odd");
  ASSERT_TRUE(Freeze(connection, plan, {.by = "Ada"}, &report).ok());
  ASSERT_TRUE(OpenWindow(connection, {.by = "Ada", .reason = "it goes"}, 60).ok());
  database_.Sql("DROP SCHEMA odd");
  const support::ProgramResult lifted = Run({"unlock", "--reason", "enough", "--yes"});
  EXPECT_EQ(lifted.exit_code, 0) << lifted.errors;
  EXPECT_THAT(lifted.errors, HasSubstr("could not be given back: ALTER SCHEMA odd OWNER TO"));
  EXPECT_THAT(lifted.output, HasSubstr("but for what could not be given back"));
}

}  // namespace
}  // namespace regraft::leaf_lock

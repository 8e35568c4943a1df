// A session that the server has ended says why.

#include "tests/support/postgres.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::pg {
namespace {

TEST(LostSession, SaysWhoHasEndedIt) {
  support::TestDatabase database;
  Connection session = database.Connect();
  database.Scalar("SELECT pg_terminate_backend(" + std::to_string(session.backend_pid()) +
                  ", 5000)");
  EXPECT_THAT(session.Run("SELECT 1").message(),
              testing::HasSubstr("terminating connection due to administrator command"));
}

}  // namespace
}  // namespace regraft::pg

#include "tests/catalog/catalog_test.h"

namespace regraft::catalog {
namespace {

class DatabaseIdentityPgTest : public CatalogTest {
 protected:
  static DatabaseIdentity Identity(const support::TestDatabase& database) {
    pg::Connection connection = database.Connect("catalog/2");
    return ReadDatabaseIdentity(connection).value();
  }
};

TEST_F(DatabaseIdentityPgTest, NamesClusterAndDatabase) {
  const DatabaseIdentity identity = Identity(database_);
  EXPECT_EQ(identity.system_identifier,
            database_.Scalar("SELECT system_identifier FROM pg_control_system()"));
  EXPECT_EQ(identity.database, database_.name());
  EXPECT_EQ(std::to_string(identity.database_oid),
            database_.Scalar("SELECT oid FROM pg_database WHERE datname = current_database()"));
  EXPECT_EQ(identity, Identity(database_));
}

TEST_F(DatabaseIdentityPgTest, DiffersBetweenDatabases) {
  const support::TestDatabase other;
  EXPECT_FALSE(Identity(database_) == Identity(other));
  EXPECT_EQ(Identity(database_).system_identifier, Identity(other).system_identifier);
}

TEST_F(DatabaseIdentityPgTest, WithoutPrivilegeItFallsBackAndKeepsTheTransaction) {
  const std::string role = database_.name() + "_plain";
  database_.Sql("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; CREATE ROLE " + role);
  ASSERT_TRUE(connection_.Run("BEGIN; SET ROLE " + role).ok());
  const auto identity = ReadDatabaseIdentity(connection_);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->system_identifier.substr(0, 8), "address/");
  EXPECT_EQ(identity->database, database_.name());
  EXPECT_TRUE(connection_.Run("SELECT 1").ok());
  EXPECT_TRUE(connection_.Run("ROLLBACK").ok());
  database_.Sql("DROP ROLE " + role);
}

}  // namespace
}  // namespace regraft::catalog

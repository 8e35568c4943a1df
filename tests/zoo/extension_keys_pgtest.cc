// Keys of types whose equality stands in a schema that is not on the search path.
#include "tests/support/copying.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

class ExtensionKeys : public Copying {
 protected:
  ExtensionKeys() {
    database_.Sql(
        "CREATE EXTENSION citext SCHEMA app; CREATE TABLE app.source (id int, name app.citext);"
        "INSERT INTO app.source VALUES (1, 'ABC'), (2, 'x'), (3, 'X'), (4, NULL);"
        "CREATE TABLE app.target (id int, name app.citext, origin text);"
        "INSERT INTO app.target VALUES (0, 'abc', 'others'), (0, NULL, 'others')");
  }

  // The remainder's ids.
  std::string SetAside() {
    ExpectExit(0, Copy({"--remainder", "app.aside"}));
    return database_.Scalar("SELECT string_agg(id::text, ' ' ORDER BY id) FROM app.aside");
  }
};

TEST_F(ExtensionKeys, ClashByTheEqualityOfTheirIndex) {
  database_.Sql("CREATE UNIQUE INDEX ON app.target (name)");
  ExpectExit(78, Copy(), "2 rows: unique target_name_idx");
  EXPECT_EQ(SetAside(), "1 3");
}

TEST_F(ExtensionKeys, ClashInNullsToo) {
  database_.Sql("CREATE UNIQUE INDEX ON app.target (name) NULLS NOT DISTINCT");
  EXPECT_EQ(SetAside(), "1 3 4");
}

// The trigger of the foreign key is kept still, and the key is then proved by a query.
TEST_F(ExtensionKeys, AreFoundInTheTableTheyReference) {
  database_.Sql(
      "CREATE TABLE app.names (name app.citext PRIMARY KEY); INSERT INTO app.names VALUES ('abc'), "
      "('X'); ALTER TABLE app.target ADD FOREIGN KEY (name) REFERENCES app.names;"
      "CREATE FUNCTION app.fail() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'fired'; END$$;"
      "CREATE TRIGGER fail BEFORE INSERT ON app.target FOR EACH ROW EXECUTE FUNCTION app.fail()");
  ExpectExit(0, Copy({"--allow", "triggers-suppressed"}));
}

}  // namespace
}  // namespace regraft::support

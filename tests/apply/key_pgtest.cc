#include "tests/apply/applying.h"

namespace regraft::apply {
namespace {

constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.log ("Text" text, at timestamptz, updated_at timestamptz DEFAULT '2020-01-01 UTC');
INSERT INTO app.log SELECT 'l' || g, timestamptz '2026-01-01 UTC' - g * interval '1 day'
FROM generate_series(1, 500) g;
INSERT INTO app.log SELECT * FROM app.log WHERE "Text" = 'l1';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN new.updated_at := now(); RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE ON app.log FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER always BEFORE UPDATE ON app.log FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.log ENABLE ALWAYS TRIGGER always;
CREATE TRIGGER never BEFORE UPDATE ON app.log FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.log DISABLE TRIGGER never;
GRANT SELECT ON app.log TO PUBLIC;
)sql";

constexpr const char* kPlan = R"yaml(
actions:
- {add_pk: app.log, id: K, column: log_id, order_by: [at]}
)yaml";

class ApplyingKeys : public Applying {
 protected:
  ApplyingKeys() { database_.Sql(kTables); }
};

TEST_F(ApplyingKeys, NumbersTheRowsInOrderAndChangesNothingElse) {
  const std::string before = State();
  Plan(kPlan);
  Expect(3, "is not approved", Apply());
  Approve();
  Expect(0, "K: add_pk app.log: done", Apply());
  EXPECT_EQ(database_.Scalar("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = "
                             "'app.log'::regclass AND contype = 'p'"),
            "PRIMARY KEY (log_id)");
  EXPECT_EQ(database_.Scalar("SELECT count(*) || ' ' || min(log_id) || ' ' || max(log_id) FROM "
                             "app.log"),
            "501 1 501");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.log a JOIN app.log b ON a.log_id < b.log_id "
                             "AND a.at > b.at"),
            "0");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.log WHERE updated_at <> '2020-01-01 UTC'"),
            "0")
      << "no trigger has heard of it";
  EXPECT_EQ(database_.Scalar(
                "SELECT string_agg(tgname::text || tgenabled::text, ' ' ORDER BY tgname) FROM "
                "pg_trigger WHERE tgrelid = 'app.log'::regclass"),
            "alwaysA neverD touchO");
  EXPECT_EQ(database_.Scalar("INSERT INTO app.log VALUES ('new') RETURNING log_id"), "502");
  database_.Sql("DELETE FROM app.log WHERE log_id = 502");
  Expect(0, "the plan is finished", Apply());
  Expect(0, "K: add_pk app.log: undone", Undo());
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingKeys, UndoKeepsAKeyThatOthersReference) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  database_.Sql("CREATE TABLE app.other (log int REFERENCES app.log)");
  Expect(2, "app.log: referenced_by: new", Undo());
  EXPECT_EQ(database_.Scalar("SELECT count(log_id) FROM app.log"), "501");
}

TEST_F(ApplyingKeys, RollsBackAsAWholeWhereANameIsTaken) {
  Plan(kPlan);
  Approve();
  database_.Sql("CREATE TABLE app.log_pkey (id int)");
  const std::string before = State();
  Expect(1, "log_pkey", Apply());
  EXPECT_EQ(State(), before);
}

}  // namespace
}  // namespace regraft::apply

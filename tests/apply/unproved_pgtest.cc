// A merge whose rows did not become what was written: nothing is lost, and there is a way out.

#include "tests/apply/applying.h"

namespace regraft::apply {
namespace {

TEST_F(Applying, AMergeThatCouldNotBeProvedIsUndoneOnceItsRowsAreRemovedByHand) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.orders (id int, v text, origin text);"
      "CREATE TABLE app.a AS SELECT g AS id, 'a' || g AS v FROM generate_series(1, 10) g;"
      "CREATE FUNCTION app.forge() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN new.v := 'forged'; RETURN new; END$$;"
      "CREATE TRIGGER forge BEFORE INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.forge()");
  const std::string before = State();
  Plan(
      "actions:\n- {merge: app.a, id: A, into: app.orders, set: {origin: a}, allow: "
      "[trigger-fires]}\n");
  Approve();
  Expect(1, "verification failed", Apply());
  Expect(2, "no longer what it wrote", Undo());
  database_.Sql("DELETE FROM app.orders WHERE origin = 'a' AND id > 1");
  Expect(2, "no longer what it wrote", Undo());
  database_.Sql("DELETE FROM app.orders WHERE origin = 'a'");
  Expect(0, "A: merge app.a -> app.orders: undone", Undo());
  EXPECT_EQ(State(), before);
}

}  // namespace
}  // namespace regraft::apply

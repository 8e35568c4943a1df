#include "tests/proof/proving.h"

namespace regraft::proof {
namespace {

TEST_F(ProvingPlans, RefusesToVerifyWhatWasNotApplied) {
  database_.Sql(kTables);
  Plan(kPlan);
  Expect(1, "regraft apply", Verify());
  Approve();
  Expect(1, "regraft apply", Verify());
  Expect(0, "", Apply({"--only", "A"}));
  Expect(1, "nothing to verify: not done: M1", Verify({"--action", "M1"}));
  Expect(78, "--action M9: the plan has no such action", Verify({"--action", "M9"}));
  Expect(0, "1 action as they must be, 0 different, 8 not done", Verify());
}

TEST_F(ProvingAll, ProvesAnIntactPlanAndStoresWhatSqlCanRedo) {
  const std::string before = State();
  const auto verified = Verify();
  Expect(0, "M1: merge app.orders_2023 -> app.orders: equal, 200 rows = 197 + 3 set aside",
         verified);
  for (const char* words :
       {"A: archive app.old -> archive.app_old: equal, 2 rows",
        "M2: merge app.orders_2024 -> app.orders: equal, 10 rows = 10 + 0 set aside",
        "J: merge_jsonb app.notes -> app.people: equal, 30 rows = 27 + 3 set aside",
        "C: merge_cols app.scores -> app.people: equal, 15 rows = 10 + 5 set aside",
        "V: move app.going -> hub.going: there, and in use, 1 row",
        "K: add_pk app.keyless: there, and in use, 2 rows",
        "L: keep_as_mv app.shown: there, and in use, 0 rows", "Q: pending app.asked: blocked",
        "app.orders: 210 rows now = 3 before the plan + 197 by M1 + 10 by M2\n"})
    EXPECT_THAT(verified.output, HasSubstr(words));
  EXPECT_EQ(State(), before) << "user tables are only read";
  EXPECT_EQ(database_.Scalar(
                "SELECT count(*) || ' ' || bool_and(rows_source = rows_target + rows_remainder) "
                "|| ' ' || bool_and(digest_source = digest_rebuilt) || ' ' || "
                "bool_and(verified_at IS NOT NULL) FROM regraft.accounting WHERE action <> 'Q'"),
            "8 true true true");
  EXPECT_EQ(database_.Scalar("SELECT string_agg(action_id, ' ' ORDER BY verification_id) FROM "
                             "regraft.plan_verification WHERE equal"),
            "A M1 M2 J C V K L");
}

TEST_F(ProvingAll, FindsAndNamesEveryDamageToMergedRows) {
  database_.Sql("CREATE TABLE public.kept AS SELECT * FROM app.orders WHERE id = 102");
  const std::string set = "UPDATE app.orders SET ";
  ExpectFound("M1",
              "row id='100': changed, amount: '10.0000000000000000' is now '10.0' (trailing zeros)",
              set + "amount = 10.0 WHERE id = 100", set + "amount = 100 / 10.0 WHERE id = 100");
  ExpectFound("M1", "row id='101': missing", set + "origin = '2099' WHERE id = 101",
              set + "origin = '2023' WHERE id = 101");
  ExpectFound("M1", "target app.orders holds 196 rows of it, not 197",
              "DELETE FROM app.orders WHERE id = 102", "INSERT INTO app.orders TABLE public.kept");
  ExpectFound("M1", "row id='5555': extra",
              "INSERT INTO app.orders (id, origin) VALUES (5555, '2023')",
              "DELETE FROM app.orders WHERE id = 5555");
  ExpectFound("M1", "row id='103': changed, extra: 'e103' is now NULL",
              set + "rest = rest - 'extra' WHERE id = 103",
              set + "rest = jsonb_build_object('extra', 'e103') WHERE id = 103");
  ExpectFound("M1", "row id='104': changed, note: '' is now NULL (NULL against empty)",
              set + "note = NULL WHERE id = 104", set + "note = '' WHERE id = 104");
  ExpectFound("M1", "other columns of its merged rows have changed",
              set + "kind = 'new' WHERE id = 105", set + "kind = 'old' WHERE id = 105");
  ExpectFound("M1", "remainder \"app\".\"orders_2023_remainder\" holds 2 rows of it, not 3",
              "CREATE TABLE public.rest AS SELECT * FROM app.orders_2023_remainder WHERE id = 2;"
              "DELETE FROM app.orders_2023_remainder WHERE id = 2",
              "INSERT INTO app.orders_2023_remainder TABLE public.rest");
  ExpectFound("M1", "row id='2': changed, note: 'o2' is now 'O2' (letter case)",
              "UPDATE app.orders_2023_remainder SET note = 'O2' WHERE id = 2",
              "UPDATE app.orders_2023_remainder SET note = 'o2' WHERE id = 2");
  ExpectFound("M1", "row id='7': changed, extra: 'e7' is now 'x'",
              "UPDATE archive.app_orders_2023 SET extra = 'x' WHERE id = 7",
              "UPDATE archive.app_orders_2023 SET extra = 'e7' WHERE id = 7");
  ExpectFound("M1",
              "source archive.app_orders_2023 is not what was merged: 200 rows then, 200 rows now "
              "of other values",
              "UPDATE archive.app_orders_2023 SET extra = 'x' WHERE id = 7",
              "UPDATE archive.app_orders_2023 SET extra = 'e7' WHERE id = 7");
  Expect(0, "", Verify());
}

TEST_F(ProvingAll, FindsAndNamesEveryDamageToFoldedRowsAndArchives) {
  Expect(0, "", Verify());
  const std::string set = "UPDATE app.people SET ";
  ExpectFound("J", "row n='3': changed, words: 'w3' is now 'w'",
              set + "notes = jsonb_set(notes, '{0,words}', '\"w\"') WHERE id = 3",
              set + "notes = jsonb_set(notes, '{0,words}', '\"w3\"') WHERE id = 3");
  ExpectFound("J", "hold more, or other text, than folding its source gives",
              set + "notes = jsonb_set(notes, '{0,amount}', '\"0.751\"') WHERE id = 3",
              set + "notes = jsonb_set(notes, '{0,amount}', '\"0.75\"') WHERE id = 3");
  ExpectFound("J", "hold more, or other text, than folding its source gives",
              set + "notes = jsonb_set(notes, '{0,more}', '\"x\"') WHERE id = 3",
              set + "notes = notes #- '{0,more}' WHERE id = 3");
  ExpectFound("J", "the rows cannot be rebuilt: ",
              set + "notes = jsonb_set(notes, '{0,amount}', '\"much\"') WHERE id = 3", "SELECT");
  const auto broken = Verify();
  Expect(2, "1 different", broken);
  EXPECT_THAT(broken.output, HasSubstr("C: merge_cols app.scores -> app.people: equal"))
      << "goes on";
  database_.Sql(set + "notes = jsonb_set(notes, '{0,amount}', '\"0.75\"') WHERE id = 3");
  ExpectFound("C", "row person='12': changed, score:", set + "s_score = 3.0 WHERE id = 12",
              set + "s_score = 12 / 4.0 WHERE id = 12");
  ExpectFound("A", "archive.app_old has been renamed: it is now archive.hidden",
              "ALTER TABLE archive.app_old RENAME TO hidden",
              "ALTER TABLE archive.hidden RENAME TO app_old");
  ExpectFound("A", "archive.app_old is not what it was at",
              "UPDATE archive.app_old SET v = 'B' WHERE id = 2",
              "UPDATE archive.app_old SET v = 'b' WHERE id = 2");
  ExpectFound("K", "app.keyless has no primary key (id) any more",
              "ALTER TABLE app.keyless DROP CONSTRAINT keyless_pkey",
              "ALTER TABLE app.keyless ADD CONSTRAINT keyless_pkey PRIMARY KEY (id)");
  Expect(0, "", Verify());
  database_.Sql("DROP TABLE archive.app_old; DROP TABLE app.scores_remainder");
  const auto verified = Verify();
  Expect(2, "A: app.old, OID", verified);
  Expect(2, "the remainder table \"app\".\"scores_remainder\" is gone, with 5 rows", verified);
  EXPECT_EQ(database_.Scalar("SELECT string_agg(action, ' ') FROM regraft.accounting WHERE "
                             "digest_source <> digest_rebuilt"),
            "C");
}

TEST_F(ProvingAll, LeavesAloneWhatIsNoDamage) {
  Expect(0, "", Verify());
  database_.Sql(
      "INSERT INTO app.orders (id, note) VALUES (7001, 'others'), (7002, 'others');"
      "UPDATE app.orders SET note = 'mine' WHERE id = 1; INSERT INTO hub.going VALUES (2);"
      "INSERT INTO app.orders_2024 VALUES (9999, 'stays, and goes on');"
      "ALTER TABLE archive.app_orders_2023 RENAME TO elsewhere;"
      "CREATE TABLE app.more AS TABLE app.keyless");
  database_.Sql("VACUUM FULL app.orders");
  const auto verified = Verify();
  Expect(0, "", verified);
  EXPECT_THAT(verified.output, HasSubstr("+ 10 by M2 + 2 added by others since"));
  EXPECT_THAT(verified.output, HasSubstr("hub.going is not what it was at"));
  EXPECT_THAT(verified.output, HasSubstr("its source, which stays, has changed since"));
  EXPECT_THAT(verified.output, HasSubstr("its source is now archive.elsewhere"));
}

TEST_F(ProvingAll, VerifiesForARoleThatMayNotWriteTheLedger) {
  const std::string role = "reader_" + database_.name();
  database_.Sql("CREATE ROLE \"" + role + "\" LOGIN; GRANT pg_read_all_data TO \"" + role + "\"");
  const auto verified = support::RunProgram(
      {.arguments = {"verify", file(), "--dsn", database_.conninfo() + " user=" + role}});
  Expect(0, "not recorded in the ledger: ", verified);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.plan_verification"), "0");
  database_.Sql("DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
}

// What merges left empty in a prepared column, a fold fills.
TEST_F(ProvingPlans, AFoldMayFillAColumnThatMergedRowsHave) {
  database_.Sql(R"sql(
CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, v text);
CREATE TABLE app.s (id int PRIMARY KEY, v text);
INSERT INTO app.s VALUES (1, 'a'), (2, 'b');
CREATE TABLE app.f (id int PRIMARY KEY, w text);
INSERT INTO app.f VALUES (1, 'x');
)sql");
  ApplyAll(R"yaml(
prepare: [{table: app.t, add_columns: {origin: text, folded: jsonb}}]
actions:
- {merge: app.s, id: M, into: app.t, set: {origin: s}, after: keep}
- {merge_jsonb: app.f, id: F, into: app.t, join: {id: id}, column: folded, after: keep, unmatched: remainder}
)yaml");
  Expect(0, "F has filled one of them since", Verify());
  ExpectFound("F", "1 row in column \"folded\" hold more",
              "UPDATE app.t SET folded = folded || '{\"z\": \"1\"}'",
              "UPDATE app.t SET folded = folded - 'z'");
  Expect(0, "", Verify());
  support::TestDatabase other;
  Expect(1, "the plan is of database " + database_.name(),
         support::RunProgram({.arguments = {"verify", file(), "--dsn", other.conninfo()}}));
}

// Partitions on both sides, a composite key, a condition, and names that need every quote.
TEST_F(ProvingPlans, VerifiesPartitionsAndHostileNames) {
  database_.Sql(R"sql(
CREATE SCHEMA "Od.d";
CREATE TABLE "Od.d"."the ""old"" one" (a int, "b'c" text, "d.e" date, PRIMARY KEY (a, "b'c"))
  PARTITION BY RANGE (a);
CREATE TABLE "Od.d".p1 PARTITION OF "Od.d"."the ""old"" one" FOR VALUES FROM (0) TO (50);
CREATE TABLE "Od.d".p2 PARTITION OF "Od.d"."the ""old"" one" FOR VALUES FROM (50) TO (200);
INSERT INTO "Od.d"."the ""old"" one" SELECT g, 'v' || g, '2020-01-01'::date + g
  FROM generate_series(0, 99) g;
CREATE TABLE "Od.d"."größe" (a int, "b'c" text, "d.e" date, "who""" text) PARTITION BY LIST ("who""");
CREATE TABLE "Od.d".q1 PARTITION OF "Od.d"."größe" FOR VALUES IN ('it''s');
CREATE TABLE "Od.d".q2 PARTITION OF "Od.d"."größe" DEFAULT;
INSERT INTO "Od.d"."größe" VALUES (1, 'x', NULL, 'other');
)sql");
  ApplyAll(R"yaml(
actions:
- merge: '"Od.d"."the ""old"" one"'
  id: "odd 'id'"
  into: '"Od.d"."größe"'
  set: {'who"': it's}
  where: a >= 10 -- the rest stays
  after: keep
)yaml");
  Expect(0, "equal, 90 rows = 90 + 0 set aside", Verify({"--receipt", receipts()}));
  Expect(0, "", Against());
  Expect(0, "seen: row a='", Verify({"--prove"}));
  ExpectFound("odd 'id'", "row a='60', b'c='v60': changed, d.e: '2020-03-01' is now '2020-03-02'",
              "UPDATE \"Od.d\".\"größe\" SET \"d.e\" = '2020-03-02' WHERE a = 60",
              "UPDATE \"Od.d\".\"größe\" SET \"d.e\" = '2020-03-01' WHERE a = 60");
}

}  // namespace
}  // namespace regraft::proof

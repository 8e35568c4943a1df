#include "tests/apply/applying.h"

#include <fstream>
#include <iterator>
#include <map>

namespace regraft::proof {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// All eight kinds, with rows that cannot enter and rows that belong to nobody.
constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.orders (id int PRIMARY KEY, kind text, note text, amount numeric, at timestamptz);
INSERT INTO app.orders SELECT g, 'new', 'n' || g FROM generate_series(1, 3) g;
CREATE TABLE app.orders_2023 (id int PRIMARY KEY, note varchar(20), amount numeric, at timestamptz,
  extra text);
INSERT INTO app.orders_2023 SELECT g, CASE g % 4 WHEN 0 THEN '' WHEN 1 THEN NULL ELSE 'o' || g END,
  g / 10.0, '2023-01-01 UTC'::timestamptz + g * interval '1 hour', 'e' || g
FROM generate_series(1, 200) g;
CREATE TABLE app.orders_2024 (id int PRIMARY KEY, note text);
INSERT INTO app.orders_2024 SELECT g, 'x' || g FROM generate_series(1001, 1010) g;
CREATE TABLE app.people (id int PRIMARY KEY, name text);
INSERT INTO app.people SELECT g, 'p' || g FROM generate_series(1, 20) g;
CREATE TABLE app.notes (n int PRIMARY KEY, person int, words varchar(5), amount numeric(6,2));
INSERT INTO app.notes SELECT g, g % 8, 'w' || g, g / 4.0 FROM generate_series(1, 30) g;
CREATE TABLE app.scores (person int NOT NULL UNIQUE, score numeric);
INSERT INTO app.scores SELECT g, g / 4.0 FROM generate_series(11, 25) g;
CREATE TABLE app.old (id int, v text);
INSERT INTO app.old VALUES (1, 'a'), (2, 'b');
CREATE TABLE app.going (id int);
INSERT INTO app.going VALUES (1);
CREATE TABLE app.keyless (v text);
INSERT INTO app.keyless VALUES ('a'), ('b');
CREATE TABLE app.shown (v text);
CREATE TABLE app.asked (v text);
)sql";

constexpr const char* kPlan = R"yaml(
archive_names: archive.{schema}_{table}
prepare:
- {table: app.orders, add_columns: {origin: text, rest: jsonb}}
actions:
- {archive: app.old, id: A, to: archive.app_old}
- merge: app.orders_2023
  id: M1
  into: app.orders
  set: {origin: '2023'}
  fill: {kind: old}
  columns: {extra: ''}
  overflow: rest
  conflict: remainder
- {merge: app.orders_2024, id: M2, into: app.orders, set: {origin: '2024'}, after: keep}
- merge_jsonb: app.notes
  id: J
  into: app.people
  join: {person: id}
  column: notes
  several: array
  unmatched: remainder
- {merge_cols: app.scores, id: C, into: app.people, join: {person: id}, prefix: s_, unmatched: remainder}
- {move: app.going, id: V, to: hub.going}
- {add_pk: app.keyless, id: K, column: id}
- {keep_as_mv: app.shown, id: L}
- {pending: app.asked, id: Q, question: "Who?", options: {stay: keep}}
)yaml";

class ProvingPlans : public apply::Applying {
 protected:
  void ApplyAll(const char* plan = kPlan) {
    Plan(plan);
    Approve();
    Expect(0, "", Apply());
  }
  [[nodiscard]] support::ProgramResult Verify(Words more = {}) const {
    more.insert(more.begin(), {"verify", file()});
    return Run(more);
  }
  [[nodiscard]] std::string receipts() const { return directory_ + "/receipts.json"; }
  [[nodiscard]] support::ProgramResult Against(Words more = {}) const {
    more.insert(more.begin(), {"verify", "--against", receipts()});
    return Run(more);
  }
  // Does the damage, expects it to be told of this action, and repairs it: a repair that did not
  // make all good would show in the words of the next damage, or at the end.
  void ExpectFound(const std::string& id, const std::string& words, const std::string& damage,
                   const std::string& repair, support::Here here = {}) {
    ASSERT_TRUE(database_.Sql(damage, here));
    Expect(2, words, Verify({"--action", id}), here);
    ASSERT_TRUE(database_.Sql(repair, here));
  }
};

class ProvingAll : public ProvingPlans {
 protected:
  ProvingAll() {
    database_.Sql(kTables);
    ApplyAll();
  }
};

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

TEST_F(ProvingAll, ReceiptsProveRowsWhoseSourceIsGone) {
  Expect(0, "", Verify({"--receipt", receipts()}));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(action_id, ' ' ORDER BY receipt_id) FROM "
                             "regraft.receipt"),
            "A M1 M2 J C");
  Expect(0, "5 actions as they must be", Against());
  database_.Sql("DROP TABLE archive.app_orders_2023, archive.app_notes");
  database_.Sql("VACUUM FULL app.orders");
  Expect(0, "M1: merge app.orders_2023 -> app.orders: equal, 200 rows = 197 + 3 set aside",
         Against());
  Expect(0, "its source is gone; compared with what the ledger keeps", Verify());
  database_.Sql("UPDATE app.orders SET note = 'x' WHERE id = 50");
  Expect(2,
         "M1: 1 of 1 buckets are not what the receipt says: bucket 0: 200 rows then, 200 rows "
         "now of other values",
         Against());
  Expect(0, "", Against({"--action", "J"}));
  database_.Sql("UPDATE app.orders SET note = 'o50' WHERE id = 50; DROP SCHEMA regraft CASCADE");
  Expect(78, "give its file: regraft verify SAVED.json --against", Against());
  Expect(0, "5 actions as they must be", Run({"verify", file(), "--against", receipts()}));
  database_.Sql("DROP TABLE archive.app_old");
  Expect(2, "A: the table of app.old is gone", Run({"verify", file(), "--against", receipts()}));
}

TEST_F(ProvingAll, ForgedReceiptsAreFound) {
  Expect(0, "", Verify({"--receipt", receipts()}));
  std::ifstream in(receipts());
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto write = [&](const std::string& forged) { std::ofstream(receipts()) << forged; };
  json document = json::parse(text);
  document["receipts"][1]["buckets"][0]["digest"] = std::string(32, '0');
  write(document.dump(2));
  Expect(2, "the file is forged", Against());
  Expect(2, "M1: the receipt is forged", Against());
  document = json::parse(text);
  document["receipts"].erase(0);
  write(document.dump(2));
  Expect(2, "the file is forged: its root is not its own", Against());
  write("[]");
  Expect(78, "holds no receipts", Against());
  write(text);
  support::TestDatabase other;
  const auto elsewhere = support::RunProgram(
      {.arguments = {"verify", "--against", receipts(), "--dsn", other.conninfo()}});
  Expect(2, "A: the receipt is of database " + database_.name(), elsewhere);
}

TEST_F(ProvingAll, ShowsThatItSeesDamage) {
  const std::string before = State();
  const auto proved = Verify({"--prove", "--json"});
  Expect(0, "", proved);
  EXPECT_EQ(State(), before);
  const json document = json::parse(proved.output);
  std::map<std::string, std::map<std::string, std::string>> said;
  for (const json& action : document["actions"])
    for (const json& damage : action["damages"]) {
      EXPECT_EQ(damage["tried"], damage["caught"]) << damage;
      if (damage["tried"]) said[action["id"]][damage["kind"]] = damage["words"];
    }
  EXPECT_EQ(said["M1"].size(), 7U);
  EXPECT_THAT(said["M1"]["one bit of one value flipped"], HasSubstr("changed, note: "));
  EXPECT_THAT(said["M1"]["two rows' values swapped"], HasSubstr("swapped between two rows"));
  EXPECT_THAT(said["M1"]["one row dropped"], HasSubstr(": missing"));
  EXPECT_THAT(said["M1"]["one row duplicated"], HasSubstr(": duplicated"));
  EXPECT_THAT(said["M1"]["NULL for empty text, or the reverse"], HasSubstr("NULL against empty"));
  EXPECT_THAT(said["M1"]["a trailing zero added to a number"], HasSubstr("trailing zeros"));
  EXPECT_THAT(said["M1"]["one time shifted by a zone"], HasSubstr("time zone"));
  EXPECT_GE(said["J"].size(), 4U);
  EXPECT_GE(said["C"].size(), 4U);
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

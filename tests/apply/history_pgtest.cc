// What was lost when such a plan was executed by hand, and that it cannot be lost here: refused,
// set aside, or kept; each looked for by plain SQL.

#include "tests/apply/applying.h"

namespace regraft::apply {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class History : public Applying {
 protected:
  std::string One(const std::string& sql) { return database_.Scalar(sql); }
  // The plan is refused with this code, and nothing is written.
  void Refused(const std::string& text, const std::string& words, support::Here here = {}) {
    std::ofstream(directory_ + "/plan.yaml") << "regraft: 1\n" << text;
    Expect(78, words, Run({"plan", directory_ + "/plan.yaml", "-o", file()}), here);
    EXPECT_FALSE(std::filesystem::exists(file())) << here.line;
  }
  void Execute(const std::string& plan, support::Here here = {}) {
    Plan(plan, here);
    Approve(here);
    Expect(0, "", Apply(), here);
  }
};

// 2,525 of 55,521 rows were skipped by ON CONFLICT DO NOTHING, and never reported.
constexpr const char* kConflicting = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.kept (id int PRIMARY KEY, company text, note text, origin text);
CREATE UNIQUE INDEX one_per_company ON app.kept (lower(company)) WHERE note IS NOT NULL;
INSERT INTO app.kept SELECT g, 'C' || g, 'old' FROM generate_series(1, 100) g;
CREATE TABLE app.orphans (id int, company text, note text);
INSERT INTO app.orphans SELECT 50 + g, 'c' || 200 + g, 'new' FROM generate_series(1, 100) g;
INSERT INTO app.orphans VALUES (900, 'c7', 'taken'), (901, 'c8', NULL), (902, 'x', 'twice'), (903, 'X', 'twice');
)sql";

TEST_F(History, RowsThatAUniqueIndexKeepsOutAreSetAsideAndCounted) {
  database_.Sql(kConflicting);
  const std::string merge =
      "actions:\n- {merge: app.orphans, id: M, into: app.kept, set: {origin: o}, columns: {}";
  Refused(merge + "}\n", "cannot-enter");
  Execute(merge + ", conflict: remainder, remainder: app.rest}\n");
  EXPECT_EQ(One("SELECT count(*) FROM app.kept WHERE origin = 'o'"), "52");
  EXPECT_EQ(One("SELECT string_agg(id::text, ' ' ORDER BY id) FROM app.rest WHERE id > 100"),
            "900 903")
      << "the key of one, a pair of the other index; NULL is outside of it";
  EXPECT_EQ(One("SELECT count(*) FROM app.rest WHERE id <= 100"), "50");
  EXPECT_EQ(
      One("SELECT count(*) FROM (SELECT id, company, note FROM archive.app_orphans EXCEPT ALL "
          "(SELECT id, company, note FROM app.kept WHERE origin = 'o' UNION ALL SELECT id, "
          "company, note FROM app.rest)) lost"),
      "0");
  EXPECT_EQ(One("SELECT concat_ws(' ', rows_source, rows_target, rows_remainder) FROM "
                "regraft.accounting"),
            "104 52 52");
}

TEST_F(History, AConflictThatCameAfterThePlanStopsTheMergeWhole) {
  database_.Sql(kConflicting);
  database_.Sql("DELETE FROM app.orphans WHERE id <= 100 OR id >= 900");
  Plan("actions:\n- {merge: app.orphans, id: M, into: app.kept, set: {origin: o}}\n");
  Approve();
  database_.Sql("INSERT INTO app.kept VALUES (120, 'late', 'late')");
  const support::ProgramResult result = Apply();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("M: "));
  EXPECT_THAT(result.errors, HasSubstr("unique kept_pkey"));
  EXPECT_EQ(One("SELECT count(*) FROM app.kept WHERE origin = 'o'"), "0");
  EXPECT_EQ(One("SELECT count(*) FROM app.orphans"), "50") << "the source is where it was";
}

// Nine columns of the source had none in the target, and did not travel.
TEST_F(History, AColumnWithoutAHomeIsRefusedOrKept) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.kept (id int, origin text, rest jsonb); CREATE TABLE "
      "app.old (id int, a numeric, b timestamp, c text[]); INSERT INTO app.old VALUES (1, 1.50, "
      "'2020-01-01 02:30', '{x,NULL}'), (2, NULL, 'infinity', NULL)");
  Refused("actions:\n- {merge: app.old, id: M, into: app.kept, set: {origin: o}}\n", "no-home");
  Execute(
      "actions:\n- {merge: app.old, id: M, into: app.kept, set: {origin: o}, overflow: rest}\n");
  EXPECT_EQ(One("SELECT count(*) FROM archive.app_old s JOIN app.kept t USING (id) WHERE ROW(s.a, "
                "s.b, s.c)::record *= ROW((rest->>'a')::numeric, (rest->>'b')::timestamp, "
                "(rest->>'c')::text[])::record"),
            "2");
}

// Values were cut, rounded, and read as another zone's.
TEST_F(History, AValueThatANarrowerColumnWouldCutIsRefusedOrKeptBeside) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.kept (id int, domain varchar(5), score numeric(5,4), at "
      "timestamptz, origin text, rest jsonb); CREATE TABLE app.old (id int, domain varchar(9), "
      "score numeric, at timestamp); INSERT INTO app.old VALUES (1, 'short', 0.85, '2020-01-01'), "
      "(2, 'too long', 0.5, '2020-01-01'), (3, 'é', 0.123456789, '2020-01-01'), (4, 'x', 0.5000, "
      "'2020-01-01')");
  const std::string merge =
      "actions:\n- {merge: app.old, id: M, into: app.kept, set: {origin: o}, zones: {at: UTC}";
  Refused(merge + "}\n", "narrowing-cast");
  Refused(merge + ", allow: [narrowing-cast]}\n", "value-lost");
  Execute(
      merge +
      ", columns: {score: ''}, allow: [narrowing-cast], conflict: remainder, overflow: rest}\n");
  EXPECT_EQ(One("SELECT string_agg(id || ' ' || domain, ', ') FROM app.old_remainder"),
            "2 too long");
  EXPECT_EQ(One("SELECT string_agg(concat_ws(' ', id, domain, rest->>'score', at AT TIME ZONE "
                "'UTC'), ', ' ORDER BY id) FROM app.kept"),
            "1 short 0.85 2020-01-01 00:00:00, 3 é 0.123456789 2020-01-01 00:00:00, 4 x 0.5000 "
            "2020-01-01 00:00:00")
      << "to the last digit";
}

// CREATE TABLE AS left keys, defaults, indexes and triggers behind, and the source writable.
TEST_F(History, AnArchivedTableKeepsItsKeysIndexesAndDefaults) {
  database_.Sql(R"sql(
CREATE SCHEMA app; CREATE SCHEMA archive;
CREATE TABLE app.parent (id int PRIMARY KEY);
CREATE TABLE app.master (id serial PRIMARY KEY, code text NOT NULL UNIQUE, parent int REFERENCES app.parent,
  score int CHECK (score > 0), name text DEFAULT 'n', low text GENERATED ALWAYS AS (lower(code)) STORED);
CREATE INDEX by_name ON app.master (name) WHERE score > 5;
CREATE TABLE app.child (master int REFERENCES app.master ON DELETE CASCADE);
CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER t BEFORE UPDATE ON app.master FOR EACH ROW EXECUTE FUNCTION app.f();
ALTER TABLE app.master ENABLE ROW LEVEL SECURITY;
COMMENT ON COLUMN app.master.code IS 'c';
INSERT INTO app.master (code) SELECT 'C' || g FROM generate_series(1, 10) g)sql");
  const std::string parts =
      "SELECT string_agg(part, E'\\n' ORDER BY part) FROM (SELECT pg_get_constraintdef(oid) AS "
      "part "
      "FROM pg_constraint WHERE 'app.child'::regclass IN (conrelid) OR conrelid = MASTER UNION ALL "
      "SELECT relname || amname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid JOIN pg_am a "
      "ON a.oid = relam WHERE indrelid = MASTER UNION ALL SELECT attname || attnotnull || "
      "attgenerated::text || coalesce(col_description(attrelid, attnum), '') FROM pg_attribute "
      "WHERE attrelid = MASTER AND attnum > 0 UNION ALL SELECT tgname || tgenabled::text FROM "
      "pg_trigger WHERE tgrelid = MASTER AND NOT tgisinternal) x";
  const std::string oid = One("SELECT 'app.master'::regclass::oid");
  const auto of_table = [&] {
    std::string query = parts;
    for (size_t at = 0; (at = query.find("MASTER")) != std::string::npos;)
      query.replace(at, 6, oid);
    std::string found = One(query);
    const size_t reference = found.find("REFERENCES archive.master");
    if (reference != std::string::npos) found.replace(reference, 25, "REFERENCES app.master");
    return found;
  };
  const std::string before = of_table();
  Execute("actions:\n- {archive: app.master, id: A, to: archive.master}\n");
  EXPECT_EQ(of_table(), before);
  EXPECT_EQ(One("SELECT 'archive.master'::regclass::oid"), oid);
  EXPECT_EQ(One("INSERT INTO archive.master (code) VALUES ('NEW') RETURNING id || low || name"),
            "11newn");
  EXPECT_EQ(One("SELECT coalesce(to_regclass('app.master')::text, 'gone')"), "gone")
      << "no second copy to write to";
}

// IF NOT EXISTS took the archive of an earlier attempt for this one's.
TEST_F(History, AnArchiveThatIsThereAlreadyIsNotTakenForThisOne) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE SCHEMA archive; CREATE TABLE app.t (id int); CREATE TABLE "
      "archive.t (id int)");
  const std::string plan = "actions:\n- {archive: app.t, id: A, to: archive.t}\n";
  Refused(plan, "name-taken");
  database_.Sql("DROP TABLE archive.t");
  Plan(plan);
  Approve();
  database_.Sql("CREATE TABLE archive.t (id int)");
  const support::ProgramResult result = Apply();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_EQ(One("SELECT to_regclass('app.t')::text"), "app.t");
}

// An error was printed, the transaction lost, and "complete" reported.
TEST_F(History, AFailureIsNoSuccessAndStopsWhatStandsOnIt) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.one (id int); INSERT INTO app.one VALUES (1); CREATE "
      "TABLE app.two (id int); INSERT INTO app.two SELECT generate_series(1, 100); CREATE TABLE "
      "app.kept (id int, origin text); CREATE TABLE app.last (id int)");
  Plan(R"(actions:
- {merge: app.two, id: M, into: app.kept, set: {origin: two}}
- {move: app.kept, id: V, to: app.whole}
- {archive: app.one, id: A, to: app.first}
)");
  Approve();
  // As a server's error in the middle of a copy; no catalog tells of it beforehand.
  database_.Sql(
      "CREATE FUNCTION app.fuse() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF "
      "to_regclass('archive.app_two') IS NOT NULL THEN RAISE 'the fuse has blown'; END IF; END$$; "
      "CREATE EVENT TRIGGER fuse ON ddl_command_end EXECUTE FUNCTION app.fuse()");
  const support::ProgramResult result = Apply();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("M: merge app.two -> app.kept: failed"));
  EXPECT_THAT(result.output + result.errors, Not(HasSubstr("finished")));
  EXPECT_THAT(result.errors, HasSubstr("the fuse has blown"));
  EXPECT_THAT(result.errors, HasSubstr("V comes after M, which is not done"));
  EXPECT_EQ(ActionStates(), "A done, M failed, V waiting");
  EXPECT_EQ(One("SELECT count(*) FROM app.two"), "100");
  EXPECT_EQ(One("SELECT count(*) FROM regraft.plan_action WHERE state = 'done' AND finished_at IS "
                "NULL OR state = 'failed' AND error IS NULL"),
            "0");
  database_.Sql("DROP EVENT TRIGGER fuse");
  Expect(0, "V: move app.kept -> app.whole: done", Apply());
  EXPECT_EQ(One("SELECT count(*) FROM app.whole WHERE origin = 'two'"), "100");
}

constexpr const char* kTriggers = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.errors (id int PRIMARY KEY, note text, updated_at timestamptz DEFAULT now(), origin text, score int);
CREATE TABLE app.log (id int);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.updated_at := now(); RETURN new; END';
CREATE FUNCTION app.echo() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO app.log VALUES (new.id); RETURN new; END';
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON app.errors FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER echo AFTER INSERT OR UPDATE ON app.errors FOR EACH ROW EXECUTE FUNCTION app.echo();
ALTER TABLE app.errors DISABLE TRIGGER USER;
INSERT INTO app.errors (id, updated_at) SELECT g, '2001-01-01 UTC' FROM generate_series(1, 10) g;
ALTER TABLE app.errors ENABLE TRIGGER USER;
CREATE TABLE app.failed (id int PRIMARY KEY, note text, updated_at timestamptz);
INSERT INTO app.failed SELECT 100 + g, 'f', timestamptz '2002-02-02 UTC' + g * interval '1 us' FROM generate_series(1, 50) g;
CREATE TABLE app.scores (id int PRIMARY KEY, value int NOT NULL);
INSERT INTO app.scores SELECT g, g FROM generate_series(1, 10) g;
)sql";

// Every merged row's updated_at became the hour of the merge; every merged error was counted twice.
TEST_F(History, TriggersOfTheTargetNeitherChangeRowsNorMakeAny) {
  database_.Sql(kTriggers);
  const auto plan = [](const std::string& allow) {
    return "actions:\n- {merge: app.failed, id: M, into: app.errors, set: {origin: f}" + allow +
           "}\n- {merge_cols: app.scores, id: C, into: app.errors, join: {id: id}, prefix: s_" +
           allow + "}\n";
  };
  Refused(plan(""), "trigger-fires");
  Execute(plan(", allow: [triggers-suppressed]"));
  EXPECT_EQ(One("SELECT count(*) FROM archive.app_failed f JOIN app.errors e USING (id) WHERE "
                "f.updated_at = e.updated_at"),
            "50");
  EXPECT_EQ(One("SELECT count(*) FROM app.errors WHERE origin IS NULL AND updated_at = "
                "'2001-01-01 UTC' AND s_value = id"),
            "10");
  EXPECT_EQ(One("SELECT count(*) FROM app.log"), "0");
  EXPECT_EQ(One("SELECT string_agg(tgname || tgenabled::text, ' ' ORDER BY tgname) FROM pg_trigger "
                "WHERE tgrelid = 'app.errors'::regclass AND NOT tgisinternal"),
            "echoO touchO")
      << "they act again on others";
  Expect(0, "", Undo());
  EXPECT_EQ(One("SELECT count(*) || ' ' || min(updated_at AT TIME ZONE 'UTC') || ' ' || (SELECT "
                "count(*) FROM app.log) FROM app.errors"),
            "10 2001-01-01 00:00:00 0");
}

// A nightly job swept away what had been merged, because it was old.
TEST_F(History, AJobThatDeletesFromTheTargetMustBeAllowedByName) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.errors (id int, at date, origin text); CREATE TABLE "
      "app.old (id int, at date); INSERT INTO app.old SELECT g, '2001-01-01' FROM "
      "generate_series(1, 20) g; CREATE FUNCTION app.expire() RETURNS void LANGUAGE plpgsql AS "
      "$$BEGIN DELETE FROM app.errors WHERE at < now() - interval '30 days'; END$$");
  const std::string merge =
      "actions:\n- {merge: app.old, id: M, into: app.errors, set: {origin: o}";
  Refused(merge + "}\n", "deleted-by-function");
  Execute(merge + ", allow: [deleted-by-function]}\n");
  database_.Sql("SELECT app.expire()");
  const std::string before = State();
  Expect(2, "20", Run({"verify"}));
  Expect(2, "", Undo());
  EXPECT_EQ(State(), before) << "it does not pretend";
  EXPECT_EQ(One("SELECT count(*) FROM archive.app_old"), "20") << "and the rows are not lost";
}

// Rows written between the count and the copy were in neither.
TEST_F(History, ARowWrittenAfterThePlanIsMergedToo) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.kept (id int, origin text); CREATE TABLE app.old (id "
      "int); INSERT INTO app.old SELECT generate_series(1, 20)");
  Plan("actions:\n- {merge: app.old, id: M, into: app.kept, set: {origin: o}}\n");
  Approve();
  database_.Sql("INSERT INTO app.old VALUES (21)");
  Expect(0, "21 rows = 21 + 0 set aside", Apply());
  EXPECT_EQ(One("SELECT count(*) FROM app.kept WHERE id = 21"), "1");
}

}  // namespace
}  // namespace regraft::apply

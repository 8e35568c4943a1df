// A plan of all eight kinds on a database unlike the example; each row is looked for by plain SQL.

#include "tests/apply/applying.h"
#include "tests/support/paths.h"

namespace regraft::apply {
namespace {

using ::testing::HasSubstr;

class SecondSchema : public Applying {
 protected:
  SecondSchema() {
    EXPECT_EQ(Shell("psql -qX -o /dev/null -v ON_ERROR_STOP=1 -d \"" + database_.conninfo() +
                    "\" -f '" + support::TestData() + "/apply/second_schema.sql' 2>/dev/null"),
              0);
  }
  void PlanAndApprove() {
    Expect(0, "",
           Run({"plan", support::TestData() + "/apply/second_schema.yaml", "--prove-mapping", "-o",
                file()}));
    Approve();
  }
  std::string One(const std::string& sql) { return database_.Scalar(sql); }
  // Rows that are in one of the two and not in the other, duplicates counted.
  std::string Difference(const std::string& one, const std::string& other) {
    return One("WITH a AS (" + one + "), b AS (" + other +
               ") SELECT (SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE b) x) + (SELECT count(*) "
               "FROM (TABLE b EXCEPT ALL TABLE a) y)");
  }
  void ExpectMerges() {
    const std::string rest =
        "SELECT \"Nr\", \"am\", \"Art\", \"Werk\", \"Nummer\", "
        "\"Menge (kg)\"::text, \"Zeitraum\"::text, \"Ort\"::text, "
        "\"Zustand\"::text, \"brutto\"::text FROM ";
    EXPECT_EQ(
        Difference(rest + "\"Archiv\".\"Ein.gang_Bewegung 2023\"",
                   "SELECT \"Id\"::int, \"am\", \"Art\", \"Werk\", \"Nummer\", "
                   "\"Menge\"::numeric(10,2)::text, \"Rest.\"->>'Zeitraum', \"Rest.\"->>'Ort', "
                   "\"Rest.\"->>'Zustand', \"Rest.\"->>'brutto' FROM \"Lager Süd\".\"Bewegung\" "
                   "WHERE \"Herkunft\" = '2023' UNION ALL " +
                       rest + "\"Lager Süd\".\"Bewegung 2023 übrig\""),
        "0");
    EXPECT_EQ(One("SELECT count(*) FROM \"Lager Süd\".\"Bewegung 2023 übrig\""), "3");
    EXPECT_EQ(
        Difference(
            "SELECT \"Schlüssel\"::text, \"lfd\"::text, \"Tag\", \"Art\", \"Werk\", \"Nummer\", "
            "\"Menge\" FROM \"Archiv\".\"Ein.gang_alte \"\"Bewegung\"\"\"",
            "SELECT \"Rest.\"->>'Schlüssel', \"Rest.\"->>'lfd', \"am\", \"Art\", \"Werk\", "
            "\"Nummer\", \"Menge\"::float8 FROM \"Lager Süd\".\"Bewegung\" WHERE \"Herkunft\" = "
            "'alt'"),
        "0");
    EXPECT_EQ(One("SELECT count(DISTINCT \"Id\") || ' ' || (min(\"Id\") > 1150) FROM "
                  "\"Lager Süd\".\"Bewegung\" WHERE \"Herkunft\" = 'alt'"),
              "40 true")
        << "keys of their own";
    EXPECT_EQ(One("SELECT count(*) FROM \"Ein.gang\".\"alte \"\"Bewegung\"\"\""), "40")
        << "by the view";
    EXPECT_EQ(One("SELECT count(*) FROM \"Lager Süd\".\"Bewegung\" WHERE \"doppelt\" IS DISTINCT "
                  "FROM \"Menge\" * 2"),
              "0");
    EXPECT_EQ(One("SELECT string_agg(n::text, ' ' ORDER BY n) FROM (SELECT count(*) AS n FROM "
                  "\"Lager Süd\".\"Bewegung\" GROUP BY tableoid) x"),
              "18 71 121");
  }
  void ExpectFolds() {
    EXPECT_EQ(
        Difference("SELECT \"n\"::text, \"Werk\"::text, \"Nummer\", \"Wörter\", "
                   "\"Daten\"::text FROM \"Archiv\".\"Ein.gang_Notizen\"",
                   "SELECT o->>'n', o->>'Werk', o->>'Nummer', o->>'Wörter', o->>'Daten' FROM "
                   "\"Lager Süd\".\"Artikel\", jsonb_array_elements(\"Notizen.json\") o UNION "
                   "ALL SELECT \"n\"::text, \"Werk\"::text, \"Nummer\", \"Wörter\", "
                   "\"Daten\"::text FROM \"Ein.gang\".\"Notizen_remainder\""),
        "0");
    EXPECT_EQ(Difference("SELECT \"Werk\", \"Nr.\", \"Höhe\", \"Verlauf\", \"Intervall\"::text "
                         "FROM \"Archiv\".\"Ein.gang_Maße\"",
                         "SELECT \"Werk\", \"Nummer\", \"Maß Höhe\", \"Maß Verlauf\", "
                         "\"Maß Intervall\"::text FROM \"Lager Süd\".\"Artikel\" WHERE \"Maß Nr.\" "
                         "IS NOT NULL UNION ALL SELECT \"Werk\", \"Nr.\", \"Höhe\", \"Verlauf\", "
                         "\"Intervall\"::text FROM \"Ein.gang\".\"Maße_remainder\""),
              "0");
    EXPECT_EQ(One("SELECT count(*) FROM \"Lager Süd\".\"Artikel\" WHERE \"geändert\" <> "
                  "'2020-02-02 UTC'"),
              "0");
  }
  void ExpectMoved() {
    EXPECT_EQ(One("SELECT count(*) || ' ' || count(\"Werber\") FROM \"Lager Süd\".\"Kundschaft\""),
              "30 9");
    EXPECT_EQ(
        One("SELECT concat_ws(' ', relrowsecurity::text, relforcerowsecurity::text, relreplident, "
            "(SELECT count(*) FROM pg_policy WHERE polrelid = c.oid), (SELECT count(*) FROM "
            "pg_constraint WHERE confrelid = c.oid), (SELECT count(*) FROM pg_constraint WHERE "
            "conrelid = c.oid), (SELECT attacl FROM pg_attribute WHERE attrelid = c.oid AND "
            "attname = 'Name')) FROM pg_class c WHERE c.oid = "
            "'\"Lager Süd\".\"Kundschaft\"'::regclass"),
        "true true f 1 2 4 {pg_monitor=r/postgres}");
    EXPECT_EQ(One("INSERT INTO \"Lager Süd\".\"Kundschaft\" (\"Name\") VALUES ('x') RETURNING "
                  "\"Nr\""),
              "250")
        << "its identity has come along";
    database_.Sql("DELETE FROM \"Lager Süd\".\"Kundschaft\" WHERE \"Nr\" = 250");
    EXPECT_EQ(One("SELECT count(*) || ' ' || (SELECT count(*) FROM pg_inherits WHERE inhparent = "
                  "'\"Archiv\".\"Lauf alt\"'::regclass) FROM \"Archiv\".\"Lauf alt\""),
              "10 1");
    EXPECT_EQ(One("SELECT count(*) FROM \"Archiv\".\"Offen?\""), "3");
    EXPECT_EQ(One("SELECT count(*) FROM \"Ein.gang\".\"Ganz offen\""), "0");
    EXPECT_THAT(One("SELECT obj_description('\"Lager Süd\".\"Bestand\"'::regclass)"),
                HasSubstr("vorher\nregraft: kept as materialized view"));
  }
  void ExpectKey() {
    EXPECT_EQ(One("SELECT count(DISTINCT \"lfd. Nr\") || ' ' || min(\"lfd. Nr\") || ' ' || "
                  "max(\"lfd. Nr\") || ' ' || count(*) FILTER (WHERE \"geändert\" = "
                  "'2020-02-02 UTC') FROM \"Ein.gang\".\"Protokoll\""),
              "100 1 100 100");
    EXPECT_EQ(One("SELECT count(*) FROM \"Ein.gang\".\"Protokoll\" a JOIN "
                  "\"Ein.gang\".\"Protokoll\" b ON a.\"lfd. Nr\" < b.\"lfd. Nr\" AND a.\"Zeit\" > "
                  "b.\"Zeit\""),
              "0");
    EXPECT_EQ(One("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND "
                  "conrelid = '\"Ein.gang\".\"Protokoll\"'::regclass"),
              "PRIMARY KEY (\"lfd. Nr\")");
  }
};

TEST_F(SecondSchema, IsAppliedRowByRowAndTakenBackWholly) {
  const std::string others =
      "SELECT md5(string_agg(concat_ws('|', \"Id\", \"am\", \"Art\", \"Werk\", \"Nummer\", "
      "\"Menge\", \"Zustand\"), ',' ORDER BY \"Id\")) FROM \"Lager Süd\".\"Bewegung\" WHERE "
      "\"Id\" <= 20";
  const std::string before = State(), structure = Structure(), old = One(others);
  PlanAndApprove();
  Expect(0, "K: add_pk \"Ein.gang\".\"Protokoll\": done", Apply());
  EXPECT_EQ(ActionStates(),
            "prepare \"Lager Süd\".\"Bewegung\" done, A1 done, P/archive done, J done, C done, M1 "
            "done, M2 done, V done, K done, L done, P done, Q waiting");
  ExpectMerges();
  ExpectFolds();
  ExpectMoved();
  ExpectKey();
  EXPECT_EQ(One(others), old);
  EXPECT_EQ(One("SELECT count(*) FROM regraft.accounting WHERE rows_source <> rows_target + "
                "rows_remainder OR digest_source <> digest_rebuilt"),
            "0");
  const std::string applied = Structure();
  Expect(0, "A1: archive \"Ein.gang\".\"Lauf\" -> \"Archiv\".\"Lauf alt\": undone", Undo());
  EXPECT_EQ(State(), before);
  ExpectSameText(structure, Structure());
  Approve();
  Expect(0, "", Apply());
  ExpectMerges();
  ExpectFolds();
  ExpectSameText(applied, Structure());
}

}  // namespace
}  // namespace regraft::apply

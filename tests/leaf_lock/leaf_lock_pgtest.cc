// Locking, the permit, the window, lifting, registering, checking: as programs and people do it.

#include "engine/base/failure_kind.h"
#include "engine/catalog/dossier.h"
#include "engine/leaf_lock/attempts.h"
#include "engine/leaf_lock/check.h"
#include "engine/leaf_lock/permit.h"
#include "engine/leaf_lock/registry.h"
#include "engine/pg/error.h"
#include "tests/leaf_lock/locking.h"

#include "nlohmann/json.hpp"

#include <cstdlib>

namespace regraft::leaf_lock {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LeafLock : public Locking {
 protected:
  // Owners and privileges of the schemas, triggers, event triggers, owners of the registry's
  // tables.
  std::string Everything() {
    return database_.Scalar(R"sql(
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
  SELECT concat_ws(' ', nspname, nspowner::regrole, (SELECT string_agg(a::text, ',' ORDER BY a::text)
    FROM unnest(coalesce(nspacl, acldefault('n', nspowner))) a)) FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'event ' || evtname FROM pg_event_trigger
  UNION ALL SELECT concat_ws(' ', relname, relowner::regrole, coalesce(relacl, acldefault('r', relowner)))
  FROM pg_class WHERE relnamespace = to_regnamespace('regraft') AND relkind = 'r') AS all_of_it(line))sql");
  }
  // Without the guard noticing, as only a superuser can.
  void BehindTheGuard(const std::string& sql) {
    database_.Sql(
        "ALTER EVENT TRIGGER regraft_guard_command DISABLE; ALTER EVENT TRIGGER "
        "regraft_guard_drop DISABLE;" +
        sql +
        "; ALTER EVENT TRIGGER regraft_guard_command "
        "ENABLE ALWAYS; ALTER EVENT TRIGGER regraft_guard_drop ENABLE ALWAYS");
  }
};

TEST_F(LeafLock, RegistersLeavesAndGuessesNothing) {
  Lock();
  EXPECT_EQ(Entry("sales.orders"), "sales CANONICAL plan");
  EXPECT_EQ(Entry("sales.\"Odd.Orders\""), "sales ERROR plan");
  EXPECT_EQ(Entry("sales.part"), "sales SUPPORTING partition");
  EXPECT_EQ(Entry("sales.sums"), "UNCLASSIFIED lock");
  EXPECT_EQ(Entry("twin.orders"), "none");
  EXPECT_EQ(database_.Scalar("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'sales'"),
            keeper_);
  EXPECT_EQ(database_.Scalar("SELECT rolcanlogin FROM pg_roles WHERE rolname = '" + keeper_ + "'"),
            "f");
  EXPECT_THAT(Drift(), IsEmpty());
}

TEST_F(LeafLock, IsLiftedWithoutATrace) {
  database_.Sql("GRANT CREATE ON SCHEMA sales TO " + plain_ + " WITH GRANT OPTION; SET ROLE " +
                plain_ +
                "; GRANT CREATE ON SCHEMA sales TO PUBLIC; RESET ROLE; CREATE SCHEMA "
                "\"Odd.schema\"; CREATE TABLE "
                "\"Odd.schema\".\"T.x\" (id int)");
  pg::Connection connection = database_.Connect();
  FreezeReport report;
  plan::Lock plan = Plan();
  plan.schemas.push_back("Odd.schema");
  // The ledger comes with the first lock, and stays.
  ASSERT_TRUE(Freeze(connection, plan, {.by = "Ada"}, &report).ok());
  ASSERT_TRUE(Lift(connection, {.by = "Ada", .reason = "first"}).ok());
  const std::string before = Everything();
  ASSERT_TRUE(Freeze(connection, plan, {.by = "Ada"}, &report).ok());
  EXPECT_NE(Everything(), before);
  EXPECT_EQ(database_.Scalar("SELECT has_schema_privilege('" + plain_ + "', 'sales', 'CREATE')"),
            "f");
  // Once more on top, so that what is recorded is not the lock itself.
  ASSERT_TRUE(Freeze(connection, plan, {.by = "Ada"}, &report).ok());
  EXPECT_TRUE(report.again);
  ASSERT_TRUE(Lift(connection, {.by = "Grace", .reason = "enough"}).ok());
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_roles WHERE rolname = '" + keeper_ + "'"),
            "0");
  EXPECT_EQ(Entry("sales.orders"), "sales CANONICAL plan") << "the registry stays";
  database_.Sql("CREATE TABLE sales.new (id int)");
}

TEST_F(LeafLock, LetsARegisteredTableBeMadeAndThenFreezesIt) {
  Lock();
  support::ProgramResult result = Run({"register", "sales.\"New.Leaf\"", "--sub-hub", "sales",
                                       "--leaf-type", "STAGING", "--by", "Ada"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("it is not there yet, and may now be made"));
  pg::Connection connection = As(owner_);
  EXPECT_EQ(Try(connection,
                "BEGIN; CREATE TABLE sales.\"New.Leaf\" (id int); ALTER TABLE "
                "sales.\"New.Leaf\" ADD PRIMARY KEY (id); COMMIT"),
            "");
  EXPECT_EQ(Entry("sales.\"New.Leaf\""), "sales STAGING register");
  EXPECT_EQ(Try(connection, "ALTER TABLE sales.\"New.Leaf\" ADD COLUMN more int"), "RG001");
  EXPECT_EQ(Try(connection, "TRUNCATE sales.\"New.Leaf\""), "RG001");
  EXPECT_THAT(Drift(), IsEmpty());
}

TEST_F(LeafLock, SaysWhatWhyAndWhatToTypeNext) {
  Lock();
  pg::Connection connection = As(owner_);
  const absl::Status refused = connection.Run("CREATE TABLE sales.\"It's\" (id int)");
  EXPECT_THAT(
      std::string(refused.message()),
      HasSubstr(
          "the leaf lock refuses CREATE TABLE: sales.\"It's\": schema sales is locked and this "
          "relation is not registered"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("Rule: unregistered"));
  EXPECT_THAT(
      std::string(refused.message()),
      HasSubstr("regraft register 'sales.\"It''s\"' --sub-hub SUB_HUB --leaf-type LEAF_TYPE"));
}

TEST_F(LeafLock, FindsWhatWasDoneBehindTheGuard) {
  Lock();
  BehindTheGuard("CREATE TABLE sales.smuggled (id int)");
  EXPECT_THAT(Drift(), ElementsAre("unregistered sales.smuggled: schema sales is locked and this "
                                   "relation is not registered"));
  pg::Connection owner = As(owner_);
  EXPECT_EQ(Try(owner, "CREATE TABLE free.fine (id int)"), "")
      << "what others smuggled in stops nobody";
  BehindTheGuard("DROP TABLE sales.smuggled; ALTER TABLE sales.orders ADD COLUMN more int");
  EXPECT_THAT(Drift(), ElementsAre("altered sales.orders: it is frozen and has another structure; "
                                   "new: column more integer"));
  BehindTheGuard(
      "ALTER TABLE sales.orders DROP COLUMN more; ALTER TABLE sales.past RENAME TO other");
  EXPECT_THAT(Drift(), ElementsAre("renamed sales.past: it is frozen and has become sales.other"));
  BehindTheGuard("ALTER TABLE sales.other RENAME TO past; DROP VIEW sales.seen");
  EXPECT_THAT(Drift(),
              ElementsAre("missing sales.seen: it is registered and frozen, and was dropped"));
  Lock();
  EXPECT_THAT(Drift(), IsEmpty());
}

TEST_F(LeafLock, FindsADamagedGuard) {
  Lock();
  const auto expect = [&](const std::string& damage, const std::string& words,
                          const std::string& repair) {
    database_.Sql(damage);
    EXPECT_THAT(Drift(), ElementsAre(HasSubstr(words))) << damage;
    database_.Sql(repair);
    EXPECT_THAT(Drift(), IsEmpty()) << repair;
  };
  expect("ALTER EVENT TRIGGER regraft_guard_command DISABLE", "is not ENABLE ALWAYS",
         "ALTER EVENT TRIGGER regraft_guard_command ENABLE ALWAYS");
  expect("ALTER EVENT TRIGGER regraft_guard_drop ENABLE", "is not ENABLE ALWAYS",
         "ALTER EVENT TRIGGER regraft_guard_drop ENABLE ALWAYS");
  expect("ALTER FUNCTION regraft_guard.on_drop() OWNER TO " + owner_, "is no superuser",
         "ALTER FUNCTION regraft_guard.on_drop() OWNER TO CURRENT_USER");
  expect("ALTER FUNCTION regraft_guard.refuse() SECURITY INVOKER",
         "regraft_guard.refuse: the function is not as",
         "ALTER FUNCTION regraft_guard.refuse() SECURITY DEFINER");
  expect("ALTER SCHEMA bit OWNER TO " + owner_, "owner \"bit\": this locked schema belongs to",
         "ALTER SCHEMA bit OWNER TO " + keeper_);
  expect("GRANT CREATE ON SCHEMA bit TO " + plain_, "may create in this locked schema",
         "REVOKE CREATE ON SCHEMA bit FROM " + plain_);
  expect("ALTER TABLE sales.orders OWNER TO " + plain_, "owner sales.orders: it belongs to",
         "ALTER TABLE sales.orders OWNER TO " + owner_);
  expect("GRANT INSERT ON regraft.permit TO " + plain_, "and so open the lock",
         "REVOKE INSERT ON regraft.permit FROM " + plain_);
  expect("ALTER ROLE " + keeper_ + " LOGIN", "the keeper can log in",
         "ALTER ROLE " + keeper_ + " NOLOGIN");
  expect("ALTER ROLE " + plain_ + " SET session_replication_role = replica",
         "session_replication_role=replica",
         "ALTER ROLE " + plain_ + " RESET session_replication_role");
  database_.Sql(
      "CREATE OR REPLACE FUNCTION regraft_guard.violations(scope oid[]) RETURNS TABLE (rule text, "
      "object "
      "text, relation oid, what text, remedy text, since xid) LANGUAGE sql AS 'SELECT NULL::text, "
      "NULL::text, NULL::oid, NULL::text, NULL::text, NULL::xid WHERE false'");
  database_.Sql("CREATE TABLE sales.new (id int)");
  EXPECT_THAT(Drift(), ElementsAre(HasSubstr("regraft_guard.violations: the function is not as"),
                                   HasSubstr("unregistered sales.new")))
      << "asked by the program's own text";
  database_.Sql("DROP SCHEMA regraft_guard CASCADE");
  EXPECT_EQ(Run({"lock", "--check"}).exit_code, 2);
  EXPECT_THAT(Run({"lock", "--check"}).output,
              HasSubstr("regraft_guard_command: the event trigger is missing"));
  Lock();
  EXPECT_THAT(Drift(), IsEmpty());
}

TEST_F(LeafLock, HoldsInADatabaseRestoredFromADump) {
  Lock();
  const support::TestDatabase copy;
  const std::string command = "pg_dump --dbname \"" + database_.conninfo() +
                              "\" | psql -qX -v ON_ERROR_STOP=1 --dbname \"" + copy.conninfo() +
                              "\" > /dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  pg::Connection restored = copy.Connect();
  const auto report = Check(restored);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->drift, IsEmpty()) << report->drift[0].what;
  EXPECT_EQ(pg::Sqlstate(restored.Run("CREATE TABLE sales.new (id int)")), "RG001");
  EXPECT_EQ(pg::Sqlstate(restored.Run("DROP TABLE sales.\"Odd.Orders\"")), "RG001");
  EXPECT_EQ(pg::Sqlstate(restored.Run("TRUNCATE sales.parts")), "RG001");
  EXPECT_TRUE(restored.Run("CREATE TABLE free.new (id int)").ok());
  // The keeper is both databases': it stays as long as one of them needs it.
  ASSERT_TRUE(Lift(restored, {.by = "Ada", .reason = "a copy"}).ok());
  EXPECT_THAT(Drift(), IsEmpty());
}

TEST_F(LeafLock, WithoutASuperuserIsMadeOfPrivilegesAndSaysSo) {
  const std::string role = database_.name() + "_locker";
  roles_.names.push_back(role);
  database_.Sql("CREATE ROLE " + role + " LOGIN CREATEROLE IN ROLE " + owner_ +
                "; GRANT CREATE ON DATABASE " + database_.name() + " TO " + role);
  pg::Connection locker = As(role);
  FreezeReport report;
  absl::Status done = Freeze(locker, Plan(), {.by = "Ada"}, &report);
  ASSERT_TRUE(done.ok()) << done;
  ASSERT_TRUE(Lift(locker, {.by = "Ada", .reason = "first"}).ok());
  const std::string before = Everything();
  ASSERT_TRUE(Freeze(locker, Plan(), {.by = "Ada"}, &report).ok());
  EXPECT_FALSE(report.lock.guarded);
  pg::Connection owner = As(owner_);
  pg::Connection plain = As(plain_);
  for (pg::Connection* connection : {&owner, &plain, &locker})
    for (const char* sql :
         {"CREATE TABLE sales.new (id int)", "CREATE TABLE bit.new AS SELECT 1 AS id",
          "ALTER TABLE free.loose SET SCHEMA sales"})
      EXPECT_EQ(Try(*connection, sql), "42501") << sql;
  EXPECT_EQ(Try(plain, "INSERT INTO sales.\"Odd.Orders\" VALUES (1)"), "");
  EXPECT_THAT(Drift(), IsEmpty());
  const auto attempts = TryBypasses(locker);
  ASSERT_TRUE(attempts.ok()) << attempts.status();
  for (const Attempt& attempt : attempts->attempts)
    EXPECT_TRUE(attempt.as_expected()) << attempt.sql << " " << attempt.message;
  EXPECT_EQ(OpenWindow(locker, {.by = "Ada", .reason = "x"}, 60).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Try(owner, "ALTER TABLE sales.orders ADD COLUMN more int"), "")
      << "as the documentation says";
  EXPECT_THAT(Drift(), ElementsAre(HasSubstr("altered sales.orders")));
  // An approved run of the role that locked passes.
  ASSERT_TRUE(locker.Run("BEGIN").ok());
  const absl::StatusOr<Permit> permit = OpenPermit(locker, "sha");
  ASSERT_TRUE(permit.ok()) << permit.status();
  ASSERT_TRUE(locker.Run("CREATE TABLE sales.new (id int)").ok());
  done = ClosePermit(locker, *permit);
  ASSERT_TRUE(done.ok()) << done;
  ASSERT_TRUE(locker.Run("COMMIT").ok());
  EXPECT_EQ(Try(locker, "CREATE TABLE sales.more (id int)"), "42501");
  EXPECT_THAT(Drift(), ElementsAre(HasSubstr("altered sales.orders"))) << "not what others did";
  ASSERT_TRUE(Lift(locker, {.by = "Ada", .reason = "enough"}).ok());
  EXPECT_EQ(Everything(), before);
}

TEST_F(LeafLock, ProvesItselfOnTablesOfItsOwn) {
  Lock();
  const std::string before = Relations() + Everything();
  const support::ProgramResult result = Run({"lock", "--test", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  const nlohmann::json document = nlohmann::json::parse(result.output);
  int refused = 0, allowed = 0;
  for (const auto& attempt : document["attempts"]) {
    refused += attempt["expected"] == "refused" && attempt["sqlstate"] == "RG001" ? 1 : 0;
    allowed += attempt["expected"] == "allowed" && attempt["refused"] == false ? 1 : 0;
  }
  EXPECT_GE(refused, 20);
  EXPECT_GE(allowed, 15);
  EXPECT_EQ(Relations() + Everything(), before);
  database_.Sql("ALTER EVENT TRIGGER regraft_guard_command DISABLE");
  EXPECT_EQ(Run({"lock", "--test"}).exit_code, 2);
  EXPECT_THAT(Run({"lock", "--test"}).output, HasSubstr("! allowed         CREATE TABLE AS"));
}

TEST_F(LeafLock, RefusesPlansThatDoNotFitTheDatabase) {
  pg::Connection connection = database_.Connect();
  FreezeReport report;
  const auto refuse = [&](const plan::Lock& plan) {
    const absl::Status status = Freeze(connection, plan, {.by = "Ada"}, &report);
    EXPECT_EQ(KindOf(status), FailureKind::kBadPlan) << status;
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_event_trigger"), "0");
    return std::string(status.message());
  };
  plan::Lock plan = Plan();
  plan.schemas = {"sale"};
  EXPECT_THAT(refuse(plan),
              HasSubstr("no schema sale that could be locked; did you mean \"sales\"?"));
  plan = Plan();
  plan.leaves[0].table.name = "ordres";
  EXPECT_THAT(refuse(plan),
              HasSubstr("the leaf sales.ordres is not there; did you mean \"orders\"?"));
  plan = Plan();
  plan.cardinality = {
      {.place = {}, .leaf_type = "ERROR", .min = 2, .max = 3, .sub_hubs = {"sales"}}};
  EXPECT_THAT(refuse(plan), HasSubstr("sub-hub sales has 1 ERROR, not 2 to 3"));
  plan.cardinality[0] = {.place = {}, .leaf_type = "CANONICAL", .min = 1, .max = 1, .sub_hubs = {}};
  ASSERT_TRUE(Freeze(connection, plan, {.by = "Ada"}, &report).ok());
  const support::ProgramResult second =
      Run({"register", "sales.sums", "--sub-hub", "sales", "--leaf-type", "CANONICAL"});
  EXPECT_EQ(second.exit_code, 78);
  EXPECT_THAT(second.errors, HasSubstr("sub-hub sales has 2 CANONICAL, not 1"));
  EXPECT_EQ(
      Run({"register", "sales.sums", "--sub-hub", "sales", "--leaf-type", "CANONICL"}).exit_code,
      78);
}

TEST_F(LeafLock, KeepsThePlaceOfLeavesThatAreStillToCome) {
  plan::Lock plan = Plan();
  plan.leaves[0].table.name = "later";
  pg::Connection connection = database_.Connect();
  FreezeReport report;
  const absl::Status done = Freeze(connection, plan, {.by = "Ada", .reserve = true}, &report);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(report.reserved, 1);
  pg::Connection owner = As(owner_);
  EXPECT_EQ(Try(owner, "CREATE TABLE sales.later AS SELECT 1 AS id"), "");
  EXPECT_EQ(Try(owner, "ALTER TABLE sales.later ADD COLUMN more int"), "RG001");
  EXPECT_EQ(Entry("sales.later"), "sales CANONICAL plan");
}

// A saved plan that was approved before the lock must not be stale after it, and the other way
// round.
TEST_F(LeafLock, ChangesNothingThatAPlanComparesOfATable) {
  pg::Connection connection = database_.Connect();
  const auto describe = [&] {
    std::string text;
    for (const char* table : {"orders", "past", "parts", "part", "sums", "seen"}) {
      const auto dossier = catalog::ReadDossier(
          connection, static_cast<uint32_t>(std::stoul(database_.Scalar(
                          "SELECT 'sales." + std::string(table) + "'::regclass::oid"))));
      EXPECT_TRUE(dossier.ok()) << dossier.status();
      if (!dossier.ok()) continue;
      for (const auto& [fact, lines] : dossier->facts)
        for (const std::string& line : lines)
          text += std::string(table) + " " + fact + " " + line + "\n";
    }
    return text;
  };
  const std::string before = describe();
  Lock();
  EXPECT_EQ(describe(), before);
}

TEST_F(LeafLock, ShowsThatThereIsNoRegistryYet) {
  const auto shown = Run({"registry"});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("no leaf is registered\nnext: regraft lock PLAN.yaml"));
}

TEST_F(LeafLock, ShowsTheTree) {
  Lock();
  database_.Sql("ANALYZE");
  const std::string text = Run({"registry"}).output;
  EXPECT_THAT(text, HasSubstr("hub\n  sales\n    sales.past"));
  EXPECT_THAT(text, HasSubstr("sales.orders        CANONICAL     ~20 rows, "));
  EXPECT_THAT(text, HasSubstr("UNCLASSIFIED\n  sales.seen"));
  const nlohmann::json document =
      nlohmann::json::parse(Run({"registry", "--count", "--json"}).output);
  EXPECT_EQ(document["lock"]["schemas"], nlohmann::json::parse(R"(["bit", "sales"])"));
  for (const auto& leaf : document["leaves"])
    if (leaf["table"] == "sales.part") {
      EXPECT_EQ(leaf["partition_of"], "sales.parts");
      EXPECT_EQ(leaf["rows"], 0);
    }
}

}  // namespace
}  // namespace regraft::leaf_lock

// Every way to bring an unregistered relation into a locked schema, or to take away or reshape what
// is frozen, as each kind of role; and that what has nothing to do with it works as it did.

#include "tests/leaf_lock/locking.h"

#include <iterator>

namespace regraft::leaf_lock {
namespace {

// A locked schema is `sales`, a free one `free`.
constexpr const char* kCreations[] = {
    "CREATE TABLE sales.new (id int)", "CREATE TABLE bit.new (id int)",
    "CREATE TABLE sales.\"a.b\" (id int)", "CREATE TABLE \"bit\".\"bit.\"\"odd\" (id int)",
    "SET search_path = sales; CREATE TABLE new (id int)",
    "CREATE TABLE IF NOT EXISTS sales.new (id int)", "CREATE TABLE sales.new AS SELECT 1 AS id",
    "CREATE TABLE sales.new AS SELECT 1 AS id WITH NO DATA", "SELECT 1 AS id INTO sales.new",
    "PREPARE p AS SELECT 1 AS id; CREATE TABLE sales.new AS EXECUTE p",
    "CREATE UNLOGGED TABLE sales.new (id int)",
    "CREATE TABLE sales.new (LIKE sales.orders INCLUDING ALL)",
    "CREATE TABLE sales.new () INHERITS (free.loose)", "CREATE TABLE sales.new OF free.kind",
    "CREATE TABLE sales.new (id int) PARTITION BY LIST (id)",
    "CREATE MATERIALIZED VIEW sales.new AS SELECT 1 AS id",
    "CREATE VIEW sales.new AS SELECT 1 AS id",
    "CREATE FOREIGN TABLE sales.new (id int) SERVER away OPTIONS (table_name 'x')",
    "IMPORT FOREIGN SCHEMA free LIMIT TO (loose) FROM SERVER away INTO bit",
    "ALTER TABLE free.loose SET SCHEMA sales", "ALTER TABLE free.mine SET SCHEMA sales",
    "ALTER VIEW free.view SET SCHEMA bit", "ALTER MATERIALIZED VIEW free.matview SET SCHEMA sales",
    "DO $$BEGIN EXECUTE 'CREATE TABLE sales.new (id int)'; END$$",
    "BEGIN; SAVEPOINT a; CREATE TABLE sales.new (id int); RELEASE a; COMMIT",
    "BEGIN; CREATE TABLE free.new (id int); ALTER TABLE free.new SET SCHEMA sales; COMMIT",
    // A table that poses as a catalog, and settings that change how the server writes.
    "BEGIN; CREATE TEMP TABLE pg_class (LIKE pg_catalog.pg_class); CREATE TEMP TABLE pg_namespace "
    "(LIKE pg_catalog.pg_namespace); CREATE TABLE sales.new (id int); COMMIT",
    "SET quote_all_identifiers = on; SET DateStyle = 'German'; CREATE TABLE sales.new (id int)",
    "BEGIN; CREATE TABLE sales.new PARTITION OF sales.parts FOR VALUES FROM (10) TO (20); ALTER "
    "TABLE "
    "sales.parts DETACH PARTITION sales.new; COMMIT",
    "BEGIN; CREATE TABLE sales.later (id int); ALTER TABLE sales.later RENAME TO other; COMMIT"};

constexpr const char* kChanges[] = {
    "ALTER TABLE sales.orders RENAME TO other",
    "ALTER INDEX sales.orders RENAME TO other",
    "ALTER TABLE sales.orders SET SCHEMA free",
    "ALTER TABLE sales.orders ADD COLUMN more int",
    "ALTER TABLE sales.orders DROP COLUMN note",
    "ALTER TABLE sales.orders RENAME COLUMN note TO words",
    "ALTER TABLE sales.\"Odd.Orders\" ALTER COLUMN what TYPE varchar(9)",
    "ALTER TABLE sales.orders ALTER COLUMN note SET DEFAULT 'x'",
    "ALTER TABLE sales.orders ALTER COLUMN note SET NOT NULL",
    "ALTER TABLE sales.orders DROP CONSTRAINT orders_sum_check",
    "ALTER TABLE sales.\"Odd.Orders\" DROP CONSTRAINT \"Odd.Orders_id_fkey\"",
    "ALTER TABLE sales.orders ADD CHECK (id > 0)",
    "ALTER TABLE sales.orders ADD UNIQUE (sum)",
    "ALTER TABLE sales.orders ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sales.past SET UNLOGGED",
    "ALTER TABLE sales.past INHERIT free.loose",
    "ALTER TABLE free.loose INHERIT sales.past",
    "CREATE TABLE free.child () INHERITS (sales.past)",
    "CREATE SCHEMA fresh CREATE TABLE child () INHERITS (sales.past)",
    "ALTER TABLE sales.parts ATTACH PARTITION free.chunk FOR VALUES FROM (10) TO (20)",
    "ALTER TABLE sales.parts DETACH PARTITION sales.part",
    "CREATE OR REPLACE VIEW sales.seen AS SELECT id, id AS more FROM sales.orders",
    "ALTER SCHEMA sales RENAME TO other",
    "DROP TABLE sales.past",
    "DROP TABLE sales.part",
    "DROP VIEW sales.seen",
    "DROP MATERIALIZED VIEW sales.sums",
    "DROP TABLE sales.orders CASCADE",
    "DROP SCHEMA sales CASCADE",
    "DROP SCHEMA bit",
    "TRUNCATE sales.orders CASCADE",
    "TRUNCATE sales.\"Odd.Orders\"",
    "TRUNCATE sales.parts",
    "TRUNCATE sales.part",
    "INSERT INTO sales.past VALUES (2)",
    "UPDATE sales.past SET id = 2",
    "DELETE FROM sales.past",
    "ALTER TABLE sales.orders DISABLE TRIGGER ALL",
    "ALTER TABLE sales.orders DISABLE TRIGGER regraft_refuse_truncate",
    "ALTER TABLE sales.orders ENABLE TRIGGER regraft_refuse_truncate",
    "DROP TRIGGER regraft_refuse_truncate ON sales.orders",
    "DROP TRIGGER regraft_refuse_write ON sales.past",
    "DROP TABLE regraft.registry",
    "DROP SCHEMA regraft CASCADE"};

constexpr const char* kSuperuserOnly[] = {
    "SET LOCAL session_replication_role = replica; CREATE TABLE sales.new (id int)",
    "SET LOCAL session_replication_role = replica; ALTER TABLE free.loose SET SCHEMA sales",
    "SET LOCAL session_replication_role = replica; TRUNCATE sales.\"Odd.Orders\"",
    "SET LOCAL session_replication_role = replica; DELETE FROM sales.past",
    "CREATE EXTENSION pg_buffercache SCHEMA sales",
    "DROP OWNED BY OWNER CASCADE",
    "DROP FUNCTION regraft_guard.refuse() CASCADE"};

// Outcomes are those of the same statement where nothing is locked: $S is `twin`, then `sales`.
constexpr const char* kHarmless[] = {
    "INSERT INTO $S.orders (id, sum) VALUES (100, 1)",
    "UPDATE $S.orders SET note = 'more' WHERE id = 1",
    "DELETE FROM $S.orders WHERE id = 20",
    "MERGE INTO $S.orders o USING (VALUES (1)) v(id) ON o.id = v.id WHEN MATCHED THEN UPDATE SET "
    "note = ''",
    "SELECT * FROM $S.past FOR UPDATE",
    "WITH gone AS (DELETE FROM $S.\"Odd.Orders\" RETURNING *) SELECT count(*) FROM gone",
    "BEGIN; LOCK TABLE $S.orders IN EXCLUSIVE MODE; COMMIT",
    "CREATE TEMP TABLE $S_orders (id int)",
    "CREATE TEMP TABLE kept AS SELECT * FROM $S.orders; DROP TABLE kept",
    "CREATE TEMP TABLE $S_child () INHERITS (free.loose)",
    "CREATE TABLE free.$S_new (id int PRIMARY KEY, part int REFERENCES $S.orders)",
    "CREATE TABLE free.$S_as AS SELECT * FROM $S.orders",
    "ALTER TABLE free.loose ADD COLUMN $S_more int",
    "CREATE SCHEMA fresh_$S CREATE TABLE t (id int) CREATE VIEW v AS SELECT id FROM t",
    "DROP SCHEMA fresh_$S CASCADE",
    "CREATE VIEW free.$S_view AS SELECT * FROM $S.orders",
    "CREATE FUNCTION free.$S_f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ANALYZE $S.orders",
    "VACUUM $S.orders",
    "VACUUM (FREEZE, ANALYZE) $S.past",
    "VACUUM FULL $S.orders",
    "CLUSTER $S.orders USING orders_pkey",
    "CREATE INDEX new_index ON $S.orders (day)",
    "CREATE UNIQUE INDEX CONCURRENTLY new_unique ON $S.orders (id, note)",
    "CREATE INDEX parts_id ON $S.parts (id)",
    "REINDEX TABLE $S.orders",
    "REINDEX TABLE CONCURRENTLY $S.orders",
    "REINDEX INDEX CONCURRENTLY $S.by_note",
    "ALTER INDEX $S.by_note RENAME TO by_words",
    "DROP INDEX CONCURRENTLY $S.spare",
    "DROP INDEX $S.by_words",
    "REFRESH MATERIALIZED VIEW $S.sums",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY $S.sums",
    "COMMENT ON TABLE $S.orders IS 'all of them'",
    "GRANT SELECT ON $S.orders TO PUBLIC",
    "REVOKE SELECT ON $S.orders FROM PUBLIC",
    "ALTER TABLE $S.orders SET (autovacuum_vacuum_scale_factor = 0.1)",
    "ALTER TABLE $S.orders ALTER COLUMN note SET STATISTICS 500",
    "ALTER TABLE $S.orders VALIDATE CONSTRAINT orders_sum_check",
    "CREATE STATISTICS $S.two ON id, note FROM $S.orders",
    "CREATE TRIGGER stamp BEFORE INSERT ON $S.orders FOR EACH ROW EXECUTE FUNCTION $S.stamp()",
    "ALTER TABLE $S.orders DISABLE TRIGGER stamp",
    "CREATE TABLE $S.more PARTITION OF $S.parts FOR VALUES FROM (10) TO (20)",
    "CREATE TABLE $S.deep PARTITION OF $S.parts FOR VALUES FROM (20) TO (30) PARTITION BY RANGE "
    "(id); "
    "CREATE TABLE $S.deeper PARTITION OF $S.deep FOR VALUES FROM (20) TO (25)",
    "INSERT INTO $S.parts VALUES (5), (15), (21)",
    "SELECT nextval('$S.numbers')",
    "CREATE PUBLICATION news_$S FOR TABLE $S.orders",
    "EXPLAIN (ANALYZE, TIMING OFF) DELETE FROM $S.orders WHERE id = 2"};

std::string With(std::string sql, const std::string& word, const std::string& value) {
  for (size_t at = sql.find(word); at != std::string::npos; at = sql.find(word, at + value.size()))
    sql.replace(at, word.size(), value);
  return sql;
}

enum class Who { kSuperuser, kOwner, kPlain };

class Bypassing : public Locking, public ::testing::WithParamInterface<Who> {
 protected:
  void SetUp() override {
    database_.Sql(
        "CREATE EXTENSION postgres_fdw SCHEMA public; CREATE SERVER away FOREIGN DATA WRAPPER "
        "postgres_fdw OPTIONS (host '" +
        database_.Scalar("SELECT split_part(setting, ',', 1) "
                         "FROM pg_settings WHERE name = 'unix_socket_directories'") +
        "', port '" + database_.Scalar("SHOW port") + "', dbname '" + database_.name() + "')");
    database_.Sql(
        "GRANT USAGE ON FOREIGN SERVER away TO PUBLIC; CREATE USER MAPPING FOR PUBLIC SERVER "
        "away OPTIONS (user '" +
        database_.Scalar("SELECT session_user") + "', password_required 'false')");
    Lock();
    database_.Sql(
        "INSERT INTO regraft.registry (schema_name, relation_name, sub_hub, leaf_type, path, "
        "origin) VALUES ('sales', 'later', 'sales', 'STAGING', 'hub', 'register')");
  }
  std::string Role() {
    return GetParam() == Who::kSuperuser ? "" : GetParam() == Who::kOwner ? owner_ : plain_;
  }
  // A plain user fails on privileges first, and an owner on what is not his.
  void ExpectRefused(pg::Connection& connection, const std::string& sql) {
    const std::string before = Relations();
    const std::string sqlstate = Try(connection, sql);
    if (GetParam() != Who::kSuperuser && sqlstate == "42501")
      denied_.push_back(sql);
    else
      EXPECT_EQ(sqlstate, "RG001") << sql;
    EXPECT_EQ(Relations(), before) << sql;
  }
  // What the role lacks privileges for is refused by these: if it were more, the guard would not
  // have been asked.
  void ExpectDenied(size_t owner, size_t plain) {
    const size_t expected = GetParam() == Who::kSuperuser ? 0
                            : GetParam() == Who::kOwner   ? owner
                                                          : plain;
    EXPECT_THAT(denied_, ::testing::SizeIs(expected));
  }
  std::vector<std::string> denied_;  // by privileges, which come first
};

TEST_P(Bypassing, BringsNoUnregisteredRelationIntoALockedSchema) {
  pg::Connection connection = As(Role());
  for (const char* sql : kCreations) ExpectRefused(connection, sql);
  ExpectDenied(5, std::size(kCreations));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.registry WHERE relation IS NULL"), "1");
}

TEST_P(Bypassing, NeitherReshapesNorEmptiesWhatIsFrozen) {
  pg::Connection connection = As(Role());
  const std::string shape =
      "SELECT md5(string_agg(attrelid::regclass || attname || atttypid || attnotnull, ',' ORDER "
      "BY attrelid, attnum)) FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE "
      "relnamespace = 'sales'::regnamespace)";
  const std::string before = database_.Scalar(shape);
  for (const char* sql : kChanges) ExpectRefused(connection, sql);
  ExpectDenied(6, std::size(kChanges) - 3);  // all but writing into an archive
  EXPECT_EQ(database_.Scalar(shape), before);
  EXPECT_EQ(database_.Scalar("SELECT sum(id) FROM sales.past"), "1");
}

TEST_P(Bypassing, LeavesAloneWhatTheLockIsNotAbout) {
  pg::Connection connection = As(Role());
  for (const char* sql : kHarmless) {
    if (std::string_view(sql).starts_with("MERGE") && connection.server_version() < 150000)
      continue;
    const std::string there = Try(connection, With(sql, "$S", "twin"));
    EXPECT_EQ(Try(connection, With(sql, "$S", "sales")), there) << sql;
    if (GetParam() != Who::kPlain) {
      EXPECT_EQ(there, "") << sql;
    }
  }
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
  EXPECT_EQ(Run({"lock", "--check"}).exit_code, 0) << Run({"lock", "--check"}).output;
}

TEST_P(Bypassing, HoldsAgainstWhatOnlySuperusersMayTry) {
  pg::Connection connection = As(Role());
  for (const char* sql : kSuperuserOnly) {
    ExpectRefused(connection, With(sql, "OWNER", owner_));
  }
}

INSTANTIATE_TEST_SUITE_P(As, Bypassing,
                         ::testing::Values(Who::kSuperuser, Who::kOwner, Who::kPlain),
                         [](const auto& who) {
                           return who.param == Who::kSuperuser ? "Superuser"
                                  : who.param == Who::kOwner   ? "Owner"
                                                               : "Plain";
                         });

}  // namespace
}  // namespace regraft::leaf_lock

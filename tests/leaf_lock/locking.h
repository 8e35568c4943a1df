// A database with two schemas of the same tables: sales is locked, twin is not. Roles have names of
// their own per database, because roles belong to the whole server.
#pragma once

#include "engine/leaf_lock/check.h"
#include "engine/leaf_lock/leaf_lock.h"
#include "engine/pg/error.h"
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <string>
#include <string_view>
#include <vector>

namespace regraft::leaf_lock {

// Drops roles after the database that they own tables in.
class Roles {
 public:
  ~Roles() {
    auto connection = pg::Connection::Open({.conninfo = "dbname=postgres", .role = "test"});
    for (const std::string& role : names)
      if (connection.ok()) connection->Run("DROP ROLE IF EXISTS " + role).IgnoreError();
  }
  std::vector<std::string> names;
};

class Locking : public ::testing::Test {
 protected:
  Locking() {
    owner_ = database_.name() + "_owner";
    plain_ = database_.name() + "_plain";
    keeper_ = "regraft_keeper_" + database_.name();
    roles_.names = {owner_, plain_, keeper_};
    database_.Sql("CREATE ROLE " + owner_ + " LOGIN; CREATE ROLE " + plain_ +
                  " LOGIN; GRANT CREATE ON DATABASE " + database_.name() + " TO " + owner_ + ", " +
                  plain_);
    for (const std::string schema : {"sales", "twin", "bit", "free"})
      database_.Sql("CREATE SCHEMA " + schema + " AUTHORIZATION " + owner_ +
                    "; GRANT ALL ON SCHEMA " + schema + " TO " + plain_);
    for (const std::string schema : {"sales", "twin"})
      database_.Sql("SET ROLE " + owner_ + "; SET search_path = " + schema + ";" + kTables +
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema +
                    " TO " + plain_ + "; RESET ROLE; RESET search_path");
    database_.Sql("SET ROLE " + owner_ + ";" + kFree + "RESET ROLE; SET ROLE " + plain_ +
                  "; CREATE TABLE free.mine (id int); RESET ROLE");
  }

  static plan::Lock Plan() {
    plan::Lock lock{.place = {}, .schemas = {"sales", "bit"}};
    const auto add = [&](const std::string& table, const std::string& type) {
      lock.leaves.push_back({.place = {},
                             .table = {"sales", table},
                             .sub_hub = "sales",
                             .leaf_type = type,
                             .path = "hub/sales",
                             .todo = {}});
    };
    add("orders", "CANONICAL");
    add("Odd.Orders", "ERROR");
    add("past", "ARCHIVE");
    add("parts", "SUPPORTING");
    return lock;
  }
  void Lock() {
    pg::Connection connection = database_.Connect();
    FreezeReport report;
    const absl::Status done =
        Freeze(connection, Plan(), {.plan_name = "test", .by = "Ada"}, &report);
    ASSERT_TRUE(done.ok()) << done;
  }

  // A session of that role; empty: the superuser.
  pg::Connection As(const std::string& role) {
    pg::Connection connection = database_.Connect();
    if (!role.empty()) {
      EXPECT_TRUE(connection.Run("SET SESSION AUTHORIZATION " + role).ok());
    }
    return connection;
  }
  // "": it was let pass.
  static std::string Try(pg::Connection& connection, const std::string& sql) {
    const absl::Status status = connection.Run(sql);
    const std::string sqlstate = pg::Sqlstate(status);
    // A block that failed halfway, and what the attempt has set.
    EXPECT_TRUE(connection.Run("ROLLBACK").ok());
    EXPECT_TRUE(
        connection.Run("RESET search_path; RESET quote_all_identifiers; RESET DateStyle").ok());
    EXPECT_TRUE(status.ok() || !sqlstate.empty()) << status;
    return sqlstate;
  }
  // What stands in the locked schemas, as the catalog says.
  std::string Relations() {
    return database_.Scalar(
        "SELECT string_agg(c.oid || ' ' || n.nspname || ' ' || c.relname || c.relkind::text, ', ' "
        "ORDER "
        "BY "
        "c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN "
        "('sales', 'bit') AND c.relkind IN ('r', 'p', 'f', 'm', 'v')");
  }
  std::vector<std::string> Drift() {
    pg::Connection connection = database_.Connect();
    const auto report = Check(connection);
    EXPECT_TRUE(report.ok()) << report.status();
    std::vector<std::string> lines;
    if (report.ok())
      for (const leaf_lock::Drift& drift : report->drift)
        lines.push_back(drift.rule + " " + drift.object + ": " + drift.what);
    return lines;
  }
  std::string Entry(const std::string& name) {
    return database_.Scalar(
        "SELECT coalesce((SELECT concat_ws(' ', sub_hub, leaf_type, origin) FROM "
        "regraft.registry WHERE format('%I.%I', schema_name, relation_name) = '" +
        name + "'), 'none')");
  }
  [[nodiscard]] support::ProgramResult Run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--dsn", database_.conninfo()});
    return support::RunProgram({.arguments = words});
  }

  static constexpr const char* kTables = R"sql(
CREATE TABLE orders (id int PRIMARY KEY, note text DEFAULT 'none', day date DEFAULT '2020-02-01', sum numeric);
INSERT INTO orders SELECT g, 'n', now(), g FROM generate_series(1, 20) g;
ALTER TABLE orders ADD CONSTRAINT orders_sum_check CHECK (sum > 0) NOT VALID;
CREATE INDEX by_note ON orders (note);
CREATE INDEX spare ON orders (sum);
CREATE TABLE "Odd.Orders" (id int REFERENCES orders, what text);
CREATE TABLE past (id int); INSERT INTO past VALUES (1);
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE MATERIALIZED VIEW sums AS SELECT id, sum FROM orders; CREATE UNIQUE INDEX ON sums (id);
CREATE VIEW seen AS SELECT id FROM orders;
CREATE SEQUENCE numbers;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
)sql";
  static constexpr const char* kFree = R"sql(
CREATE TABLE free.loose (id int);
CREATE TABLE free.chunk (id int);
CREATE VIEW free.view AS SELECT 1 AS id;
CREATE MATERIALIZED VIEW free.matview AS SELECT 1 AS id;
CREATE TYPE free.kind AS (id int);
)sql";

  Roles roles_;  // destroyed after the database
  support::TestDatabase database_;
  std::string owner_, plain_, keeper_;
};

}  // namespace regraft::leaf_lock

#include "tests/support/postgres.h"

#include "gtest/gtest.h"
#include <libpq-fe.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

namespace regraft::support {
namespace {

// Every database of a server may be reached from here, and nobody's test depends on it.
constexpr const char* kAdministration = "dbname=postgres";
constexpr std::string_view kDuplicateDatabase = "42P04";

std::string NextName() {
  static std::atomic<int> counter = 0;
  return "regraft_test_" + std::to_string(getpid()) + "_" + std::to_string(++counter);
}

std::string ConninfoValue(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "'";
}

std::string ConninfoFor(const pg_conn* like, const std::string& database) {
  return "host=" + ConninfoValue(PQhost(like)) + " port=" + ConninfoValue(PQport(like)) +
         " user=" + ConninfoValue(PQuser(like)) + " dbname=" + ConninfoValue(database);
}

bool KeepDatabase() {
  const char* keep = std::getenv("KEEP_TEST_DB");
  return keep != nullptr && std::string_view(keep) == "1";
}

std::string ValueOf(const pg_result* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::string(kNull);
  return {PQgetvalue(result, row, column), static_cast<size_t>(PQgetlength(result, row, column))};
}

}  // namespace

void TestDatabase::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }
void TestDatabase::Clear::operator()(pg_result* result) const { PQclear(result); }

TestDatabase::Session TestDatabase::OpenSession(const std::string& conninfo) {
  Session session(PQconnectdb(conninfo.c_str()));
  if (PQstatus(session.get()) != CONNECTION_OK)
    throw std::runtime_error(std::string("no PostgreSQL server for the test (see "
                                         "scripts/private-postgres): ") +
                             PQerrorMessage(session.get()));
  PQsetNoticeProcessor(
      session.get(), [](void*, const char*) {}, nullptr);
  return session;
}

TestDatabase::TestDatabase(std::string_view create_options) {
  const Session administrator = OpenSession(kAdministration);
  Create(administrator.get(), create_options);
  conninfo_ = ConninfoFor(administrator.get(), name_);
  session_ = OpenSession(conninfo_);
}

// A database kept by an earlier process of the same number is left alone: the next name is tried.
// template0, because nobody can be connected to it: CREATE DATABASE fails on a template in use.
void TestDatabase::Create(pg_conn* administrator, std::string_view create_options) {
  while (true) {
    name_ = NextName();
    const std::string sql =
        "CREATE DATABASE " + name_ + " TEMPLATE template0 " + std::string(create_options);
    const Answer answer(PQexec(administrator, sql.c_str()));
    if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) return;
    const char* sqlstate = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    if (sqlstate == nullptr || sqlstate != kDuplicateDatabase)
      throw std::runtime_error(sql + ": " + PQerrorMessage(administrator));
  }
}

TestDatabase::~TestDatabase() {
  session_.reset();
  if (::testing::Test::HasFailure()) std::cerr << "the failed test used database " << name_ << "\n";
  if (KeepDatabase()) {
    std::cerr << "kept: psql \"" << conninfo_ << "\"\n";
    return;
  }
  const Session administrator(PQconnectdb(kAdministration));
  const Answer answer(
      PQexec(administrator.get(), ("DROP DATABASE " + name_ + " WITH (FORCE)").c_str()));
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK)
    std::cerr << "cannot drop " << name_ << ": " << PQerrorMessage(administrator.get());
}

pg::Connection TestDatabase::Connect(std::string_view role) const {
  auto connection = pg::Connection::Open(
      {.conninfo = conninfo_, .role = std::string(role), .client_encoding = "", .scope = nullptr});
  if (!connection.ok()) throw std::runtime_error(connection.status().ToString());
  return *std::move(connection);
}

TestDatabase::Answer TestDatabase::Run(std::string_view sql, Here here) {
  Answer answer(PQexec(session_.get(), std::string(sql).c_str()));
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return answer;
  ADD_FAILURE_AT(here.file, here.line) << PQerrorMessage(session_.get()) << "in: " << sql;
  return nullptr;
}

bool TestDatabase::Sql(std::string_view statements, Here here) {
  return Run(statements, here) != nullptr;
}

std::string TestDatabase::Scalar(std::string_view sql, Here here) {
  const Answer answer = Run(sql, here);
  if (answer == nullptr) return "";
  if (PQntuples(answer.get()) == 1 && PQnfields(answer.get()) == 1)
    return ValueOf(answer.get(), 0, 0);
  ADD_FAILURE_AT(here.file, here.line) << PQntuples(answer.get()) << " rows of "
                                       << PQnfields(answer.get()) << " columns from: " << sql;
  return "";
}

std::vector<std::vector<std::string>> TestDatabase::Rows(std::string_view sql, Here here) {
  std::vector<std::vector<std::string>> rows;
  const Answer answer = Run(sql, here);
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    auto& values = rows.emplace_back();
    for (int column = 0; column < PQnfields(answer.get()); ++column)
      values.push_back(ValueOf(answer.get(), row, column));
  }
  return rows;
}

}  // namespace regraft::support

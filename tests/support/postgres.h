// A database of its own for a test, on the server that the PG* environment names. Dropped at the
// end unless KEEP_TEST_DB=1. Statements go through plain libpq, so that the engine is never its own
// witness; only Connect() gives one of the engine's sessions. One thread at a time.
#pragma once

#include "engine/pg/connection.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace regraft::support {

// How Rows() and Scalar() show SQL NULL.
inline constexpr std::string_view kNull = "(null)";

// The place of a call, as a default argument. std::source_location is missing under clang 14.
struct Here {
  Here(const char* its_file = __builtin_FILE(), int its_line = __builtin_LINE())
      : file(its_file), line(its_line) {}
  const char* file;
  int line;
};

class TestDatabase {
 public:
  // `create_options` follow CREATE DATABASE, such as "ENCODING 'SQL_ASCII' LOCALE 'C'". Throws
  // std::runtime_error, which fails the test, when no server answers.
  explicit TestDatabase(std::string_view create_options = "");
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  // Complete but for a password: works in a child whose environment has no PG* variables.
  [[nodiscard]] const std::string& conninfo() const { return conninfo_; }

  // A session of the engine. Throws std::runtime_error when it cannot be opened.
  [[nodiscard]] pg::Connection Connect(std::string_view role = "test") const;

  // Runs statements, separated by semicolons, as one transaction unless they say otherwise. An
  // error fails the test at the caller's line and returns false.
  bool Sql(std::string_view statements, Here here = {});
  // The answer's only value. Anything but one row of one column fails the test.
  std::string Scalar(std::string_view sql, Here here = {});
  std::vector<std::vector<std::string>> Rows(std::string_view sql, Here here = {});

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  struct Clear {
    void operator()(pg_result* result) const;
  };
  using Session = std::unique_ptr<pg_conn, Finish>;
  using Answer = std::unique_ptr<pg_result, Clear>;

  static Session OpenSession(const std::string& conninfo);
  void Create(pg_conn* administrator, std::string_view create_options);
  Answer Run(std::string_view sql, Here here);

  std::string name_;
  std::string conninfo_;
  Session session_;
};

}  // namespace regraft::support

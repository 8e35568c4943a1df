// A fixture that runs `regraft copy app.source app.target` as a program and judges the outcome by
// SQL that shares no code with the engine.
#pragma once

#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::support {

using Flags = std::vector<std::string>;

class Copying : public ::testing::Test {
 protected:
  Copying();
  ~Copying() override;

  // app.source (id, name, amount, note) with `rows` rows of about 100 bytes, without an index, some
  // of them twice and some with NULLs; app.target, empty, with the same columns and origin.
  void MakeTables(int rows);
  // Lets every lane wait for the test: as long as a Gate is closed, no lane gets beyond the first
  // row of a chunk; with `free_rows`, none beyond that many rows of all lanes together. Made by a
  // column default, so nothing but the server's own evaluation is involved. REQUIRES: MakeTables.
  void AddGate(int free_rows = 0);
  // Waits until so many lanes stand at the closed gate.
  bool WaitAtGate(int lanes, Here here = {});
  // Lets the server fail (SQLSTATE P0001) every row after the first `rows`, until RemoveFuse().
  void AddFuse(int rows);
  void RemoveFuse();

  // "copy app.source app.target --set origin=x --json", on this database, and `flags`.
  [[nodiscard]] Invocation CopyCommand(const Flags& flags = {}) const;
  [[nodiscard]] ProgramResult Copy(const Flags& flags = {}) const;
  [[nodiscard]] RunningProgram StartCopy(const Flags& flags = {}) const;
  // The same as `role`, which MakeRole has made.
  [[nodiscard]] Invocation CopyCommandAs(const std::string& role, const Flags& flags = {}) const;

  // A login role that can reach this database; dropped with the fixture.
  std::string MakeRole(const std::string& suffix, const std::string& options = "");

  // Rows with origin x are the source's rows, exactly and with their duplicates.
  void ExpectExact(Here here = {});
  // No chunk is recorded whose rows are not all there, and no row is there without its chunk.
  void ExpectNoHalfChunk(Here here = {});
  void ExpectExit(int code, const ProgramResult& result, std::string_view words = "",
                  Here here = {});
  // Waits until the query says true. Fails the test after `seconds`.
  bool WaitUntil(const std::string& condition, int seconds = 30, Here here = {});
  // Ends the server's side of the program's sessions whose application_name is LIKE `name`; how
  // many.
  int Terminate(const std::string& name, Here here = {});
  [[nodiscard]] std::string DoneChunks();

  TestDatabase database_;

 private:
  std::vector<std::string> roles_;
};

// Closed from construction to Open() or the end.
class Gate {
 public:
  explicit Gate(const TestDatabase& database);
  void Open();

 private:
  pg::Connection session_;
};

// The one JSON document on standard output; fails the test when it is none.
nlohmann::json Document(const ProgramResult& result, Here here = {});

}  // namespace regraft::support

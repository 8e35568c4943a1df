// Measures copies of a table into a scratch table of the same database.
#pragma once

#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/status.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace regraft::copy {

struct BenchOptions {
  pg::ConnectOptions connect;
  pg::QualifiedName source;
  int seconds = 60;  // rounds are begun until then
  int jobs = 2;
  int64_t max_memory_bytes = int64_t{1} << 30;
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct BenchLine {
  std::string name;             // "copy, verified" …
  std::vector<double> seconds;  // one per round
  double seconds_median = 0;
};

struct BenchResult {
  std::string source;
  int64_t rows = 0, bytes = 0;  // of one copy, as sent
  int jobs = 0, rounds = 0;
  std::vector<BenchLine> lines;
};

// Takes no lock on the source and leaves nothing behind: the scratch schema is dropped and the
// ledger's entries are removed, also after a failure.
absl::Status RunBench(const BenchOptions& options, BenchResult* result);

}  // namespace regraft::copy

// The whole pipeline against the real server that PGHOST … name (scripts/private-postgres run --
// …): a table of generated rows is copied into an empty one. Wall time; the server's work is in it.

#include "engine/base/status_macros.h"
#include "engine/copy/copy_job.h"
#include "engine/pg/connection.h"

#include "absl/strings/str_cat.h"
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

namespace regraft::bench {
namespace {

constexpr int kRows = 300'000;

// Drops what the benchmark made when it ends.
class Server {
 public:
  Server() {
    auto opened = pg::Connection::Open({.conninfo = "", .role = "pipeline-bench"});
    if (!opened.ok()) {
      error_ = AsStd(opened.status().message());
      return;
    }
    connection_ = std::make_unique<pg::Connection>(*std::move(opened));
    Run("CREATE SCHEMA IF NOT EXISTS pipeline_bench");
    Run("DROP TABLE IF EXISTS pipeline_bench.source");
    Run(absl::StrCat(
        "CREATE TABLE pipeline_bench.source AS SELECT g AS id, md5(g::text)::uuid AS key,"
        " 'https://example.com/page/' || g AS url, now() AS seen_at, g % 7 AS status,"
        " repeat('x', g % 120) AS note FROM generate_series(1, ",
        kRows, ") g"));
    Run("VACUUM ANALYZE pipeline_bench.source");
  }
  ~Server() { Run("DROP SCHEMA IF EXISTS pipeline_bench CASCADE"); }

  void FreshTarget() {
    Run("DROP TABLE IF EXISTS pipeline_bench.target");
    Run("CREATE TABLE pipeline_bench.target (LIKE pipeline_bench.source)");
    Run("ALTER TABLE pipeline_bench.target ADD COLUMN origin text");
    Run("CHECKPOINT");
  }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  void Run(const std::string& sql) {
    if (connection_ == nullptr) return;
    const absl::Status status = connection_->Run(sql);
    if (!status.ok()) error_ = AsStd(status.message());
  }

  std::unique_ptr<pg::Connection> connection_;
  std::string error_;
};

void CopyTable(benchmark::State& state) {
  static Server server;
  copy::CopyOptions options;
  options.request.source = {"pipeline_bench", "source"};
  options.request.target = {"pipeline_bench", "target"};
  options.request.mapping.constants = {{"origin", "bench"}};
  options.jobs = static_cast<int>(state.range(0));
  options.verify = state.range(1) != 0;
  int64_t rows = 0, bytes = 0;
  for (auto _ : state) {
    server.FreshTarget();
    copy::CopyReport report;
    const absl::Status status = RunCopy(options, &report);
    if (!status.ok() || !server.error().empty()) {
      const std::string error = status.ok() ? server.error() : status.ToString();
      state.SkipWithError(error.c_str());
      break;
    }
    state.SetIterationTime(report.seconds_total);
    rows += report.rows;
    bytes += report.bytes;
  }
  state.SetItemsProcessed(rows);
  state.SetBytesProcessed(bytes);
}
BENCHMARK(CopyTable)
    ->ArgNames({"lanes", "verify"})
    ->Args({1, 0})
    ->Args({2, 0})
    ->Args({3, 0})
    ->Args({2, 1})
    ->UseManualTime()
    ->Iterations(1)
    ->Repetitions(5)
    ->ReportAggregatesOnly()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace regraft::bench

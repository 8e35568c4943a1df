#include "engine/copy/bench_job.h"

#include "engine/analysis/create_table.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/table.h"
#include "engine/copy/copy_job.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <unistd.h>

namespace regraft::copy {
namespace {

constexpr const char* kDiscriminator = "regraft_bench";

class Bench {
 public:
  Bench(const BenchOptions& options, pg::Connection* connection, BenchResult* result)
      : options_(options),
        connection_(*connection),
        result_(result),
        scratch_{absl::StrCat("regraft_bench_", connection->backend_pid()), "scratch"} {
    result_->source = pg::DisplayName(options.source);
    result_->jobs = options.jobs;
    result_->lines = {{.name = "copy, verified"},
                      {.name = "copy, unverified"},
                      {.name = "INSERT ... SELECT, unverified"}};
  }

  absl::Status Run() {
    RETURN_IF_ERROR(Prepare());
    const Stopwatch watch;
    do {
      RETURN_IF_ERROR(Round());
    } while (watch.seconds() < options_.seconds);
    for (BenchLine& line : result_->lines) {
      std::vector<double> sorted = line.seconds;
      std::sort(sorted.begin(), sorted.end());
      line.seconds_median = sorted[sorted.size() / 2];
    }
    return absl::OkStatus();
  }

  absl::Status CleanUp() {
    RETURN_IF_ERROR(
        connection_.Run(absl::StrCat("DROP TABLE IF EXISTS ", pg::QuoteQualified(scratch_))));
    RETURN_IF_ERROR(connection_.Run(
        absl::StrCat("DROP SCHEMA IF EXISTS ", pg::QuoteIdentifier(scratch_.schema))));
    return ForgetInLedger();
  }

 private:
  absl::Status Prepare() {
    ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(connection_, options_.source));
    if (!oid.has_value()) return BadPlan(absl::StrCat("there is no table ", result_->source));
    ASSIGN_OR_RETURN(source_, catalog::ReadTable(connection_, *oid));
    const int64_t megabytes = source_.total_bytes() / 1'000'000;
    options_.say(absl::StrCat("each round copies about ", megabytes,
                              " MB three times, into schema ", scratch_.schema));
    return connection_.Run(absl::StrCat("CREATE SCHEMA ", pg::QuoteIdentifier(scratch_.schema)));
  }

  plan::CopyRequest Request() const {
    plan::CopyRequest request{.source = source_.name, .target = scratch_};
    request.mapping.constants = {{kDiscriminator, "bench"}};
    return request;
  }

  // An empty target without indexes, for every measurement anew.
  absl::Status FreshTarget() {
    RETURN_IF_ERROR(
        connection_.Run(absl::StrCat("DROP TABLE IF EXISTS ", pg::QuoteQualified(scratch_))));
    RETURN_IF_ERROR(ForgetInLedger());
    return connection_.Run(analysis::MakeCreateStatements(Request(), source_).table);
  }

  absl::Status Round() {
    ++result_->rounds;
    RETURN_IF_ERROR(MeasureCopy(/*verify=*/true, &result_->lines[0]));
    RETURN_IF_ERROR(MeasureCopy(/*verify=*/false, &result_->lines[1]));
    return MeasureInsert(&result_->lines[2]);
  }

  absl::Status MeasureCopy(bool verify, BenchLine* line) {
    RETURN_IF_ERROR(FreshTarget());
    CopyOptions options{
        .source = options_.connect, .target = options_.connect, .request = Request()};
    options.jobs = options_.jobs;
    options.max_memory_bytes = options_.max_memory_bytes;
    options.verify = verify;
    options.lock = false;
    CopyReport report;
    RETURN_IF_ERROR(RunCopy(options, &report));
    result_->rows = report.rows;
    result_->bytes = report.bytes;
    line->seconds.push_back(report.seconds_total);
    return absl::OkStatus();
  }

  absl::Status MeasureInsert(BenchLine* line) {
    RETURN_IF_ERROR(FreshTarget());
    std::string columns, values;
    for (const catalog::Column& column : source_.columns) {
      absl::StrAppend(&columns, pg::QuoteIdentifier(column.name), ", ");
      absl::StrAppend(&values, "s.", pg::QuoteIdentifier(column.name), ", ");
    }
    const Stopwatch watch;
    RETURN_IF_ERROR(connection_.Run(absl::StrCat(
        "INSERT INTO ", pg::QuoteQualified(scratch_), " (", columns, kDiscriminator, ") SELECT ",
        values, "'bench' FROM ", pg::QuoteQualified(source_.name), " AS s")));
    line->seconds.push_back(watch.seconds());
    return absl::OkStatus();
  }

  // A measurement is not a copy that anybody would want to verify later.
  absl::Status ForgetInLedger() {
    ASSIGN_OR_RETURN(const pg::Result there,
                     connection_.Execute("SELECT to_regclass('regraft.copy') IS NOT NULL"));
    if (!there.Bool(0, 0)) return absl::OkStatus();
    RETURN_IF_ERROR(connection_.Run("BEGIN"));
    const std::string copies = absl::StrCat(
        "SELECT copy_id FROM regraft.copy WHERE target_name = '", pg::DisplayName(scratch_), "'");
    const std::string runs =
        absl::StrCat("SELECT run_id FROM regraft.run WHERE copy_id IN (", copies, ")");
    for (const char* table : {"chunk_done", "chunk", "step", "worker", "remainder"})
      RETURN_IF_ERROR(connection_.Run(
          absl::StrCat("DELETE FROM regraft.", table, " WHERE run_id IN (", runs, ")")));
    RETURN_IF_ERROR(
        connection_.Run(absl::StrCat("DELETE FROM regraft.run WHERE copy_id IN (", copies, ")")));
    RETURN_IF_ERROR(
        connection_.Run(absl::StrCat("DELETE FROM regraft.copy WHERE copy_id IN (", copies, ")")));
    return connection_.Commit();
  }

  const BenchOptions& options_;
  pg::Connection& connection_;
  BenchResult* result_;
  pg::QualifiedName scratch_;
  catalog::Table source_;
};

}  // namespace

absl::Status RunBench(const BenchOptions& options, BenchResult* result) {
  pg::ConnectOptions connect = options.connect;
  connect.role = "bench";
  connect.scope = nullptr;  // an interrupt stops the copies; this session must still clean up
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(connect));
  Bench bench(options, &connection, result);
  const absl::Status run = bench.Run();
  const absl::Status cleaned = bench.CleanUp();
  return run.ok() ? cleaned : run;
}

}  // namespace regraft::copy

#include "engine/base/bytes.h"
#include "engine/base/deadline.h"
#include "engine/pg/error.h"
#include "engine/verification/scan.h"
#include "engine/verification/scan_snapshot.h"
#include "tests/support/postgres.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace regraft::verification {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A scan that must stop has stopped long before this; a server that waits for pg_sleep has not.
constexpr double kPatienceSeconds = 20;

class Scanning : public ::testing::Test {
 protected:
  catalog::Leaf LeafOf(const std::string& name) {
    const auto facts = database_.Rows(
        "SELECT oid, relkind, pg_relation_size(oid) / 8192, pg_relation_size(oid) "
        "FROM pg_class WHERE oid = '" +
        name + "'::regclass");
    catalog::Leaf leaf;
    leaf.oid = static_cast<uint32_t>(std::stoul(facts[0][0]));
    leaf.name = {"public", name};
    leaf.relkind = facts[0][1][0];
    leaf.has_ctid = leaf.relkind == 'r' || leaf.relkind == 'm';
    leaf.blocks = leaf.has_ctid ? std::stoll(facts[0][2]) : 0;
    leaf.heap_bytes = leaf.has_ctid ? std::stoll(facts[0][3]) : 0;
    return leaf;
  }

  ScanRequest Request(const std::vector<std::string>& names) {
    ScanRequest request;
    request.connect = {.conninfo = database_.conninfo(),
                       .role = "scan",
                       .client_encoding = "",
                       .scope = std::make_shared<pg::CancelScope>()};
    for (const std::string& name : names) request.leaves.push_back(LeafOf(name));
    request.select = {"s.id"};
    request.jobs = 3;
    request.chunk_bytes = 8192;
    return request;
  }

  // The int8 ids that the scan hands out, each with its chunk.
  std::multiset<int64_t> Ids(const ScanRequest& request) {
    std::mutex mutex;
    std::multiset<int64_t> ids;
    const absl::Status status =
        Scan(request, [&](int /*lane*/, size_t chunk, std::string_view fields) {
          const std::lock_guard lock(mutex);
          ids.insert(LoadBig<int64_t>(fields.data() + 4));
          chunks_seen_.insert(chunk);
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return ids;
  }

  static std::multiset<int64_t> OneTo(int64_t last) {
    std::multiset<int64_t> ids;
    for (int64_t id = 1; id <= last; ++id) ids.insert(ids.end(), id);
    return ids;
  }

  void CreateNumbers(const std::string& name, int rows) {
    database_.Sql("CREATE TABLE " + name +
                  " (id int8, note text DEFAULT repeat('x', 100)); INSERT INTO " + name +
                  " SELECT g FROM generate_series(1, " + std::to_string(rows) + ") g");
  }

  support::TestDatabase database_;
  std::set<size_t> chunks_seen_;
};

constexpr auto kIgnore = [](int, size_t, std::string_view) { return absl::OkStatus(); };

TEST_F(Scanning, GivesEachRowOnceWhateverTheChunks) {
  CreateNumbers("numbers", 20'000);
  ScanRequest request = Request({"numbers"});
  EXPECT_EQ(Ids(request), OneTo(20'000));
  EXPECT_GT(chunks_seen_.size(), 100U);
  request.jobs = 1;
  request.chunk_bytes = int64_t{1} << 40;
  EXPECT_EQ(Ids(request), OneTo(20'000));
}

TEST_F(Scanning, ReadsBlocksThatWereAddedAfterTheChunksWereCut) {
  CreateNumbers("numbers", 100);
  const ScanRequest request = Request({"numbers"});
  database_.Sql("INSERT INTO numbers SELECT g FROM generate_series(101, 5000) g");
  EXPECT_EQ(Ids(request), OneTo(5'000));
}

TEST_F(Scanning, ReadsNothingFromAnEmptyTable) {
  CreateNumbers("numbers", 0);
  EXPECT_TRUE(Ids(Request({"numbers"})).empty());
}

TEST_F(Scanning, CountsTheRowsOfATableWithoutColumns) {
  database_.Sql("CREATE TABLE bare (); INSERT INTO bare SELECT FROM generate_series(1, 7)");
  ScanRequest request = Request({"bare"});
  request.select.clear();
  std::atomic<int> rows = 0;
  ASSERT_TRUE(Scan(request, [&](int, size_t, std::string_view fields) {
                EXPECT_TRUE(fields.empty());
                ++rows;
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(rows, 7);
}

TEST_F(Scanning, ReadsLeavesAndViewsAndAppliesTheCondition) {
  database_.Sql(
      "CREATE TABLE whole (id int8) PARTITION BY RANGE (id);"
      "CREATE TABLE low PARTITION OF whole FOR VALUES FROM (0) TO (51);"
      "CREATE TABLE high PARTITION OF whole DEFAULT;"
      "INSERT INTO whole SELECT g FROM generate_series(1, 100) g;"
      "CREATE VIEW seen AS SELECT * FROM whole; CREATE MATERIALIZED VIEW kept AS TABLE whole");
  EXPECT_EQ(Ids(Request({"low", "high"})), OneTo(100));
  EXPECT_EQ(Ids(Request({"seen"})), OneTo(100));
  EXPECT_EQ(Ids(Request({"kept"})), OneTo(100));
  ScanRequest request = Request({"low", "high"});
  request.where = "id <= 60";
  EXPECT_EQ(Ids(request), OneTo(60));
}

TEST_F(Scanning, StaysInTheSnapshotItIsGiven) {
  CreateNumbers("numbers", 1'000);
  ScanRequest request = Request({"numbers"});
  auto snapshot = ExportedSnapshot::Export(request.connect);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  request.snapshot = snapshot->id();
  database_.Sql("DELETE FROM numbers WHERE id <= 500; INSERT INTO numbers VALUES (7000)");
  EXPECT_EQ(Ids(request), OneTo(1'000));
}

TEST_F(Scanning, DoesNotTrustAnIndexThatMissesRows) {
  CreateNumbers("numbers", 2'000);
  database_.Sql("CREATE INDEX numbers_id ON numbers (id)");
  database_.Sql("UPDATE pg_index SET indisready = false WHERE indexrelid = 'numbers_id'::regclass");
  database_.Sql("INSERT INTO numbers VALUES (1)");
  database_.Sql("UPDATE pg_index SET indisready = true WHERE indexrelid = 'numbers_id'::regclass");
  ScanRequest request = Request({"numbers"});
  request.where = "id = 1";
  EXPECT_EQ(Ids(request), (std::multiset<int64_t>{1, 1}));
}

TEST_F(Scanning, EndsWithinSecondsWhenABackendIsKilled) {
  CreateNumbers("numbers", 20'000);
  const ScanRequest request = Request({"numbers"});
  std::once_flag once;
  const Stopwatch watch;
  std::string killed;  // the first lane to read: another may not be there yet
  const absl::Status status = Scan(request, [&](int lane, size_t, std::string_view) {
    std::call_once(once, [&] {
      killed = "scan/" + std::to_string(lane + 1);
      database_.Sql(
          "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
          "WHERE application_name = 'regraft/" +
          killed + "'");
    });
    return absl::OkStatus();
  });
  EXPECT_FALSE(status.ok());
  EXPECT_FALSE(pg::IsCancellation(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(killed));
  EXPECT_LT(watch.seconds(), kPatienceSeconds);
}

TEST_F(Scanning, NamesLeafAndRangeOfTheRootCauseAndCancelsThePeers) {
  CreateNumbers("numbers", 20'000);
  database_.Sql("CREATE VIEW slow AS SELECT id FROM numbers WHERE pg_sleep(600) IS NULL");
  ScanRequest request = Request({"slow", "numbers"});
  request.select = {"1 / (s.id - 15000)"};
  const Stopwatch watch;
  const absl::Status status = Scan(request, kIgnore);
  EXPECT_EQ(pg::Sqlstate(status), "22012") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("public.numbers, ctid ("));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("cancel")));
  EXPECT_LT(watch.seconds(), kPatienceSeconds);
}

TEST_F(Scanning, ReturnsTheVisitorsError) {
  CreateNumbers("numbers", 20'000);
  database_.Sql("CREATE VIEW slow AS SELECT id FROM numbers WHERE pg_sleep(600) IS NULL");
  const Stopwatch watch;
  const absl::Status status =
      Scan(Request({"slow", "numbers"}), [](int, size_t chunk, std::string_view) {
        return chunk == 5 ? absl::DataLossError("seen enough") : absl::OkStatus();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("seen enough"));
  EXPECT_LT(watch.seconds(), kPatienceSeconds);
}

TEST_F(Scanning, SurvivesAVisitorThatThrows) {
  CreateNumbers("numbers", 100);
  const absl::Status status =
      Scan(Request({"numbers"}),
           [](int, size_t, std::string_view) -> absl::Status { throw std::bad_alloc(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(Scanning, EndsWhenTheCallersScopeIsCancelled) {
  CreateNumbers("numbers", 1);
  database_.Sql("CREATE VIEW slow AS SELECT id FROM numbers WHERE pg_sleep(600) IS NULL");
  const ScanRequest request = Request({"slow", "slow"});
  const Stopwatch watch;
  std::jthread canceller([&] {
    while (database_.Scalar("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") !=
           "2")
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    request.connect.scope->Cancel();
  });
  EXPECT_TRUE(pg::IsCancellation(Scan(request, kIgnore)));
  EXPECT_LT(watch.seconds(), kPatienceSeconds);
}

TEST_F(Scanning, SaysThatTheSnapshotIsGone) {
  CreateNumbers("numbers", 1);
  ScanRequest request = Request({"numbers"});
  request.snapshot = "00000009-00000009-1";
  EXPECT_THAT(std::string(Scan(request, kIgnore).message()), HasSubstr("snapshot"));
}

}  // namespace
}  // namespace regraft::verification

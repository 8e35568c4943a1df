#include "engine/proof/reader.h"

#include "engine/analysis/column_reading.h"
#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/pg/snapshot.h"

#include "absl/strings/str_cat.h"

namespace regraft::proof {
namespace {

constexpr uint32_t kText = 25;

// Trade-off: below, starting sessions takes longer than reading; half a plan's tables are empty.
constexpr int64_t kSmallBytes = int64_t{1} << 20;

}  // namespace

absl::StatusOr<Reader> Reader::Open(const pg::ConnectOptions& connect, int jobs) {
  pg::ConnectOptions options = connect;
  options.role = "verify";
  ASSIGN_OR_RETURN(auto snapshot, verification::ExportedSnapshot::Export(options));
  pg::ConnectOptions small = options;
  small.role = "verify-small";
  ASSIGN_OR_RETURN(pg::Connection session, pg::OpenInSnapshot(small, snapshot.id()));
  return Reader(std::move(options), jobs, std::move(snapshot),
                std::make_unique<pg::Connection>(std::move(session)));
}

absl::Status Reader::Guard(const std::function<absl::Status()>& work) {
  for (pg::Connection* session : {&connection(), small_.get()})
    RETURN_IF_ERROR(session->Run("SAVEPOINT regraft_check"));
  absl::Status done = work();
  const std::string end = absl::StrCat(done.ok() ? "" : "ROLLBACK TO SAVEPOINT regraft_check; ",
                                       "RELEASE SAVEPOINT regraft_check");
  for (pg::Connection* session : {&connection(), small_.get()})
    if (const absl::Status ended = session->Run(end); done.ok()) RETURN_IF_ERROR(ended);
  return done;
}

absl::StatusOr<const catalog::Table*> Reader::Find(uint32_t oid) {
  const auto [entry, is_new] = tables_.try_emplace(oid);
  if (is_new && oid != 0) {
    auto table = catalog::ReadTable(connection(), oid);
    if (!table.ok() && !absl::IsNotFound(table.status())) return table.status();
    if (table.ok()) entry->second = *std::move(table);
  }
  return entry->second.has_value() ? &*entry->second : nullptr;
}

absl::StatusOr<const catalog::Table*> Reader::Find(const std::string& name) {
  ASSIGN_OR_RETURN(const pg::QualifiedName parsed, pg::ParseQualifiedName(name));
  ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(connection(), parsed));
  return Find(oid.value_or(0));
}

absl::StatusOr<int64_t> Reader::CountRows(const catalog::Table& table) {
  ASSIGN_OR_RETURN(
      const pg::Result count,
      connection().Execute(absl::StrCat("SELECT count(*) FROM ", pg::QuoteQualified(table.name))));
  return count.Int64(0, 0);
}

verification::ScanRequest Reader::Scan(const std::vector<catalog::Leaf>& leaves,
                                       const std::string& where) const {
  int64_t bytes = 0;
  for (const catalog::Leaf& leaf : leaves) bytes += leaf.heap_bytes + leaf.toast_bytes;
  return {.connect = connect_,
          .leaves = leaves,
          .select = {},
          .where = where,
          .snapshot = snapshot_.id(),
          .jobs = jobs_,
          .session = bytes < kSmallBytes ? small_.get() : nullptr};
}

verification::ScanRequest Reader::Scan(const std::string& from) const {
  return {.connect = connect_,
          .leaves = {},
          .select = {},
          .where = "",
          .snapshot = snapshot_.id(),
          .jobs = 1,
          .from = from,
          .session = small_.get()};
}

absl::StatusOr<verification::DiffSide> MakeSide(verification::ScanRequest scan,
                                                const std::vector<catalog::Column>& columns,
                                                const std::vector<std::string>& expressions) {
  verification::DiffSide side{
      .scan = std::move(scan), .columns = {}, .text = {}, .shapes = {}, .label = ""};
  for (size_t i = 0; i < columns.size(); ++i) {
    const catalog::Type& type = columns[i].type;
    ASSIGN_OR_RETURN(const analysis::ColumnReading reading,
                     analysis::ReadColumn(columns[i], /*portable=*/false));
    side.text.push_back(analysis::OutputText(expressions[i], type.is_xml));
    side.columns.push_back(reading.as_text ? side.text.back() : expressions[i]);
    side.shapes.push_back(reading.shape);
    side.type_oids.push_back(reading.as_text ? kText : type.base_oid);
  }
  return side;
}

absl::StatusOr<verification::DiffSide> MakeSide(verification::ScanRequest scan,
                                                const std::vector<catalog::Column>& columns) {
  std::vector<std::string> expressions;
  expressions.reserve(columns.size());
  for (const catalog::Column& column : columns)
    expressions.push_back(analysis::SourceColumn(column.name));
  return MakeSide(std::move(scan), columns, expressions);
}

}  // namespace regraft::proof

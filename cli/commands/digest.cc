// regraft digest: one number for the rows of a relation.

#include "engine/digest/digest.h"

#include "cli/commands/column_list.h"
#include "cli/commands/commands.h"
#include "cli/commands/read_relation.h"
#include "engine/analysis/column_reading.h"
#include "engine/base/deadline.h"
#include "engine/base/status_macros.h"
#include "engine/verification/digest_rows.h"
#include "engine/verification/scan_snapshot.h"

#include <cinttypes>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace regraft::cli {
namespace {

constexpr const char* kHelp =
    "Prints one digest of a relation's rows: equal for equal rows in any database, whatever their\n"
    "physical order; different when one bit of one value differs. Reads binary images in one "
    "snapshot.\n"
    "Example:\n"
    "  regraft digest app.orders --where \"created_at < '2024-01-01'\"";

struct DigestFlags {
  std::string relation;
  std::string columns;
  ReadFlags read;
};

struct Outcome {
  std::string relation;
  std::vector<std::string> columns;
  digest::SetDigest digest;
};

absl::StatusOr<std::vector<std::string>> ColumnNames(const DigestFlags& flags,
                                                     const catalog::Table& table) {
  if (!flags.columns.empty()) return ParseColumnNames(flags.columns, {&table});
  std::vector<std::string> names;
  for (const catalog::Column& column : table.columns) names.push_back(column.name);
  return names;
}

absl::Status Digest(const Session& session, const DigestFlags& flags, Outcome* outcome) {
  // The catalog is read inside the snapshot: columns and partitions are those of the rows.
  ASSIGN_OR_RETURN(auto snapshot,
                   verification::ExportedSnapshot::Export(session.Connect("digest")));
  ASSIGN_OR_RETURN(const OpenedRelation relation,
                   OpenRelation(snapshot.connection(), flags.relation, flags.read));
  outcome->relation = relation.name();
  ASSIGN_OR_RETURN(outcome->columns, ColumnNames(flags, relation.table));
  verification::ScanRequest request{.connect = session.Connect("digest"),
                                    .leaves = relation.leaves,
                                    .where = flags.read.where,
                                    .snapshot = snapshot.id(),
                                    .jobs = flags.read.jobs};
  std::vector<copy_format::TypeShape> shapes;
  for (const std::string& name : outcome->columns) {
    ASSIGN_OR_RETURN(const analysis::ColumnReading reading,
                     analysis::ReadColumn(*relation.table.FindColumn(name), /*portable=*/true));
    request.select.push_back(reading.expression);
    shapes.push_back(reading.shape);
  }
  ASSIGN_OR_RETURN(outcome->digest, verification::DigestRows(request, shapes));
  return absl::OkStatus();
}

int Run(const Session& session, const DigestFlags& flags) {
  const Stopwatch watch;
  Outcome outcome{.relation = flags.relation};
  const absl::Status status = Digest(session, flags, &outcome);
  if (status.ok() && !session.json)
    std::printf("%s  %" PRId64 " rows  %s\n", outcome.digest.sum.Hex().c_str(), outcome.digest.rows,
                outcome.relation.c_str());
  nlohmann::ordered_json document = {{"relation", outcome.relation}};
  document["rows"] = nullptr;
  document["bytes"] = nullptr;
  document["digest"] = nullptr;
  if (status.ok()) {
    document["rows"] = outcome.digest.rows;
    document["bytes"] = outcome.digest.bytes;
    document["digest"] = outcome.digest.sum.Hex();
  }
  document["columns"] = outcome.columns;
  document["seconds"] = watch.seconds();
  return Conclude(session, status, std::move(document));
}

}  // namespace

void AddDigest(CLI::App* app, Session* session) {
  auto flags = std::make_shared<DigestFlags>();
  CLI::App* verb = app->add_subcommand("digest", kHelp);
  verb->add_option("TABLE", flags->relation, "table, partitioned table, view, foreign table")
      ->required();
  verb->add_option("--columns", flags->columns,
                   "only these, in this order; default: all, in theirs")
      ->type_name("A,B");
  AddReadFlags(verb, &flags->read);
  AddCommonFlags(verb, session);
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli

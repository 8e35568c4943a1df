// regraft diff: which rows of two relations differ, where, and how.

#include "cli/commands/commands.h"
#include "cli/commands/diff_output.h"
#include "cli/commands/diff_plan.h"
#include "cli/commands/read_relation.h"
#include "cli/exit_code.h"
#include "engine/base/deadline.h"
#include "engine/base/status_macros.h"
#include "engine/verification/row_diff.h"
#include "engine/verification/scan_snapshot.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace regraft::cli {
namespace {

constexpr const char* kHelp =
    "Compares two relations row by row and names the rows, columns and values that differ. Equal "
    "means\n"
    "the same binary image: 1.0 is not 1.00. Exits with 0 if all is equal, with 2 if not.\n"
    "Example:\n"
    "  regraft diff app.orders archive.orders --ignore archived_at --diff-keys differing.csv";

struct DiffFlags {
  std::string a;
  std::string b;
  std::string from;
  std::string to;
  std::string key;
  std::string ignore;
  std::string diff_keys;
  ReadFlags read;
};

struct Outcome {
  std::string a;
  std::string b;
  DiffPlan plan;
  DiffOutput output;
  verification::DiffTotals totals;
};

// One side while it is read: everything about it happens in one snapshot, the look at the catalog
// too.
struct OpenSide {
  pg::ConnectOptions connect;
  verification::ExportedSnapshot snapshot;
  catalog::DatabaseIdentity database;
};

absl::StatusOr<OpenSide> OpenSnapshot(const Session& session, const std::string& dsn,
                                      const char* role) {
  const pg::ConnectOptions connect = session.ConnectTo(dsn.empty() ? session.dsn : dsn, role);
  ASSIGN_OR_RETURN(auto snapshot, verification::ExportedSnapshot::Export(connect));
  ASSIGN_OR_RETURN(auto database, catalog::ReadDatabaseIdentity(snapshot.connection()));
  return OpenSide{connect, std::move(snapshot), std::move(database)};
}

void SetScan(const OpenSide& side, const OpenedRelation& relation, const ReadFlags& flags,
             verification::ScanRequest* scan) {
  scan->connect = side.connect;
  scan->leaves = relation.leaves;
  scan->where = flags.where;
  scan->jobs = flags.jobs;
  scan->snapshot = side.snapshot.id();
}

absl::Status Diff(const Session& session, const DiffFlags& flags, Outcome* outcome) {
  RETURN_IF_ERROR(outcome->output.Open(flags.diff_keys));
  ASSIGN_OR_RETURN(OpenSide a, OpenSnapshot(session, flags.from, "diff-a"));
  ASSIGN_OR_RETURN(OpenSide b, OpenSnapshot(session, flags.to, "diff-b"));
  const bool same_database = a.database == b.database;
  // In one database both are read at one point in time: writers cannot make a difference of their
  // own.
  OpenSide& inside_b = same_database ? a : b;
  ASSIGN_OR_RETURN(const OpenedRelation relation_a,
                   OpenRelation(a.snapshot.connection(), flags.a, flags.read));
  ASSIGN_OR_RETURN(const OpenedRelation relation_b,
                   OpenRelation(inside_b.snapshot.connection(), flags.b, flags.read));
  outcome->a = relation_a.name();
  outcome->b = relation_b.name();
  ASSIGN_OR_RETURN(outcome->plan, PlanDiff({.a = relation_a,
                                            .b = relation_b,
                                            .key = flags.key,
                                            .ignore = flags.ignore,
                                            .same_database = same_database}));
  DiffPlan& plan = outcome->plan;
  SetScan(a, relation_a, flags.read, &plan.a.scan);
  SetScan(inside_b, relation_b, flags.read, &plan.b.scan);
  plan.b.scan.connect = b.connect;  // another role may read there
  outcome->output.Begin(plan);
  ASSIGN_OR_RETURN(outcome->totals, verification::DiffRows(plan.a, plan.b, {.key = plan.key},
                                                           [&](const auto& difference) {
                                                             outcome->output.Add(difference);
                                                             return true;
                                                           }));
  return outcome->output.Close();
}

std::string Summary(const Outcome& outcome) {
  const verification::DiffTotals& totals = outcome.totals;
  const std::string by = outcome.plan.key.empty()
                             ? "as whole rows"
                             : absl::StrCat("by ", outcome.plan.key_source, " (",
                                            absl::StrJoin(outcome.plan.key_names(), ", "), ")");
  const std::string counts =
      absl::StrCat("a = ", outcome.a, ": ", totals.rows_a, " rows; b = ", outcome.b, ": ",
                   totals.rows_b, " rows; compared ", by, "\n");
  if (totals.equal()) return counts + "equal\n";
  return absl::StrCat(counts, "different: ", totals.only_in_a, " only in a, ", totals.only_in_b,
                      " only in b, ", totals.changed, " changed, ", totals.count_differs,
                      " a different number of times\n");
}

nlohmann::ordered_json Document(const Outcome& outcome, bool complete) {
  nlohmann::ordered_json document = {{"a", outcome.a}, {"b", outcome.b}};
  const verification::DiffTotals& totals = outcome.totals;
  const auto number = [&](const char* name, int64_t value) {
    document[name] = complete ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
  };
  number("rows_a", totals.rows_a);
  number("rows_b", totals.rows_b);
  number("only_in_a", totals.only_in_a);
  number("only_in_b", totals.only_in_b);
  number("changed", totals.changed);
  number("count_differs", totals.count_differs);
  document["key"] = outcome.plan.key_names();
  document["differences"] = outcome.output.Json();
  return document;
}

int Run(const Session& session, const DiffFlags& flags) {
  const Stopwatch watch;
  Outcome outcome{.a = flags.a, .b = flags.b};
  const absl::Status status = Diff(session, flags, &outcome);
  if (status.ok() && !session.json)
    std::printf("%s%s", outcome.output.Text().c_str(), Summary(outcome).c_str());
  nlohmann::ordered_json document = Document(outcome, status.ok());
  document["seconds"] = watch.seconds();
  const int exit_code = Conclude(session, status, std::move(document));
  return exit_code == kDone && !outcome.totals.equal() ? kDifferences : exit_code;
}

}  // namespace

void AddDiff(CLI::App* app, Session* session) {
  auto flags = std::make_shared<DiffFlags>();
  CLI::App* verb = app->add_subcommand("diff", kHelp);
  verb->add_option("A", flags->a, "table, partitioned table, view, foreign table")->required();
  verb->add_option("B", flags->b, "what to compare it with")->required();
  verb->add_option("--from", flags->from, "where A is; default: --dsn")
      ->envname("REGRAFT_FROM")
      ->type_name("DSN");
  verb->add_option("--to", flags->to, "where B is; default: --dsn")
      ->envname("REGRAFT_TO")
      ->type_name("DSN");
  verb->add_option(
          "--key", flags->key,
          "columns that tell the rows; default: A's primary key, else a unique index, else all")
      ->type_name("A,B");
  verb->add_option("--ignore", flags->ignore, "columns that are not compared")->type_name("A,B");
  verb->add_option("--diff-keys", flags->diff_keys, "writes the keys of all differing rows as CSV")
      ->type_name("FILE");
  AddReadFlags(verb, &flags->read);
  AddCommonFlags(verb, session);
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli

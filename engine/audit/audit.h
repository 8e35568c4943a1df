// Runs the checks of data that a plan states: all of them in one snapshot, none before every name
// and every piece of SQL has been accepted by the server. Changes no data; what came out is kept in
// the ledger, and compared with the last time. docs/audit.md.
#pragma once

#include "engine/pg/connection.h"
#include "engine/plan/plan.h"

#include "absl/status/status.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regraft::audit {

// Some of the rows that a check found, values as the server writes them.
struct Samples {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

// The last time that the ledger knows of this check; found absent: of kind freshness.
struct Earlier {
  std::optional<int64_t> found;
  bool passed = false;
  std::string at;
};

struct CheckResult {
  const plan::Audit* audit = nullptr;
  bool passed = false;
  int64_t found = 0;  // what the kind counts; of freshness: 0, or 1 if it fails
  // What the number is made of, by name: "groups", "rows", "surplus".
  std::vector<std::pair<std::string, int64_t>> parts;
  std::string newest;     // freshness: the newest value; empty where there is none
  std::string collation;  // duplicate: by which text was compared
  Samples samples;
  std::optional<Earlier> earlier;
  double seconds = 0;
};

struct AuditReport {
  std::string snapshot_at;  // "2026-02-06 10:20:30 UTC", by the server's clock
  int64_t run_id = 0;       // 0: not recorded
  std::vector<CheckResult> checks;
};

struct AuditOptions {
  pg::ConnectOptions connect;
  const plan::Plan& plan;
  std::string plan_text;
  std::set<std::string> only;  // ids; empty: all
  bool record = true;
  int samples = 3;  // rows per check
  // Gets the rows that a check found, as CSV with a header, piece by piece; unset: no export. Not
  // called for kinds that find no rows.
  std::function<absl::Status(const plan::Audit& audit, std::string_view csv)> export_rows = {};
};

// Errors: BadPlan for ids, tables, columns and SQL that do not exist or do not fit, all of them at
// once and before any check has run; Differences if a check fails, with `report` filled.
absl::Status RunAudits(const AuditOptions& options, AuditReport* report);

}  // namespace regraft::audit

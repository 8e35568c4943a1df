// A repair with its tables found, and the SQL of what it changes. Internal to this folder.
#pragma once

#include "engine/audit/check.h"
#include "engine/plan/plan.h"

#include "absl/status/statusor.h"

#include <memory>
#include <string>
#include <vector>

namespace regraft::clean {

// A table that refers to the repaired one: by a foreign key, or because the plan says so.
struct Referrer {
  audit::Check check;            // table: the one that refers; other: the repaired one
  std::vector<std::string> key;  // its primary key
  std::string words;             // "app.slots (person)"
};

struct Trigger {
  std::string relation, name;  // quoted
  char enabled = 'O';
};

struct Target {
  const plan::Repair* repair = nullptr;
  std::unique_ptr<plan::Audit> audit;               // finds the rows in question
  std::vector<std::unique_ptr<plan::Audit>> links;  // of the referrers
  audit::Check check;
  std::vector<std::string> key;  // of the repaired table
  std::vector<Referrer> referrers;
  std::vector<std::string> problems;  // why it must not be done

  [[nodiscard]] const catalog::Table& table() const { return *check.table; }
  // Whether rows go away, or only values.
  [[nodiscard]] bool removes() const {
    return repair->kind == plan::RepairKind::kDedupe ||
           repair->kind == plan::RepairKind::kArchiveOrphans;
  }
  [[nodiscard]] bool changes() const { return repair->kind != plan::RepairKind::kExportDuplicates; }
};

// Names and SQL that do not fit go to `mistakes`, a line each; what must not be done, into the
// target. REQUIRES: no transaction is open.
absl::StatusOr<Target> BindRepair(pg::Connection& connection, const plan::Repair& repair,
                                  std::vector<std::string>* mistakes);

// What the repair would change: key columns k0 …, then for values `o0` and `n0` (old, new), for
// duplicates g0 … (the survivor's key).
std::string AffectedSql(const Target& target);
// Rows in question that have no answer: no value, or more than one. Empty: the kind has none.
std::string LeftSql(const Target& target);
// References to rows of `doomed` (a table or sub-select shaped like AffectedSql): the referrer's
// key k0 …, then o0 …, n0 … per column.
std::string MovedSql(const Target& target, const Referrer& referrer, const std::string& doomed);
// How many rows refer to rows of `doomed`.
std::string ReferringSql(const Target& target, const Referrer& referrer, const std::string& doomed);

// "seen" of "seen desc nulls first".
std::string OrderColumn(const std::string& item);

// Triggers that would act on the repair or on its undo, of one table.
absl::StatusOr<std::vector<Trigger>> ActingTriggers(pg::Connection& connection, uint32_t table,
                                                    bool rows_go);

// Columns as text of rows: ROW(s."a", s."b")::text.
std::string RowText(const std::string& alias, const std::vector<std::string>& columns);
// SELECT of number and digest of the rows that `rows` (SELECT of one text) gives; duplicates and
// every byte of their text count, their order does not.
std::string DigestSql(const std::string& rows);
// a."k1" = b."k0" AND …: `columns` of one side, numbered names of the other.
std::string SameKey(const std::string& alias, const std::vector<std::string>& columns,
                    const std::string& kept, const std::string& prefix = "k");

}  // namespace regraft::clean

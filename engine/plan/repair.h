// A repair of data that a plan states, under `clean`. What it changes is defined in
// docs/plan-format.md; nothing here reads a database.
#pragma once

#include "engine/pg/identifier.h"
#include "engine/plan/mapping.h"
#include "engine/plan/place.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regraft::plan {

enum class RepairKind {
  kBackfill,          // fills `column` where it is NULL, from a joined table
  kExportDuplicates,  // changes nothing: the rows go into a file, for people to merge
  kMatchDomain,       // gives rows without a partner the one whose domain is that of their e-mail
  kDedupe,            // of equal rows one stays; what refers to the others refers to it then
  kArchiveOrphans     // rows without a partner go into an archive
};
// "archive_orphans": the word that begins a repair.
std::string_view KindWord(RepairKind kind);

// Columns of another table that hold values of the deduplicated one.
struct Reference {
  pg::QualifiedName table;
  std::vector<ColumnPair> join;  // its column, the deduplicated table's
};

struct Repair {
  RepairKind kind = RepairKind::kBackfill;
  std::string id;
  Place place;
  pg::QualifiedName table;
  std::string reason;
  std::vector<std::string> todo;
  std::optional<ExpectedRows> expected;  // rows that it changes
  std::set<std::string> allow;           // hazards
  std::string where;                     // SQL over the table's columns; empty: every row

  std::string column;                        // kBackfill, kMatchDomain: what is filled
  bool or_empty = false;                     // kBackfill: '' counts as NULL does
  std::string value;                         // the other table's column that it is filled from
  std::string email;                         // kMatchDomain: column of the table
  std::string domain;                        // kMatchDomain: column of the other table
  std::optional<pg::QualifiedName> other;    // `from`, `in` or `of`
  std::string other_where;                   // SQL over the other table's columns
  std::vector<ColumnPair> join;              // kBackfill, kArchiveOrphans
  std::vector<std::string> columns;          // kDedupe, kExportDuplicates: together one value
  std::string collation;                     // by which texts are equal
  bool ignore_empty = false;                 // '' is no value, as NULL never is
  std::vector<std::string> order_by;         // kDedupe: the first one stays; "seen desc"
  std::vector<Reference> references;         // kDedupe: besides the foreign keys
  std::optional<pg::QualifiedName> archive;  // kDedupe, kArchiveOrphans
};

}  // namespace regraft::plan

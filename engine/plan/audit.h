// A check of data that a plan states. What it counts is defined here and in docs/plan-format.md;
// nothing here reads a database.
#pragma once

#include "engine/pg/identifier.h"
#include "engine/plan/mapping.h"
#include "engine/plan/place.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::plan {

// Each counts what it finds; all but kCount and kFreshness find faults.
enum class AuditKind {
  kNull,            // rows with NULL in `column`, or with '' where the plan says so
  kDuplicate,       // values of `columns` that more than one row has
  kOrphan,          // rows without a partner in `other`; a NULL has none
  kReference,       // rows whose value is in no row of `other`; a NULL refers to nothing
  kCount,           // rows
  kAlignment,       // ids that one table has and the other has not, or that one has twice
  kCardinality,     // keys with fewer than `min` or more than `max` rows
  kFreshness,       // passes if the newest value of `column` is younger than `within`
  kAcceptedValues,  // rows with another value in `column` than `values`
  kSql              // rows that `query` returns
};
// "accepted_values": the word that begins an audit.
std::string_view KindWord(AuditKind kind);

// Of `columns`' values that more than one row has: how many values, how many rows have one of
// them, how many rows are more than one each.
enum class DuplicateUnit { kGroups, kRows, kSurplus };
// Whose rows must have a partner: the audited table's, the other table's, or both.
enum class Direction { kForward, kBackward, kBoth };

struct Audit {
  AuditKind kind = AuditKind::kNull;
  std::string id;
  Place place;
  pg::QualifiedName table;  // not of kSql
  std::string name;         // kSql
  std::string reason;
  std::vector<std::string> todo;  // what nobody has said yet; the plan is refused with it
  ExpectedRows expected;          // of faults: 0 where the plan says nothing
  std::string where;              // SQL over the table's columns; empty: every row

  bool or_empty = false;             // kNull: '' counts as NULL does
  std::string column;                // kNull, kFreshness, kAcceptedValues
  std::vector<std::string> columns;  // kDuplicate, kCardinality
  std::string collation;             // kDuplicate: by which text is equal
  bool ignore_empty = false;         // kDuplicate: '' is no value, as NULL never is
  DuplicateUnit unit = DuplicateUnit::kGroups;
  std::optional<pg::QualifiedName> other;  // kOrphan, kReference, kAlignment; kCardinality: or none
  std::string other_where;                 // SQL over the other table's columns
  std::vector<ColumnPair> join;            // the table's column, the other's
  Direction direction = Direction::kForward;  // kOrphan
  std::optional<int64_t> min, max;            // kCardinality
  int64_t within_seconds = 0;                 // kFreshness
  std::vector<std::string> values;            // kAcceptedValues, as text
  bool nulls = true;                          // kAcceptedValues: NULL is accepted
  std::string query;                          // kSql
};

}  // namespace regraft::plan

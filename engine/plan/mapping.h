// What the user wants done with a table's columns: a value, no I/O. The flags of `copy` build it,
// and so will the plan file.
#pragma once

#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace regraft::plan {

// A rename. An empty target sends the source column to the overflow column.
struct ColumnPair {
  std::string source;
  std::string target;
};

// The same value in every row: a literal of the target column's type.
struct Constant {
  std::string column;
  std::string value;
};

// Values of a source column, as text, to literals of the target column's type.
struct ValueMap {
  std::string target;
  std::string source;
  std::vector<std::pair<std::string, std::optional<std::string>>> pairs;  // nullopt: SQL NULL
  std::optional<std::string>
      otherwise;  // of the key "*": any other value; absent: another value is an error
  std::optional<std::string> when_null;  // of the key "\N"; absent: NULL stays NULL

  // True if the source value can be told from the target value: no "*", no two keys with one value.
  [[nodiscard]] bool Injective() const;
};

// A target column that no source column fills: a literal, or an SQL expression over the source row
// s.
struct Fill {
  std::string column;
  std::string value;
  bool is_sql = false;
};

// A timestamp without time zone, to be read as local time of this zone.
struct ZonedColumn {
  std::string column;
  std::string zone;
};

// Whose words refusals use for the keys of a mapping: those of the command line, or of a plan file.
enum class Wording { kFlags, kPlanFile };

struct Mapping {
  std::vector<ColumnPair> columns;
  std::vector<Constant> constants;  // together they are the discriminator
  std::vector<ValueMap> value_maps;
  std::vector<Fill> fills;
  std::vector<ZonedColumn> zones;
  bool mint_keys = false;  // the target makes new keys; the originals go to the overflow column
  std::string overflow;    // jsonb column of the target; empty: none
  std::string where;       // SQL over the source's columns; empty: every row
  Wording wording = Wording::kFlags;
};

// How the user says, or would say, what the mapping does with a column: "--set origin", or
// "set: origin".
std::string MappingKey(Wording wording, std::string_view key, std::string_view column);
// "--column id=old_id", or "columns: {id: old_id}".
std::string RenameKey(Wording wording, std::string_view source, std::string_view target);

// What may be done although it can surprise: each allowed by name.
inline constexpr std::string_view kTriggerFires = "trigger-fires";
inline constexpr std::string_view kTriggersSuppressed = "triggers-suppressed";
inline constexpr std::string_view kNoProvenance = "no-provenance";
// Of plans only.
inline constexpr std::string_view kNarrowingCast = "narrowing-cast";
inline constexpr std::string_view kMissingUsage = "missing-usage";
inline constexpr std::string_view kTextualDependents = "textual-dependents";
inline constexpr std::string_view kDeletedByFunction = "deleted-by-function";

// What becomes of the rows of old-style inheritance children.
enum class Children { kRefuse, kExclude, kInclude };

struct CopyRequest {
  pg::QualifiedName source;
  pg::QualifiedName target;
  Mapping mapping;
  bool create = false;                         // make the target if it does not exist
  std::optional<pg::QualifiedName> remainder;  // where rows go that cannot enter the target
  Children children = Children::kRefuse;
  std::set<std::string> allow;  // hazards
};

// The discriminator for people: "origin=2023, region=eu".
std::string DiscriminatorWords(const Mapping& mapping);

// "column=value", cut at the first '='.
absl::StatusOr<Constant> ParseConstant(const std::string& flag);
// "source=target".
absl::StatusOr<ColumnPair> ParseColumnPair(const std::string& flag);
// "target=source:{"a":"x","*":"z"}".
absl::StatusOr<ValueMap> ParseValueMap(const std::string& flag);
// A hazard that `copy` knows, or an error that lists them.
absl::Status CheckHazardName(const std::string& name);
// The names of all hazards, those of plans included.
std::vector<std::string_view> HazardNames();

}  // namespace regraft::plan

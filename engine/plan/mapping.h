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

struct Mapping {
  std::vector<ColumnPair> columns;
  std::vector<Constant> constants;  // together they are the discriminator
  std::vector<ValueMap> value_maps;
  std::string overflow;  // jsonb column of the target; empty: none
  std::string where;     // SQL over the source's columns; empty: every row
};

// What may be done although it can surprise: each allowed by name.
inline constexpr std::string_view kTriggerFires = "trigger-fires";
inline constexpr std::string_view kTriggersSuppressed = "triggers-suppressed";
inline constexpr std::string_view kNoProvenance = "no-provenance";

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
// A known hazard's name, or an error that lists them.
absl::Status CheckHazardName(const std::string& name);

}  // namespace regraft::plan

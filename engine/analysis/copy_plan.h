// Every decision about one copy, made before the first row moves. After analysis no catalog is read
// and every column has a decided form. A value; plain SQL text and framed bytes.
//
//   COPY OUT  : SELECT select[0], select[1], … FROM chunk        (select[0 … source_fields) = the
//   source's columns) COPY IN   : target (written[0].target, written[1].target, …)  built from
//   those fields read-back : see read_back_plan.h
#pragma once

#include "engine/analysis/read_back_plan.h"
#include "engine/catalog/table.h"
#include "engine/copy_format/type_shape.h"
#include "engine/plan/mapping.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace regraft::analysis {

// One column of the row as sent.
struct WrittenColumn {
  enum class Origin { kField, kConstant, kMap };

  std::string target;
  Origin origin = Origin::kField;
  size_t field = 0;    // kField: index into `select`; kMap: of the field that holds the key's text
  std::string framed;  // kConstant: the value, framed
  size_t map = 0;      // kMap: index into `maps`
};

// A value map with its results in the form that COPY IN takes.
struct ResolvedMap {
  std::string source;  // for messages
  std::string target;
  std::vector<std::pair<std::string, std::string>> framed;  // key's text -> framed value
  std::optional<std::string> otherwise_framed;
  std::string null_framed;  // what NULL becomes
  bool injective = false;
};

// Where a source column lives, in words and SQL; for people, and to try the inverse on the rows.
struct SourceHome {
  std::string column, type;
  std::string how;              // "same", "cast", "zone", "map", "overflow"
  std::string home, home_type;  // of the target
  std::string inverse;          // SQL over the target (alias s), of the source column's type
};

// A home whose worth depends on the values present: tried on the data before the first row moves.
struct ValueCheck {
  std::string source_column, source_type;
  std::string target_column, target_type;
  std::string lost_sql;  // over s: true where something would be lost
};

struct CopyPlan {
  catalog::Table source, target;
  catalog::DatabaseIdentity source_database, target_database;
  plan::CopyRequest request;
  bool same_database = true;

  std::vector<std::string> select;
  size_t source_fields = 0;

  std::vector<WrittenColumn> written;
  std::vector<ResolvedMap> maps;
  bool text_format = false;  // COPY IN in text format …
  std::string text_reason;   // … because of this

  ReadBackPlan back;

  std::vector<ValueCheck> value_checks;
  // Target column -> SQL over s (the source) with its value, typed: for conflicts found before the
  // copy.
  std::vector<std::pair<std::string, std::string>> forward_sql;
  std::vector<SourceHome> source_homes;  // one per source column, in source order
  // What stands for the target in a FROM clause of the checks before the copy; empty: its name. A
  // target whose columns are only planned is more than its name.
  std::string target_sql;
  bool suppress_triggers = false;
  std::vector<std::string> notes;  // what the user should read before it starts

  [[nodiscard]] const std::string& where() const { return request.mapping.where; }
};

}  // namespace regraft::analysis

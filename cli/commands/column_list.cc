#include "cli/commands/column_list.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/identifier.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::cli {
namespace {

struct TypedName {
  std::string text;
  bool quoted = false;
};

absl::StatusOr<std::vector<TypedName>> SplitNames(const std::string& list) {
  std::vector<TypedName> names(1);
  bool inside = false;
  for (size_t i = 0; i < list.size(); ++i) {
    TypedName& name = names.back();
    if (list[i] == '"' && inside && i + 1 < list.size() && list[i + 1] == '"') {
      name.text.push_back(list[++i]);
    } else if (list[i] == '"') {
      inside = !inside;
      name.quoted = true;
    } else if (list[i] == ',' && !inside) {
      names.emplace_back();
    } else {
      name.text.push_back(list[i]);
    }
  }
  if (inside) return BadPlan(absl::StrCat("a quote is not closed in the column list ", list));
  return names;
}

bool HasColumn(const std::vector<const catalog::Table*>& tables, const std::string& name) {
  return std::any_of(tables.begin(), tables.end(), [&](const catalog::Table* table) {
    return table->FindColumn(name) != nullptr;
  });
}

absl::Status UnknownColumn(const catalog::Table& table, const std::string& name) {
  return BadPlan(absl::StrCat(
      "there is no column ", pg::QuoteIdentifier(name), " in ", pg::DisplayName(table.name),
      ", only ",
      absl::StrJoin(table.columns, ", ", [](std::string* out, const catalog::Column& column) {
        out->append(column.name);
      })));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseColumnNames(
    const std::string& list, const std::vector<const catalog::Table*>& tables) {
  ASSIGN_OR_RETURN(const std::vector<TypedName> typed, SplitNames(list));
  std::vector<std::string> names;
  for (const TypedName& name : typed) {
    const bool as_typed = name.quoted || HasColumn(tables, name.text);
    names.push_back(as_typed ? name.text : absl::AsciiStrToLower(name.text));
    if (!HasColumn(tables, names.back())) return UnknownColumn(*tables[0], name.text);
    if (std::count(names.begin(), names.end(), names.back()) > 1)
      return BadPlan(
          absl::StrCat("column ", pg::QuoteIdentifier(names.back()), " is listed twice"));
  }
  return names;
}

}  // namespace regraft::cli

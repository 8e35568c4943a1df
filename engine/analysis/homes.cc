#include "engine/analysis/homes.h"

#include "engine/analysis/nearest.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <map>
#include <set>

namespace regraft::analysis {
namespace {

using catalog::Column;
using catalog::Table;

class HomeFinder {
 public:
  HomeFinder(const plan::Mapping& mapping, const std::vector<bool>& injective, const Table& source,
             const Table& target)
      : mapping_(mapping), injective_(injective), source_(source), target_(target) {}

  Homes Find() {
    ClaimTargets();
    for (const plan::ColumnPair& pair : mapping_.columns) AddRename(pair);
    for (const Column& column : source_.columns) PlaceColumn(column);
    for (const Column& column : target_.columns) CheckUnwritten(column);
    return std::move(homes_);
  }

 private:
  void Refuse(const std::string& sentence) { homes_.refusals.push_back(sentence); }

  // Each target column gets its value from one place only.
  void Claim(const std::string& column, const std::string& by) {
    const Column* found = target_.FindColumn(column);
    if (found == nullptr) {
      Refuse(absl::StrCat(by, ": ", pg::DisplayName(target_.name), " has no column \"", column,
                          "\"", DidYouMean(column, target_)));
    } else if (found->generated != '\0') {
      Refuse(absl::StrCat(by, ": \"", column, "\" is a generated column of the target"));
    }
    if (!claimed_.insert(column).second)
      Refuse(absl::StrCat(by, ": the target column \"", column,
                          "\" already gets its value elsewhere"));
  }

  void ClaimTargets() {
    for (const plan::Constant& constant : mapping_.constants)
      Claim(constant.column, "--set " + constant.column);
    for (const plan::ValueMap& map : mapping_.value_maps) {
      Claim(map.target, "--map " + map.target);
      if (source_.FindColumn(map.source) == nullptr)
        Refuse(absl::StrCat("--map ", map.target, ": ", pg::DisplayName(source_.name),
                            " has no column \"", map.source, "\"",
                            DidYouMean(map.source, source_)));
    }
    if (mapping_.overflow.empty()) return;
    Claim(mapping_.overflow, "--overflow " + mapping_.overflow);
    const Column* column = target_.FindColumn(mapping_.overflow);
    if (column != nullptr && column->type.base_oid != kJsonb)
      Refuse(absl::StrCat("--overflow ", mapping_.overflow, ": the column is ", column->type_sql,
                          "; it must be jsonb"));
  }

  void AddRename(const plan::ColumnPair& pair) {
    const std::string by = absl::StrCat("--column ", pair.source, "=", pair.target);
    if (source_.FindColumn(pair.source) == nullptr)
      Refuse(absl::StrCat(by, ": ", pg::DisplayName(source_.name), " has no column \"", pair.source,
                          "\"", DidYouMean(pair.source, source_)));
    if (!renames_.emplace(pair.source, pair.target).second)
      Refuse(absl::StrCat(by, ": the source column is named twice"));
    if (!pair.target.empty()) Claim(pair.target, by);
  }

  void PlaceColumn(const Column& column) {
    const auto rename = renames_.find(column.name);
    const Column* target = nullptr;
    if (rename != renames_.end()) {
      target = target_.FindColumn(rename->second);
      if (target == nullptr && !rename->second.empty()) return;  // refused by AddRename
    } else if (!claimed_.contains(column.name)) {
      target = target_.FindColumn(column.name);
    }
    if (target != nullptr) {
      homes_.typed.push_back({&column, target});
      filled_.insert(target->name);
    } else if (HasInjectiveMap(column)) {
      homes_.mapped_only.push_back(&column);
    } else if (!mapping_.overflow.empty()) {
      homes_.overflowing.push_back(&column);
    } else {
      RefuseHomeless(column);
    }
  }

  [[nodiscard]] bool HasInjectiveMap(const Column& column) const {
    for (size_t i = 0; i < mapping_.value_maps.size(); ++i)
      if (mapping_.value_maps[i].source == column.name && injective_[i]) return true;
    return false;
  }

  // Why the column's value map, if it has one, does not keep its values.
  [[nodiscard]] std::string LossyMap(const Column& column) const {
    for (const plan::ValueMap& map : mapping_.value_maps)
      if (map.source == column.name)
        return absl::StrCat(
            " (its map into \"", map.target,
            map.otherwise.has_value() ? "\" has a \"*\"" : "\" gives one value for two",
            ", so it does not keep the original)");
    return "";
  }

  void RefuseHomeless(const Column& column) {
    Refuse(absl::StrCat("source column \"", column.name, "\" (", column.type_sql,
                        ") has no home in ", pg::DisplayName(target_.name), LossyMap(column),
                        "; add --column ", column.name,
                        "=TARGET_COLUMN, or --overflow JSONB_COLUMN"));
  }

  void CheckUnwritten(const Column& column) {
    if (claimed_.contains(column.name) || filled_.contains(column.name)) return;
    homes_.unwritten.push_back(&column);
    const bool filled_by_server =
        column.generated != '\0' || column.identity != '\0' || !column.default_sql.empty();
    if (column.not_null && !filled_by_server)
      Refuse(absl::StrCat("target column \"", column.name, "\" (", column.type_sql,
                          ") is NOT NULL, has no default and gets no value; add --set ",
                          column.name, "=VALUE, or --column SOURCE_COLUMN=", column.name));
  }

  static constexpr uint32_t kJsonb = 3802;

  const plan::Mapping& mapping_;
  const std::vector<bool>& injective_;
  const Table& source_;
  const Table& target_;
  std::map<std::string, std::string> renames_;
  std::set<std::string> claimed_;
  std::set<std::string> filled_;
  Homes homes_;
};

}  // namespace

Homes FindHomes(const plan::Mapping& mapping, const std::vector<bool>& injective,
                const Table& source, const Table& target) {
  return HomeFinder(mapping, injective, source, target).Find();
}

}  // namespace regraft::analysis

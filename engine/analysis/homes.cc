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
    if (mapping_.mint_keys) LeaveKeysToTarget();
    for (const Column& column : source_.columns) PlaceColumn(column);
    for (const Column& column : target_.columns) CheckUnwritten(column);
    return std::move(homes_);
  }

 private:
  void Refuse(const std::string& sentence) { homes_.refusals.push_back(sentence); }

  [[nodiscard]] std::string Key(std::string_view key, std::string_view column) const {
    return plan::MappingKey(mapping_.wording, key, column);
  }

  [[nodiscard]] std::string ValueFor(const std::string& column) const {
    if (mapping_.wording == plan::Wording::kFlags) return absl::StrCat("--set ", column, "=VALUE");
    return absl::StrCat("fill: {", column, ": VALUE}");
  }

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
      Claim(constant.column, Key("set", constant.column));
    for (const plan::ValueMap& map : mapping_.value_maps) {
      Claim(map.target, Key("map", map.target));
      if (source_.FindColumn(map.source) == nullptr)
        Refuse(absl::StrCat(Key("map", map.target), ": ", pg::DisplayName(source_.name),
                            " has no column \"", map.source, "\"",
                            DidYouMean(map.source, source_)));
    }
    for (const plan::Fill& fill : mapping_.fills) Claim(fill.column, Key("fill", fill.column));
    if (mapping_.overflow.empty()) return;
    Claim(mapping_.overflow, Key("overflow", mapping_.overflow));
    const Column* column = target_.FindColumn(mapping_.overflow);
    if (column != nullptr && column->type.base_oid != kJsonb)
      Refuse(absl::StrCat(Key("overflow", mapping_.overflow), ": the column is ", column->type_sql,
                          "; it must be jsonb"));
  }

  void AddRename(const plan::ColumnPair& pair) {
    const std::string by = plan::RenameKey(mapping_.wording, pair.source, pair.target);
    if (source_.FindColumn(pair.source) == nullptr)
      Refuse(absl::StrCat(by, ": ", pg::DisplayName(source_.name), " has no column \"", pair.source,
                          "\"", DidYouMean(pair.source, source_)));
    if (!renames_.emplace(pair.source, pair.target).second)
      Refuse(absl::StrCat(by, ": the source column is named twice"));
    if (!pair.target.empty()) Claim(pair.target, by);
  }

  static bool IsFilledByServer(const Column& column) {
    return column.generated != '\0' || column.identity != '\0' || !column.default_sql.empty();
  }

  // A key column of the target that nothing fills gets its default; a source column of that name is
  // another row's key. Of a key of several columns, such as a partitioned table's, it is those that
  // have a default; without any, all of them, to be refused.
  void LeaveKeysToTarget() {
    for (const catalog::Index& index : target_.indexes) {
      if (!index.primary) continue;
      for (const std::string& name : index.key_columns)
        if (const Column* column = target_.FindColumn(name);
            column != nullptr && IsFilledByServer(*column))
          minted_.insert(name);
      if (minted_.empty()) minted_.insert(index.key_columns.begin(), index.key_columns.end());
    }
    claimed_.insert(minted_.begin(), minted_.end());
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
                        "; add ", plan::RenameKey(mapping_.wording, column.name, "TARGET_COLUMN"),
                        ", or ", Key("overflow", "JSONB_COLUMN")));
  }

  [[nodiscard]] bool IsMinted(const std::string& column) const {
    const auto names = [&](const auto& entry) { return entry.column == column; };
    if (std::any_of(mapping_.fills.begin(), mapping_.fills.end(), names) ||
        std::any_of(mapping_.constants.begin(), mapping_.constants.end(), names) ||
        filled_.contains(column))
      return false;
    return minted_.contains(column);
  }

  void CheckUnwritten(const Column& column) {
    if (!IsMinted(column.name) && (claimed_.contains(column.name) || filled_.contains(column.name)))
      return;
    homes_.unwritten.push_back(&column);
    if (column.not_null && !IsFilledByServer(column))
      Refuse(absl::StrCat("target column \"", column.name, "\" (", column.type_sql,
                          ") is NOT NULL, has no default and gets no value; add ",
                          ValueFor(column.name), ", or ",
                          plan::RenameKey(mapping_.wording, "SOURCE_COLUMN", column.name)));
  }

  static constexpr uint32_t kJsonb = 3802;

  const plan::Mapping& mapping_;
  const std::vector<bool>& injective_;
  const Table& source_;
  const Table& target_;
  std::map<std::string, std::string> renames_;
  std::set<std::string> claimed_, minted_;
  std::set<std::string> filled_;
  Homes homes_;
};

}  // namespace

Homes FindHomes(const plan::Mapping& mapping, const std::vector<bool>& injective,
                const Table& source, const Table& target) {
  return HomeFinder(mapping, injective, source, target).Find();
}

}  // namespace regraft::analysis

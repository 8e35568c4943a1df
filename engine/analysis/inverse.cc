#include "engine/analysis/inverse.h"

#include "engine/analysis/column_reading.h"
#include "engine/analysis/overflow.h"
#include "engine/analysis/sql.h"
#include "engine/analysis/value_map_sql.h"
#include "engine/analysis/zones.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace regraft::analysis {
namespace {

using catalog::Column;

class InverseWriter {
 public:
  InverseWriter(const InverseInput& input, CopyPlan* plan) : input_(input), plan_(*plan) {}

  void Write() {
    std::map<std::string, std::string> inverse;
    for (size_t i = 0; i < input_.homes.typed.size(); ++i) {
      const Home& home = input_.homes.typed[i];
      const std::string field = SourceColumn(home.target->name);
      const bool cast = input_.pairs[i].transport == Transport::kCast;
      inverse[home.source->name] =
          cast ? CastBetween(mapping(), home, field, home.source->type_sql) : field;
      NameHome(*home.source, {.how = ZoneOf(mapping(), home.source->name) != nullptr ? "zone"
                                     : cast                                          ? "cast"
                                                                                     : "same",
                              .home = home.target->name,
                              .home_type = home.target->type_sql});
    }
    const std::string& overflow = mapping().overflow;
    for (const Column* column : input_.homes.overflowing) {
      inverse[column->name] = ComparedAsKept(*column) ? OverflowText(overflow, *column)
                                                      : OverflowInverse(overflow, *column);
      NameHome(*column, {.how = "overflow", .home = overflow, .home_type = "jsonb"});
    }
    for (const Column* column : input_.homes.mapped_only) {
      inverse[column->name] = MapInverse(*column);
      const Column& target = *plan_.target.FindColumn(MapOf(*column).target);
      NameHome(*column, {.how = "map", .home = target.name, .home_type = target.type_sql});
    }
    for (const Column& column : plan_.source.columns) {
      AddInverse(column, inverse[column.name]);
      homes_by_column_[column.name].inverse = inverse[column.name];
      plan_.source_homes.push_back(homes_by_column_[column.name]);
    }
  }

 private:
  void NameHome(const Column& column, SourceHome home) {
    home.column = column.name;
    home.type = column.type_sql;
    homes_by_column_[column.name] = std::move(home);
  }

  void AddInverse(const Column& column, const std::string& value) {
    const std::string expression =
        input_.read_as_text.at(column.name) ? OutputText(value, column.type.is_xml) : value;
    const auto found = std::find(plan_.back.written.begin(), plan_.back.written.end(), expression);
    if (found != plan_.back.written.end()) {
      plan_.back.inverse.push_back(
          {.written = static_cast<int>(found - plan_.back.written.begin())});
    } else {
      plan_.back.inverse.push_back({.written = -1, .own = plan_.back.inverse_own.size()});
      plan_.back.inverse_own.push_back(expression);
    }
  }

  // True if the text that was kept is itself what is compared: the source's type means nothing
  // there.
  [[nodiscard]] bool ComparedAsKept(const Column& column) {
    return !plan_.same_database && input_.read_as_text.at(column.name) && !column.type.is_xml;
  }

  // REQUIRES: an injective map of this column exists (FindHomes).
  const plan::ValueMap& MapOf(const Column& column) {
    const auto& maps = mapping().value_maps;
    return *std::find_if(maps.begin(), maps.end(), [&](const plan::ValueMap& candidate) {
      return candidate.source == column.name &&
             input_.injective[static_cast<size_t>(&candidate - maps.data())];
    });
  }

  std::string MapInverse(const Column& column) {
    const plan::ValueMap& map = MapOf(column);
    return absl::StrCat(MapInverseText(map, *plan_.target.FindColumn(map.target)),
                        ComparedAsKept(column) ? "" : "::" + column.type_sql);
  }

  [[nodiscard]] const plan::Mapping& mapping() const { return plan_.request.mapping; }

  const InverseInput& input_;
  CopyPlan& plan_;
  std::map<std::string, SourceHome> homes_by_column_;
};

}  // namespace

void AddInverses(const InverseInput& input, CopyPlan* plan) { InverseWriter(input, plan).Write(); }

}  // namespace regraft::analysis

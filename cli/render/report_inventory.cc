// The column inventory as JSON and as CSV.

#include "cli/render/csv.h"
#include "cli/render/report_json.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <string_view>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;
using report::Feed;
using report::Home;
using report::InventoryColumn;
using Field = std::optional<std::string>;

ordered_json FeedJson(const Feed& feed) {
  return {{"action", feed.action},
          {"kind", feed.kind},
          {"table", feed.table.empty() ? ordered_json(nullptr) : ordered_json(feed.table)},
          {"column", feed.column}};
}

ordered_json HomeJson(const Home& home) {
  return {{"action", home.action},
          {"kind", home.kind},
          {"table", home.table},
          {"column", home.column},
          {"type", home.type},
          {"key", home.key.empty() ? ordered_json(nullptr) : ordered_json(home.key)},
          {"inverse", home.inverse}};
}

ordered_json ColumnJson(const InventoryColumn& column) {
  ordered_json feeds = ordered_json::array(), homes = ordered_json::array();
  for (const Feed& feed : column.feeds) feeds.push_back(FeedJson(feed));
  for (const Home& home : column.homes) homes.push_back(HomeJson(home));
  return {{"table", column.table},
          {"table_before",
           column.table_before.empty() ? ordered_json(nullptr) : ordered_json(column.table_before)},
          {"roles", column.roles},
          {"actions", column.actions},
          {"column", column.column},
          {"position", column.position},
          {"type", column.type},
          {"not_null", column.not_null},
          {"origin", column.origin},
          {"feeds", feeds},
          {"homes", homes},
          {"discriminators", column.discriminators},
          {"overflow_keys", column.overflow_keys}};
}

std::string Quoted(const std::string& name) { return pg::DisplayName({"", name}); }

// A spreadsheet takes what begins so for a formula, and executes it.
Field Plain(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const bool formula = std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  return formula ? "'" + text : text;
}

Field Joined(const std::vector<std::string>& parts) { return Plain(absl::StrJoin(parts, "; ")); }

std::string FeedWords(const Feed& feed) {
  if (feed.kind == "filled") return absl::StrCat("filled with ", feed.column);
  return absl::StrCat(feed.table, ".", Quoted(feed.column),
                      feed.kind == "column" ? "" : " (" + feed.kind + ")");
}

struct HomeFields {
  std::vector<std::string> kinds, columns, keys;
};
HomeFields FieldsOf(const InventoryColumn& column) {
  HomeFields fields;
  for (const Home& home : column.homes) {
    fields.kinds.push_back(home.kind == "column" ? "target column" : home.kind + " key");
    fields.columns.push_back(absl::StrCat(home.table, ".", Quoted(home.column)));
    if (!home.key.empty()) fields.keys.push_back(home.key);
  }
  if (fields.kinds.empty()) fields.kinds.emplace_back("same");
  return fields;
}

std::string Line(const InventoryColumn& column) {
  std::vector<std::string> feeds;
  for (const Feed& feed : column.feeds)
    feeds.push_back(absl::StrCat(FeedWords(feed), " [", feed.action, "]"));
  const HomeFields homes = FieldsOf(column);
  const Field keys = column.overflow_keys.empty()
                         ? std::nullopt
                         : Field(ordered_json(column.overflow_keys)
                                     .dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  return CsvLine({Plain(column.table), Plain(column.table_before), Joined(column.roles),
                  Joined(column.actions), Plain(Quoted(column.column)),
                  absl::StrCat(column.position), Plain(column.type),
                  column.not_null ? "true" : "false", Plain(column.origin), Joined(feeds),
                  Joined(homes.kinds), Joined(homes.columns), Joined(homes.keys),
                  Joined(column.discriminators), keys});
}

}  // namespace

ordered_json InventoryJson(const std::vector<InventoryColumn>& columns) {
  ordered_json list = ordered_json::array();
  for (const InventoryColumn& column : columns) list.push_back(ColumnJson(column));
  return list;
}

std::string InventoryCsv(const std::vector<InventoryColumn>& columns) {
  std::string csv = CsvLine({"table", "table_before", "roles", "actions", "column", "position",
                             "type", "not_null", "origin", "feeds", "home", "home_column",
                             "home_key", "discriminator", "overflow_keys"});
  for (const InventoryColumn& column : columns) csv += Line(column);
  return csv;
}

}  // namespace regraft::cli

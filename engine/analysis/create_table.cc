#include "engine/analysis/create_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <map>

namespace regraft::analysis {
namespace {

using catalog::Column;
using catalog::Index;

// PostgreSQL's limit on the columns of an index, included ones counted.
constexpr size_t kIndexColumnsMax = 32;

// Source column -> target column; empty for a column that goes to the overflow.
std::map<std::string, std::string> Renames(const plan::Mapping& mapping) {
  std::map<std::string, std::string> renames;
  for (const plan::ColumnPair& pair : mapping.columns) renames[pair.source] = pair.target;
  return renames;
}

std::string ColumnDefinition(const Column& column, const std::string& name) {
  std::string sql = absl::StrCat(pg::QuoteIdentifier(name), " ", column.type_sql);
  if (!column.collation_sql.empty()) absl::StrAppend(&sql, " COLLATE ", column.collation_sql);
  const bool plain =
      column.generated == '\0' && column.identity == '\0' && !column.default_uses_sequence;
  if (plain && !column.default_sql.empty()) absl::StrAppend(&sql, " DEFAULT ", column.default_sql);
  if (column.not_null) absl::StrAppend(&sql, " NOT NULL");
  return sql;
}

// "btree (a, b DESC) INCLUDE (c) WHERE …": what follows USING in the index's definition. Names in
// front of it may contain that word, but only inside quotes.
std::string DefinitionTail(const std::string& definition) {
  constexpr std::string_view kUsing = " USING ";
  bool quoted = false;
  for (size_t at = 0; at < definition.size(); ++at) {
    quoted ^= definition[at] == '"';
    if (!quoted && definition.compare(at, kUsing.size(), kUsing) == 0)
      return definition.substr(at + kUsing.size());
  }
  return "";
}

class Creator {
 public:
  Creator(const plan::CopyRequest& request, const catalog::Table& source)
      : request_(request),
        source_(source),
        renames_(Renames(request.mapping)),
        target_(pg::QuoteQualified(request.target)) {}

  CreateStatements Make() {
    for (const Column& column : source_.columns) AddColumn(column);
    for (const plan::Constant& constant : request_.mapping.constants)
      AddOwn(constant.column, "text NOT NULL");
    for (const plan::ValueMap& map : request_.mapping.value_maps) AddOwn(map.target, "text");
    if (!request_.mapping.overflow.empty()) AddOwn(request_.mapping.overflow, "jsonb");
    statements_.table =
        absl::StrCat("CREATE TABLE ", target_, " (\n  ", absl::StrJoin(columns_, ",\n  "), "\n)");
    for (const Index& index : source_.indexes) AddIndex(index);
    return std::move(statements_);
  }

 private:
  [[nodiscard]] bool IsOwn(const std::string& column) const {
    const plan::Mapping& mapping = request_.mapping;
    const auto is_set = [&](const plan::Constant& constant) { return constant.column == column; };
    const auto is_map = [&](const plan::ValueMap& map) { return map.target == column; };
    return mapping.overflow == column ||
           std::any_of(mapping.constants.begin(), mapping.constants.end(), is_set) ||
           std::any_of(mapping.value_maps.begin(), mapping.value_maps.end(), is_map);
  }

  void AddColumn(const Column& column) {
    const auto rename = renames_.find(column.name);
    const std::string name = rename == renames_.end() ? column.name : rename->second;
    if (name.empty() || IsOwn(name)) return;
    columns_.push_back(ColumnDefinition(column, name));
    const bool server_fills =
        column.generated != '\0' || column.identity != '\0' || column.default_uses_sequence;
    if (server_fills)
      statements_.notes.push_back(absl::StrCat(
          "column \"", name, "\" of the created table is plain: it is ",
          column.generated != '\0' ? "generated" : "filled from a sequence", " in the source"));
  }

  void AddOwn(const std::string& name, std::string_view type) {
    columns_.push_back(
        absl::StrCat(pg::QuoteIdentifier(name), " ", absl::string_view(type.data(), type.size())));
  }

  // The column's name in the created table; empty if it has none there.
  [[nodiscard]] std::string NewName(const std::string& column) const {
    const auto rename = renames_.find(column);
    const std::string name = rename == renames_.end() ? column : rename->second;
    return IsOwn(name) ? "" : name;
  }

  [[nodiscard]] bool HasHome(const std::string& column) const { return !NewName(column).empty(); }

  // A key is written anew with the columns' names; another index by its own definition, and so only
  // where its columns kept their names and, for what expressions may use, all columns their place.
  [[nodiscard]] bool Repeatable(const Index& index) const {
    const size_t constants = index.unique ? request_.mapping.constants.size() : 0;
    const size_t width = constants + index.key_columns.size() + index.included_columns.size();
    if (index.has_exclusion || width > kIndexColumnsMax) return false;
    if (!index.primary && !renames_.empty()) return false;
    const bool names_only = index.predicate_sql.empty() &&
                            std::none_of(index.key_columns.begin(), index.key_columns.end(),
                                         [](const std::string& column) { return column.empty(); });
    if (!names_only)
      return std::all_of(source_.columns.begin(), source_.columns.end(),
                         [&](const Column& column) { return HasHome(column.name); });
    const auto has_home = [&](const std::string& column) { return HasHome(column); };
    return std::all_of(index.key_columns.begin(), index.key_columns.end(), has_home) &&
           std::all_of(index.included_columns.begin(), index.included_columns.end(), has_home);
  }

  [[nodiscard]] std::string NewNames(const std::vector<std::string>& columns) const {
    return absl::StrJoin(columns, ", ", [&](std::string* out, const std::string& column) {
      out->append(pg::QuoteIdentifier(NewName(column)));
    });
  }

  [[nodiscard]] std::string PrimaryKey(const Index& index, const std::string& front) const {
    const std::string included =
        index.included_columns.empty()
            ? ""
            : absl::StrCat(" INCLUDE (", NewNames(index.included_columns), ")");
    return absl::StrCat("ALTER TABLE ", target_, " ADD PRIMARY KEY (", front,
                        NewNames(index.key_columns), ")", included);
  }

  void AddIndex(const Index& index) {
    if (index.of_partition) return;  // says nothing of the rows of other partitions
    if (index.definition.empty() || !Repeatable(index)) {
      statements_.notes.push_back(
          absl::StrCat("index ", index.name, " is not repeated on the created table"));
      return;
    }
    std::string front;
    if (index.unique)
      for (const plan::Constant& constant : request_.mapping.constants)
        absl::StrAppend(&front, pg::QuoteIdentifier(constant.column), ", ");
    if (index.primary) {
      statements_.indexes.push_back(PrimaryKey(index, front));
      return;
    }
    std::string tail = DefinitionTail(index.definition);
    if (const size_t open = tail.find('('); open != std::string::npos) tail.insert(open + 1, front);
    statements_.indexes.push_back(absl::StrCat("CREATE ", index.unique ? "UNIQUE " : "",
                                               "INDEX ON ", target_, " USING ", tail));
  }

  const plan::CopyRequest& request_;
  const catalog::Table& source_;
  std::map<std::string, std::string> renames_;
  std::string target_;
  std::vector<std::string> columns_;
  CreateStatements statements_;
};

}  // namespace

CreateStatements MakeCreateStatements(const plan::CopyRequest& request,
                                      const catalog::Table& source) {
  return Creator(request, source).Make();
}

}  // namespace regraft::analysis

#include "tests/support/zoo.h"

#include <algorithm>

namespace regraft::support {
namespace {

std::string Quoted(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) quoted.append(c == quote ? 2 : 1, c);
  return quoted + quote;
}

std::string Name(const ZooColumn& column, const std::string& alias) {
  return (alias.empty() ? "" : alias + ".") + Quoted(column.name, '"');
}

std::string Join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : separator) + part;
  return joined;
}

}  // namespace

std::string ZooLiteral(const char* value, const std::string& type) {
  return (value == nullptr ? "NULL" : Quoted(value, '\'')) + "::" + type;
}

std::string ZooNames(const std::vector<ZooColumn>& columns, const std::string& alias) {
  std::vector<std::string> names = {(alias.empty() ? "" : alias + ".") + "id"};
  for (const ZooColumn& column : columns) names.push_back(Name(column, alias));
  return Join(names, ", ");
}

// num_nulls: a row of NULLs is a value, and IS NULL denies it.
std::string ZooText(const ZooColumn& column, const std::string& alias) {
  const std::string name = Name(column, alias);
  if (column.type == std::string("xml")) return name + "::text";
  return "CASE num_nulls(" + name + ") WHEN 0 THEN format('%s', " + name + ") END";
}

std::vector<ZooColumn> Zoo::Columns(Kept kept) {
  std::vector<ZooColumn> columns = ZooColumns();
  if (kept != Kept::kAll) std::erase_if(columns, [](auto& column) { return column.text_only; });
  if (kept == Kept::kPortable)
    std::erase_if(columns,
                  [](auto& column) { return std::string(column.type).starts_with("reg"); });
  return columns;
}

std::string Zoo::Definitions(Kept kept) {
  std::string sql = "id int";
  for (const ZooColumn& column : Columns(kept)) sql += ", " + Name(column, "") + " " + column.type;
  return sql;
}

void Zoo::MakeZoo(TestDatabase* database, Kept kept, int copies) {
  const std::vector<ZooColumn> columns = Columns(kept);
  size_t rows = 0;
  for (const ZooColumn& column : columns) rows = std::max(rows, column.values.size());
  std::vector<std::string> tuples;
  for (size_t row = 0; row < rows; ++row) {
    std::string tuple = "(" + std::to_string(row);
    for (const ZooColumn& column : columns)
      tuple += ", " + ZooLiteral(column.values[row % column.values.size()], column.type);
    tuples.push_back(tuple + ")");
  }
  database->Sql("CREATE TABLE app.source (" + Definitions(kept) + ")");
  database->Sql("INSERT INTO app.source VALUES " + Join(tuples, ",\n"));
  database->Sql("INSERT INTO app.source (id) VALUES (" + std::to_string(rows) + ")");
  const std::string names = ZooNames(columns);
  database->Sql("INSERT INTO app.source (" + names + ") SELECT 1000 * copy + " + names +
                " FROM app.source, generate_series(1, " + std::to_string(copies - 1) + ") AS copy");
}

void Zoo::MakeTarget(TestDatabase* database, Kept kept) {
  database->Sql("CREATE TABLE app.target (" + Definitions(kept) + ", origin text)");
}

std::set<std::pair<std::string, std::string>> Zoo::DifferentImages(Kept kept) {
  // The words of a tsquery lie in memory in another order after tsqueryrecv than after tsqueryin.
  const auto image = [](const ZooColumn& column, const std::string& alias) {
    const std::string name = Name(column, alias);
    return "ROW(" + (column.type == std::string("tsquery") ? "tsquerysend(" + name + ")" : name) +
           ")::record";
  };
  std::vector<std::string> images;
  for (const ZooColumn& column : Columns(kept))
    images.push_back("(" + Quoted(column.name, '\'') + ", " + image(column, "s") +
                     " *= " + image(column, "t") + ")");
  std::set<std::pair<std::string, std::string>> different;
  for (const auto& row :
       database_.Rows("SELECT id, image.name FROM app.source s JOIN app.target t USING (id), "
                      "LATERAL (VALUES " +
                      Join(images, ", ") + ") AS image(name, same) WHERE NOT same UNION ALL " +
                      "SELECT id, '' FROM app.source s FULL JOIN app.target t USING (id) "
                      "WHERE s.ctid IS NULL OR t.ctid IS NULL"))
    different.emplace(row[0], row[1]);
  return different;
}

std::string Zoo::DifferentTexts(Kept kept) {
  std::vector<std::string> texts = {"id"};
  for (const ZooColumn& column : Columns(kept)) texts.push_back(ZooText(column));
  const std::string source = "SELECT " + Join(texts, ", ") + " FROM app.source";
  const std::string target = "SELECT " + Join(texts, ", ") + " FROM app.target";
  return database_.Scalar("SELECT count(*) FROM ((" + source + " EXCEPT ALL " + target +
                          ") UNION ALL (" + target + " EXCEPT ALL " + source + ")) AS d");
}

std::string Zoo::Digest(const TestDatabase& database, const std::string& table, Kept kept) {
  std::string names = "id";
  for (const ZooColumn& column : Columns(kept)) names += std::string(",") + column.name;
  const ProgramResult result = RunProgram(
      {.arguments = {"digest", table, "--columns", names, "--json", "--dsn", database.conninfo()}});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const nlohmann::json document = Document(result);
  return document.value("rows", nlohmann::json()).dump() + " rows, " +
         document.value("digest", "none");
}

ProgramResult Zoo::Verify(const TestDatabase& database, const Flags& flags) {
  Invocation invocation{.arguments = {"verify", "--json", "--dsn", database.conninfo()},
                        .environment = {{"DATABASE_URL", std::nullopt}}};
  invocation.arguments.insert(invocation.arguments.end(), flags.begin(), flags.end());
  return RunProgram(invocation);
}

}  // namespace regraft::support

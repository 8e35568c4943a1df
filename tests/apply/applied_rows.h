// What every table holds, of databases in which the same plan was executed more than once: all
// rows, and all columns but for values that are other ones in every run.
#pragma once

#include "tests/apply/applying.h"

#include <regex>
#include <set>
#include <string>
#include <vector>

namespace regraft::apply {

class AppliedRows : public Applying {
 protected:
  // The target's default fills a column that no column of the source fills: of rows that a merge
  // has brought, and of these alone, the saved plan says that the value is the server's. What is
  // compared of it: whether there is one, and whether no two rows have the same.
  struct Minted {
    std::string table, column;  // OID; name
    std::string discriminator, value;
  };
  // `makers`: functions of defaults that give another value every time, as a regular expression.
  std::vector<Minted> ReadMinted(const std::string& makers) {
    std::vector<Minted> minted;
    const auto plan = nlohmann::json::parse(std::ifstream(file()));
    for (const auto& action : plan.at("actions"))
      for (const auto& filled : action.at("filled")) {
        const std::string from = action.at("discriminator");
        if (std::regex_match(filled.at("value").get<std::string>(),
                             std::regex("default .*(" + makers + ").*")))
          minted.push_back({.table = std::to_string(action.at("target_oid").get<int64_t>()),
                            .column = filled.at("column"),
                            .discriminator = from.substr(0, from.find('=')),
                            .value = from.substr(from.find('=') + 1)});
      }
    return minted;
  }

  // One line per table; duplicates count, the order does not. The tables are kept in tables_.
  std::vector<std::string> RowsOfEachTable(const std::vector<Minted>& minted) {
    std::vector<std::string> lines;
    tables_.clear();
    for (const auto& table : database_.Rows(kTablesQuery)) {
      tables_.insert(table[0]);
      std::vector<std::string> columns;
      std::string distinct;
      for (const auto& column : ColumnsOf(table[0])) {
        const std::string rows = MintedRows(minted, table[0], column);
        const std::string name = Quoted(column);
        columns.push_back(rows.empty() ? name
                                       : "CASE WHEN " + rows + " THEN (" + name +
                                             " IS NULL)::text ELSE " + name + "::text END");
        if (!rows.empty())
          distinct += " || ' ' || (count(DISTINCT " + name + ") FILTER (WHERE " + rows +
                      ") = count(*) FILTER (WHERE " + rows + "))";
      }
      lines.push_back("rows of " + table[0] + ": " +
                      database_.Scalar("SELECT count(*) || ' ' || coalesce(sum(hashtextextended("
                                       "ROW(" +
                                       Joined(columns, ", ") + ")::text, 0)::numeric), 0)" +
                                       distinct + " FROM " + table[0]));
    }
    return lines;
  }

  // "schema.table.column" of what is not compared, each once.
  std::set<std::string> LeftOut(const std::vector<Minted>& minted) {
    std::set<std::string> names;
    for (const Minted& one : minted)
      names.insert(database_.Scalar("SELECT " + one.table + "::regclass") + "." + one.column);
    return names;
  }

  std::set<std::string> tables_;

 private:
  std::vector<std::string> ColumnsOf(const std::string& table) {
    std::vector<std::string> columns;
    for (const auto& row :
         database_.Rows("SELECT attname FROM pg_attribute WHERE attrelid = " + Literal(table) +
                        "::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"))
      columns.push_back(row[0]);
    return columns;
  }
  // The rows of this table, or of this part of a target, in which this column is minted, as a
  // condition; empty: none.
  std::string MintedRows(const std::vector<Minted>& minted, const std::string& table,
                         const std::string& column) {
    const std::string oid =
        database_.Scalar("SELECT coalesce(pg_partition_root(t), t)::oid FROM (SELECT " +
                         Literal(table) + "::regclass AS t) AS r");
    std::vector<std::string> conditions;
    for (const Minted& one : minted)
      if (one.table == oid && one.column == column)
        conditions.push_back(Quoted(one.discriminator) + "::text = " + Literal(one.value));
    return conditions.empty() ? "" : "(" + Joined(conditions, " OR ") + ")";
  }
  static std::string Joined(const std::vector<std::string>& words, const std::string& between) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : between) + word;
    return all;
  }
  static std::string Literal(const std::string& text) {
    return "'" + std::regex_replace(text, std::regex("'"), "''") + "'";
  }
  static std::string Quoted(const std::string& name) {
    return "\"" + std::regex_replace(name, std::regex("\""), "\"\"") + "\"";
  }
};

}  // namespace regraft::apply

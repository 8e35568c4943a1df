// The tables of a plan as they stand in the database now, and as the plan prepares them. Reads the
// catalog once per table; changes nothing.
#pragma once

#include "engine/catalog/table.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace regraft::resolution {

struct Relation {
  catalog::Table table;  // with what the plan prepares
  // Columns that do not exist yet, and what they hold until rows are merged: SQL of each default.
  std::vector<std::pair<catalog::Column, std::string>> planned;

  // SELECTs of the rows that merges of the plan bring, as they would stand here.
  std::vector<std::string> arriving;

  // A FROM item without alias whose columns are those of `table`.
  [[nodiscard]] std::string FromSql() const;
  // The same with the rows that earlier merges bring.
  [[nodiscard]] std::string WithArriving() const;
  [[nodiscard]] std::string Display() const { return pg::DisplayName(table.name); }
};

class World {
 public:
  explicit World(pg::Connection* connection) : connection_(connection) {}

  // Owned by the world, and stays in its place; nullptr where the database has no such relation.
  absl::StatusOr<Relation*> Find(const pg::QualifiedName& name);
  pg::Connection& connection() { return *connection_; }

 private:
  pg::Connection* connection_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Relation>> relations_;
};

}  // namespace regraft::resolution

#include "engine/report/inventory.h"

#include "engine/base/status_macros.h"
#include "engine/ledger/plan_runs.h"
#include "engine/pg/identifier.h"
#include "engine/report/parts.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace regraft::report {
namespace {

using saved_plan::SavedAction;
using saved_plan::SavedPlan;

// Needs no right on the tables, nor on their schemas.
constexpr const char* kColumnsQuery = R"sql(
SELECT c.oid, n.nspname, c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       quote_ident(a.attname)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = ANY ($1::oid[])
ORDER BY n.nspname, c.relname, a.attnum
)sql";

constexpr const char* kOidQuery =
    "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = $1 AND c.relname = $2";

template <typename T>
void AddOnce(std::vector<T>* list, const T& value) {
  if (std::find(list->begin(), list->end(), value) == list->end()) list->push_back(value);
}

// What the run's actions say of one table.
struct Touched {
  std::string before;
  std::vector<std::string> roles, actions;
  const SavedAction* remainder_of = nullptr;
};

class Inventory {
 public:
  Inventory(pg::Connection& connection, const Report& report, SavedPlan plan)
      : connection_(connection), report_(report), plan_(std::move(plan)) {}

  absl::StatusOr<std::vector<InventoryColumn>> Read() {
    ASSIGN_OR_RETURN(left_, ledger::ReadStoredDossiers(connection_, report_.run));
    for (size_t i = 0; i < plan_.actions.size(); ++i)
      RETURN_IF_ERROR(Touch(plan_.actions[i], report_.actions[i]));
    RETURN_IF_ERROR(ReadColumns());
    for (size_t i = 0; i < plan_.actions.size(); ++i)
      if (report_.actions[i].state == "done") Connect(plan_.actions[i], report_.actions[i]);
    std::vector<InventoryColumn> columns;
    for (auto& [oid, list] : columns_)
      columns.insert(columns.end(), std::move_iterator(list.begin()),
                     std::move_iterator(list.end()));
    std::sort(columns.begin(), columns.end(), [](const auto& a, const auto& b) {
      return std::pair(a.table, a.position) < std::pair(b.table, b.position);
    });
    return columns;
  }

 private:
  void Add(uint32_t oid, const std::string& before, const char* role, const std::string& action) {
    if (oid == 0) return;
    Touched& touched = touched_[oid];
    if (touched.before.empty()) touched.before = before;
    AddOnce(&touched.roles, std::string(role));
    AddOnce(&touched.actions, action);
  }

  absl::Status Touch(const SavedAction& saved, const Action& action) {
    Add(saved.source_oid, saved.source, "source", saved.id);
    Add(saved.target_oid, saved.target, "target", saved.id);
    if (action.remainder_table.empty() || action.state != "done") return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::QualifiedName name, pg::ParseQualifiedName(action.remainder_table));
    ASSIGN_OR_RETURN(const pg::Result found,
                     connection_.Query(kOidQuery, {name.schema, name.name}));
    if (found.rows() == 0) return absl::OkStatus();
    const auto oid = static_cast<uint32_t>(found.Int64(0, 0));
    Add(oid, "", "remainder", saved.id);
    touched_[oid].remainder_of = &saved;
    return absl::OkStatus();
  }

  absl::Status ReadColumns() {
    std::vector<uint32_t> oids;
    for (const auto& [oid, touched] : touched_) oids.push_back(oid);
    ASSIGN_OR_RETURN(const pg::Result found, connection_.Query(kColumnsQuery, {OidList(oids)}));
    for (int row = 0; row < found.rows(); ++row) {
      const auto oid = static_cast<uint32_t>(found.Int64(row, 0));
      const Touched& touched = touched_[oid];
      InventoryColumn column{
          .table = pg::DisplayName({found.Text(row, 1), found.Text(row, 2)}),
          .table_before = touched.before,
          .roles = touched.roles,
          .actions = touched.actions,
          .column = found.Text(row, 3),
          .type = found.Text(row, 5),
          .position = static_cast<int>(found.Int64(row, 4)),
          .not_null = found.Bool(row, 6),
      };
      column.origin = OriginOf(oid, found.Text(row, 7));
      columns_[oid].push_back(std::move(column));
    }
    return absl::OkStatus();
  }

  // A line of the fact begins with the name as the server quotes it, and a blank.
  static bool Holds(const std::map<std::string, std::vector<std::string>>& facts,
                    const std::string& quoted) {
    const auto lines = facts.find("columns");
    return lines != facts.end() &&
           std::any_of(lines->second.begin(), lines->second.end(), [&](const std::string& line) {
             return absl::StartsWith(line, quoted + " ");
           });
  }

  std::string OriginOf(uint32_t oid, const std::string& quoted) {
    if (touched_[oid].remainder_of != nullptr) return "made by the plan";
    for (const auto& relation : plan_.fingerprint)
      if (relation.oid == oid && Holds(relation.facts, quoted)) return "was there";
    const auto left = left_.find(oid);
    return left != left_.end() && Holds(left->second.facts, quoted) ? "added by the plan"
                                                                    : "came later";
  }

  std::vector<InventoryColumn>* ColumnsOf(uint32_t oid) { return &columns_[oid]; }
  InventoryColumn* Find(uint32_t oid, const std::string& column) {
    for (InventoryColumn& candidate : columns_[oid])
      if (candidate.column == column) return &candidate;
    return nullptr;
  }

  void Connect(const SavedAction& saved, const Action& action) {
    for (const saved_plan::ColumnHome& home : saved.homes) ConnectHome(saved, action, home);
    for (const saved_plan::FilledColumn& filled : saved.filled)
      if (InventoryColumn* target = Find(saved.target_oid, filled.column); target != nullptr) {
        target->feeds.push_back(
            {.action = saved.id, .kind = "filled", .table = "", .column = filled.value});
        if (IsDiscriminator(saved, filled.column))
          AddOnce(&target->discriminators, saved.discriminator);
      }
    for (auto& [oid, touched] : touched_)
      if (touched.remainder_of == &saved) ConnectRemainder(saved, action, oid);
  }

  // "origin=2023", or several with ", " between them.
  static bool IsDiscriminator(const SavedAction& saved, const std::string& column) {
    const std::string words = ", " + saved.discriminator;
    return words.find(", " + column + "=") != std::string::npos;
  }

  void ConnectHome(const SavedAction& saved, const Action& action,
                   const saved_plan::ColumnHome& home) {
    const bool keyed = home.how == "overflow" || home.how == "folded";
    const std::string kind = keyed ? home.how : "column";
    if (InventoryColumn* source = Find(saved.source_oid, home.column); source != nullptr) {
      source->homes.push_back({.action = saved.id,
                               .kind = kind,
                               .table = action.target_now,
                               .column = home.home,
                               .type = home.home_type,
                               .key = keyed ? home.column : "",
                               .inverse = home.inverse});
      if (!saved.discriminator.empty()) AddOnce(&source->discriminators, saved.discriminator);
    }
    if (InventoryColumn* target = Find(saved.target_oid, home.home); target != nullptr) {
      target->feeds.push_back(
          {.action = saved.id, .kind = kind, .table = action.source_now, .column = home.column});
      if (keyed) AddOnce(&target->overflow_keys, home.column);
    }
  }

  void ConnectRemainder(const SavedAction& saved, const Action& action, uint32_t oid) {
    for (InventoryColumn& column : *ColumnsOf(oid)) {
      if (Find(saved.source_oid, column.column) == nullptr) continue;
      column.feeds.push_back({.action = saved.id,
                              .kind = "set aside",
                              .table = action.source_now,
                              .column = column.column});
      if (!saved.discriminator.empty()) AddOnce(&column.discriminators, saved.discriminator);
    }
  }

  pg::Connection& connection_;
  const Report& report_;
  const SavedPlan plan_;
  std::map<uint32_t, catalog::Dossier> left_;  // as the run left each relation
  std::map<uint32_t, Touched> touched_;
  std::map<uint32_t, std::vector<InventoryColumn>> columns_;
};

}  // namespace

absl::StatusOr<std::vector<InventoryColumn>> ReadInventory(pg::Connection& connection,
                                                           const Report& report) {
  ASSIGN_OR_RETURN(SavedPlan plan, ReadPlanOf(connection, report.sha256));
  return Inventory(connection, report, std::move(plan)).Read();
}

}  // namespace regraft::report

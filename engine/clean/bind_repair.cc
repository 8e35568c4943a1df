#include "engine/base/status_macros.h"
#include "engine/clean/target.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace regraft::clean {
namespace {

using plan::Repair;
using plan::RepairKind;

// A key to a partition, or to the table that this is a partition of, refers to these rows too; its
// copies for partitions have a parent.
constexpr const char* kReferrersQuery = R"sql(
SELECT n.nspname, t.relname,
  (SELECT json_agg(a.attname ORDER BY i) FROM unnest(c.conkey) WITH ORDINALITY k (num, i)
   JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num),
  (SELECT json_agg(a.attname ORDER BY i) FROM unnest(c.confkey) WITH ORDINALITY k (num, i)
   JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid IN (SELECT $1::oid
  UNION SELECT relid FROM pg_partition_tree($1::oid::regclass)
  UNION SELECT relid FROM pg_partition_ancestors($1::oid::regclass))
ORDER BY 1, 2, c.conname
)sql";

// A row trigger of a partition is the parent's copy, or its own: both are rows of pg_trigger.
constexpr const char* kTriggersQuery = R"sql(
SELECT format('%I.%I', n.nspname, c.relname), quote_ident(t.tgname), t.tgenabled
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & $2::int <> 0
  AND t.tgrelid IN (SELECT $1::oid UNION SELECT relid FROM pg_partition_tree($1::oid::regclass))
  AND NOT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace g ON g.oid = p.pronamespace
    WHERE p.oid = t.tgfoid AND g.nspname = 'regraft_guard') -- a repair has a permit
ORDER BY 1, 2
)sql";

// What finds the rows in question is what an audit finds.
std::unique_ptr<plan::Audit> AsAudit(const Repair& repair) {
  auto audit = std::make_unique<plan::Audit>();
  audit->id = repair.id;
  audit->place = repair.place;
  audit->table = repair.table;
  audit->todo = repair.todo;
  audit->where = repair.where;
  audit->other = repair.other;
  audit->other_where = repair.other_where;
  audit->join = repair.join;
  switch (repair.kind) {
    case RepairKind::kBackfill:
      audit->kind = plan::AuditKind::kNull;
      audit->column = repair.column;
      audit->or_empty = repair.or_empty;
      break;
    case RepairKind::kMatchDomain:
      audit->kind = plan::AuditKind::kOrphan;
      audit->join = {{repair.column, repair.value}};
      break;
    case RepairKind::kArchiveOrphans:
      audit->kind = plan::AuditKind::kOrphan;
      break;
    case RepairKind::kDedupe:
    case RepairKind::kExportDuplicates:
      audit->kind = plan::AuditKind::kDuplicate;
      audit->columns = repair.columns;
      audit->collation = repair.collation;
      audit->ignore_empty = repair.ignore_empty;
      break;
  }
  return audit;
}

std::vector<std::string> PrimaryKey(const catalog::Table& table) {
  for (const catalog::Index& index : table.indexes)
    if (index.primary && !index.of_partition) return index.key_columns;
  return {};
}

// The same pairs of columns, in any order: the key that a plan names is known already.
bool IsSameJoin(const std::vector<plan::ColumnPair>& one,
                const std::vector<plan::ColumnPair>& two) {
  const auto pairs = [](const std::vector<plan::ColumnPair>& join) {
    std::set<std::pair<std::string, std::string>> all;
    for (const plan::ColumnPair& pair : join) all.emplace(pair.source, pair.target);
    return all;
  };
  return pairs(one) == pairs(two);
}

absl::StatusOr<audit::Check> BindOne(pg::Connection& connection, const plan::Audit& audit,
                                     std::vector<std::string>* mistakes) {
  ASSIGN_OR_RETURN(std::vector<audit::Check> checks,
                   audit::BindChecks(connection, {&audit}, mistakes));
  return std::move(checks[0]);
}

class Binder {
 public:
  Binder(pg::Connection* connection, const Repair& repair, std::vector<std::string>* mistakes)
      : connection_(*connection), repair_(repair), mistakes_(*mistakes) {
    target_.repair = &repair;
  }

  absl::StatusOr<Target> Bind() {
    target_.audit = AsAudit(repair_);
    const size_t before = mistakes_.size();
    ASSIGN_OR_RETURN(target_.check, BindOne(connection_, *target_.audit, &mistakes_));
    if (mistakes_.size() > before) return std::move(target_);
    CheckColumns();
    if (mistakes_.size() > before || !target_.changes()) return std::move(target_);
    target_.key = CheckTable(target_.table());
    RETURN_IF_ERROR(BindReferrers());
    RETURN_IF_ERROR(CheckArchive());
    RETURN_IF_ERROR(CheckTriggers());
    return std::move(target_);
  }

 private:
  void Mistake(const std::string& words) {
    mistakes_.push_back(
        absl::StrCat("repair ", repair_.id, " (line ", repair_.place.line, "): ", words));
  }
  void Refuse(const std::string& words) { target_.problems.push_back(words); }

  void CheckColumn(const catalog::Table& table, const std::string& column) {
    if (!column.empty() && table.FindColumn(column) == nullptr)
      Mistake(absl::StrCat(pg::DisplayName(table.name), " has no column ", column));
  }

  // Those that the audit does not name.
  void CheckColumns() {
    CheckColumn(target_.table(), repair_.email);
    if (target_.check.other.has_value())
      for (const std::string* column : {&repair_.value, &repair_.domain})
        CheckColumn(*target_.check.other, *column);
    for (const std::string& item : repair_.order_by)
      CheckColumn(target_.table(), OrderColumn(item));
  }

  // The primary key; none where the table cannot be repaired.
  std::vector<std::string> CheckTable(const catalog::Table& table) {
    const std::string name = pg::DisplayName(table.name);
    if (table.relkind != 'r' && table.relkind != 'p') Refuse(absl::StrCat(name, " is no table"));
    if (!table.inheritance_children.empty())
      Refuse(absl::StrCat(name, " has inheritance children, whose own columns would be lost"));
    if (!table.rules.empty())
      Refuse(absl::StrCat(name, " has the rule ", table.rules[0].name,
                          ": it may do something else instead"));
    std::vector<std::string> key = PrimaryKey(table);
    if (key.empty())
      Refuse(absl::StrCat(name, " has no primary key: nothing tells its rows apart for the undo"));
    return key;
  }

  absl::Status AddReferrer(const pg::QualifiedName& table, std::vector<plan::ColumnPair> join) {
    auto link = std::make_unique<plan::Audit>(
        plan::Audit{.kind = plan::AuditKind::kReference, .id = repair_.id, .place = repair_.place});
    link->table = table;
    link->other = repair_.table;
    link->join = std::move(join);
    for (const Referrer& known : target_.referrers)
      if (known.check.audit->table == table && IsSameJoin(known.check.audit->join, link->join))
        return absl::OkStatus();
    const size_t before = mistakes_.size();
    Referrer referrer;
    ASSIGN_OR_RETURN(referrer.check, BindOne(connection_, *link, &mistakes_));
    if (mistakes_.size() > before) return absl::OkStatus();
    std::vector<std::string> columns;
    for (const plan::ColumnPair& pair : link->join) columns.push_back(pair.source);
    referrer.words = absl::StrCat(pg::DisplayName(table), " (", absl::StrJoin(columns, ", "), ")");
    if (repair_.kind == RepairKind::kDedupe) {
      referrer.key = CheckTable(*referrer.check.table);
      if (table == repair_.table)
        Refuse(absl::StrCat(referrer.words, " refers to its own table, which dedupe cannot move"));
    }
    target_.links.push_back(std::move(link));
    target_.referrers.push_back(std::move(referrer));
    return absl::OkStatus();
  }

  absl::Status BindReferrers() {
    if (!target_.removes()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::Result found,
                     connection_.Query(kReferrersQuery, {absl::StrCat(target_.table().oid)}));
    for (int row = 0; row < found.rows(); ++row) {
      const auto sources = nlohmann::json::parse(found.Text(row, 2));
      const auto targets = nlohmann::json::parse(found.Text(row, 3));
      std::vector<plan::ColumnPair> join;
      for (size_t i = 0; i < sources.size(); ++i)
        join.push_back({sources[i].get<std::string>(), targets[i].get<std::string>()});
      RETURN_IF_ERROR(AddReferrer({found.Text(row, 0), found.Text(row, 1)}, std::move(join)));
    }
    for (const plan::Reference& reference : repair_.references)
      RETURN_IF_ERROR(AddReferrer(reference.table, reference.join));
    return absl::OkStatus();
  }

  absl::Status CheckArchive() {
    if (!repair_.archive.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        const pg::Result found,
        connection_.Query("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)",
                          {repair_.archive->schema}));
    if (!found.Bool(0, 0))
      Refuse(
          absl::StrCat("the schema ", repair_.archive->schema, " of the archive does not exist"));
    return absl::OkStatus();
  }

  absl::Status CheckTriggers() {
    if (!repair_.allow.empty()) return absl::OkStatus();
    std::vector<std::pair<uint32_t, bool>> tables = {{target_.table().oid, target_.removes()}};
    if (repair_.kind == RepairKind::kDedupe)
      for (const Referrer& referrer : target_.referrers)
        tables.emplace_back(referrer.check.table->oid, false);
    for (const auto& [oid, rows_go] : tables) {
      ASSIGN_OR_RETURN(const auto triggers, ActingTriggers(connection_, oid, rows_go));
      for (const Trigger& trigger : triggers)
        Refuse(absl::StrCat("trigger-fires: the trigger ", trigger.name, " of ", trigger.relation,
                            " would act on it; write allow: [triggers-suppressed] to keep it "
                            "still, or allow: [trigger-fires]"));
    }
    return absl::OkStatus();
  }

  pg::Connection& connection_;
  const Repair& repair_;
  std::vector<std::string>& mistakes_;
  Target target_;
};

}  // namespace

absl::StatusOr<Target> BindRepair(pg::Connection& connection, const Repair& repair,
                                  std::vector<std::string>* mistakes) {
  return Binder(&connection, repair, mistakes).Bind();
}

std::set<uint32_t> Relations(const Target& target) {
  std::set<uint32_t> oids = {target.table().oid};
  if (target.check.other.has_value()) oids.insert(target.check.other->oid);
  for (const Referrer& referrer : target.referrers) oids.insert(referrer.check.table->oid);
  return oids;
}

absl::StatusOr<std::vector<Trigger>> ActingTriggers(pg::Connection& connection, uint32_t table,
                                                    bool rows_go) {
  // pg_trigger.tgtype: 4 INSERT (the undo), 8 DELETE, 16 UPDATE.
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Query(kTriggersQuery, {absl::StrCat(table), rows_go ? "12" : "16"}));
  std::vector<Trigger> triggers;
  triggers.reserve(static_cast<size_t>(found.rows()));
  for (int row = 0; row < found.rows(); ++row)
    triggers.push_back({found.Text(row, 0), found.Text(row, 1), found.Value(row, 2)[0]});
  return triggers;
}

}  // namespace regraft::clean

// Audits against the catalog: tables, columns, the equality of each join, the SQL that people
// wrote.

#include "engine/audit/check.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/volatile_function.h"
#include "engine/plan/nearest_word.h"
#include "engine/sql_text/sql_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::audit {
namespace {

using plan::Audit;
using plan::AuditKind;

// Types from outside may have their = in a schema that no search path names.
constexpr const char* kEqualsQuery = R"sql(
SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
JOIN pg_amop a ON a.amopfamily = c.opcfamily AND a.amopstrategy = 3
  AND a.amoplefttype = c.opcintype AND a.amoprighttype = c.opcintype
JOIN pg_operator o ON o.oid = a.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE c.opcdefault AND c.opcintype = $1::oid
)sql";

// "und-x-icu" of pg_catalog, or "schema.name".
constexpr const char* kCollationQuery = R"sql(
SELECT format('%I.%I', n.nspname, c.collname)
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE (n.nspname = 'pg_catalog' AND c.collname = $1 OR n.nspname || '.' || c.collname = $1)
  AND c.collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))
ORDER BY n.nspname = 'pg_catalog' DESC LIMIT 1
)sql";

class Binder {
 public:
  Binder(pg::Connection* connection, std::vector<std::string>* problems)
      : connection_(*connection), problems_(*problems) {}

  absl::StatusOr<Check> Bind(const Audit& audit) {
    audit_ = &audit;
    Check check{.audit = &audit};
    for (const std::string& todo : audit.todo) Problem(absl::StrCat("still to be decided: ", todo));
    if (!audit.todo.empty()) return check;
    if (audit.kind == AuditKind::kSql) {
      RETURN_IF_ERROR(CheckNames(sql_text::ReadQuery(audit.query), &check));
      return check;
    }
    ASSIGN_OR_RETURN(check.table, Find(audit.table, TableColumns(), &check));
    if (audit.other.has_value()) {
      ASSIGN_OR_RETURN(check.other, Find(*audit.other, OtherColumns(), &check));
    }
    for (const std::string* where : {&audit.where, &audit.other_where})
      if (!where->empty()) RETURN_IF_ERROR(CheckNames(sql_text::ReadExpression(*where), &check));
    RETURN_IF_ERROR(BindKind(&check));
    return check;
  }

 private:
  void Problem(const std::string& words) {
    problems_.push_back(
        absl::StrCat("audit ", audit_->id, " (line ", audit_->place.line, "): ", words));
  }

  std::vector<std::string> TableColumns() const {
    std::vector<std::string> columns = audit_->columns;
    if (!audit_->column.empty()) columns.push_back(audit_->column);
    for (const plan::ColumnPair& pair : audit_->join) columns.push_back(pair.source);
    return columns;
  }
  std::vector<std::string> OtherColumns() const {
    std::vector<std::string> columns;
    for (const plan::ColumnPair& pair : audit_->join) columns.push_back(pair.target);
    return columns;
  }

  absl::StatusOr<std::optional<catalog::Table>> Find(const pg::QualifiedName& name,
                                                     const std::vector<std::string>& columns,
                                                     Check* check) {
    ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(connection_, name));
    if (!oid.has_value()) {
      ASSIGN_OR_RETURN(const auto similar, catalog::SimilarRelations(connection_, name));
      Problem(absl::StrCat("there is no table ", pg::DisplayName(name),
                           similar.empty() ? "" : "; did you mean " + similar[0] + "?"));
      return std::nullopt;
    }
    ASSIGN_OR_RETURN(catalog::Table table, catalog::ReadTable(connection_, *oid));
    check->relations.push_back(name);
    std::vector<std::string_view> known;
    for (const catalog::Column& column : table.columns) known.push_back(column.name);
    for (const std::string& column : columns)
      if (table.FindColumn(column) == nullptr) {
        Problem(absl::StrCat(pg::DisplayName(name), " has no column ", column,
                             plan::SuggestWord(column, known)));
        return std::nullopt;
      }
    return std::optional(std::move(table));
  }

  absl::Status CheckNames(const absl::StatusOr<sql_text::ExpressionNames>& names, Check* check) {
    if (!names.ok()) {
      Problem(absl::StrCat(names.status().message()));
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::string found,
                     catalog::FindVolatileFunction(connection_, names->functions));
    if (!found.empty())
      Problem(absl::StrCat(found, " is volatile: it could give another value at every reading"));
    for (const pg::QualifiedName& name : names->relations) {
      if (name.schema.empty())
        Problem(absl::StrCat("the table ", pg::DisplayName(name), " needs its schema"));
      else
        RETURN_IF_ERROR(Find(name, {}, check).status());
    }
    return absl::OkStatus();
  }

  absl::Status BindKind(Check* check) {
    if (audit_->kind == AuditKind::kDuplicate) {
      ASSIGN_OR_RETURN(const pg::Result found,
                       connection_.Query(kCollationQuery, {audit_->collation}));
      if (found.rows() == 0)
        Problem(absl::StrCat("this database has no collation ", audit_->collation));
      else
        check->collation = found.Text(0, 0);
    }
    if (audit_->kind == AuditKind::kCardinality && audit_->other.has_value()) CheckKeys();
    if (!check->table.has_value()) return absl::OkStatus();
    if (audit_->kind == AuditKind::kFreshness) CheckTime(*check->table->FindColumn(audit_->column));
    if (!check->other.has_value()) return absl::OkStatus();
    for (const plan::ColumnPair& pair : audit_->join) {
      ASSIGN_OR_RETURN(std::string equals, Equals(check->table->FindColumn(pair.source)->type,
                                                  check->other->FindColumn(pair.target)->type));
      check->equals.push_back(std::move(equals));
    }
    return absl::OkStatus();
  }

  // With the other table the keys are its ids: other columns would count something else.
  void CheckKeys() {
    std::vector<std::string> keys = audit_->columns, joined;
    for (const plan::ColumnPair& pair : audit_->join) joined.push_back(pair.source);
    std::sort(keys.begin(), keys.end());
    std::sort(joined.begin(), joined.end());
    if (keys != joined)
      Problem(absl::StrCat("\"columns\" (", absl::StrJoin(keys, ", "), ") and \"join\" (",
                           absl::StrJoin(joined, ", "), ") name different columns"));
  }

  void CheckTime(const catalog::Column& column) {
    constexpr uint32_t kDate = 1082, kTimestamp = 1114, kTimestamptz = 1184;
    const uint32_t type = column.type.base_oid;
    if (type != kDate && type != kTimestamp && type != kTimestamptz)
      Problem(absl::StrCat(column.name, " is of type ", column.type_sql,
                           ": freshness needs a date or a timestamp"));
  }

  absl::StatusOr<std::string> Equals(const catalog::Type& left, const catalog::Type& right) {
    if (left.base_oid != right.base_oid || left.is_builtin) return "=";
    ASSIGN_OR_RETURN(const pg::Result found,
                     connection_.Query(kEqualsQuery, {absl::StrCat(left.base_oid)}));
    return found.rows() == 1 ? found.Text(0, 0) : "=";
  }

  pg::Connection& connection_;
  std::vector<std::string>& problems_;
  const Audit* audit_ = nullptr;
};

}  // namespace

absl::StatusOr<std::vector<Check>> BindChecks(pg::Connection& connection,
                                              const std::vector<const plan::Audit*>& audits,
                                              std::vector<std::string>* problems) {
  Binder binder(&connection, problems);
  std::vector<Check> checks;
  for (const plan::Audit* audit : audits) {
    ASSIGN_OR_RETURN(Check check, binder.Bind(*audit));
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace regraft::audit

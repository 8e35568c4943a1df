// What `prepare` asks for is compared with what is there: a column that exists must be the one that
// was asked for, a constraint that is replaced must exist, and the rows of now must pass it.

#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/planned_column.h"
#include "engine/plan/nearest_word.h"
#include "engine/resolution/work.h"
#include "engine/sql_text/sql_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <algorithm>

namespace regraft::resolution {
namespace {

using saved_plan::SavedPreparation;

class TargetPreparer {
 public:
  TargetPreparer(Run* run, const plan::Preparation& wanted, Relation* relation)
      : run_(run), wanted_(wanted), relation_(relation) {
    saved_.table = pg::DisplayName(wanted.table);
    name_ = pg::QuoteQualified(wanted.table);
  }

  absl::StatusOr<SavedPreparation> Prepare() {
    for (const plan::AddedColumn& added : wanted_.add_columns) RETURN_IF_ERROR(AddColumn(added));
    for (const std::string& column : wanted_.drop_not_null) DropNotNull(column);
    for (const plan::Replacement& check : wanted_.replace_checks)
      RETURN_IF_ERROR(ReplaceCheck(check));
    for (const plan::Replacement& index : wanted_.replace_unique_indexes)
      RETURN_IF_ERROR(ReplaceIndex(index));
    return std::move(saved_);
  }

 private:
  catalog::Table& table() { return relation_->table; }

  void Refuse(const std::string& code, const std::string& text, const std::string& remedy = "") {
    saved_.findings.push_back({"refusal", code, absl::StrCat(saved_.table, ": ", text), remedy});
  }

  void Alter(const std::string& change, const std::string& undo, const std::string& why = "") {
    saved_.statements.push_back({absl::StrCat("ALTER TABLE ", name_, " ", change),
                                 absl::StrCat("ALTER TABLE ", name_, " ", undo), why});
  }

  template <typename List>
  static std::string Suggest(const std::string& typed, const List& list) {
    std::vector<std::string_view> names;
    for (const auto& item : list) names.push_back(item.name);
    return std::string(absl::StripPrefix(plan::SuggestWord(typed, names), "; "));
  }

  absl::Status AddColumn(const plan::AddedColumn& added) {
    const auto definition = sql_text::ReadColumnDefinition(added.type);
    if (!definition.ok()) {
      Refuse("bad-sql",
             absl::StrCat("add_columns ", added.column, ": ", definition.status().message()));
      return absl::OkStatus();
    }
    auto column = catalog::PlanColumn(run_->connection(), added.column, definition->type);
    if (!column.ok()) {
      Refuse("bad-type",
             absl::StrCat("add_columns ", added.column, ": ", column.status().message()));
      return absl::OkStatus();
    }
    if (const catalog::Column* there = table().FindColumn(added.column); there != nullptr) {
      CompareColumn(*there, *column);
      return absl::OkStatus();
    }
    if (!definition->default_sql.empty()) {
      const auto value = Try(run_->connection(), absl::StrCat("SELECT (", definition->default_sql,
                                                              "\n)::", column->type_sql));
      const auto names = sql_text::ReadExpression(definition->default_sql);
      if (!value.ok() || !names.ok() || names->has_sub_select) {
        Refuse("bad-sql", absl::StrCat("add_columns ", added.column, ": DEFAULT ",
                                       definition->default_sql, ": ",
                                       !value.ok()   ? value.status().message()
                                       : !names.ok() ? names.status().message()
                                                     : "PostgreSQL takes no sub-select here"));
        return absl::OkStatus();
      }
    }
    column->not_null = definition->not_null;
    column->default_sql = definition->default_sql;
    column->attnum = static_cast<int16_t>(table().columns.back().attnum + 1);
    if (definition->not_null && definition->default_sql.empty())
      Refuse("not-null-without-default",
             absl::StrCat("add_columns ", added.column,
                          ": NOT NULL without DEFAULT leaves the rows of now without a value"),
             "drop NOT NULL, or add DEFAULT");
    table().columns.push_back(*column);
    relation_->planned.emplace_back(*column, definition->default_sql);
    const std::string quoted = pg::QuoteIdentifier(added.column);
    Alter(absl::StrCat("ADD COLUMN ", quoted, " ", added.type),
          absl::StrCat("DROP COLUMN ", quoted));
    return absl::OkStatus();
  }

  // Somebody else's column of that name is no answer to the wish for one.
  void CompareColumn(const catalog::Column& there, const catalog::Column& asked) {
    if (there.type.oid == asked.type.oid && there.typmod == asked.typmod) {
      saved_.findings.push_back({"note", "column-exists",
                                 absl::StrCat(saved_.table, ": the column ", there.name, " (",
                                              there.type_sql, ") exists already"),
                                 ""});
      return;
    }
    Refuse("column-differs",
           absl::StrCat("the column ", there.name, " exists already, as ", there.type_sql,
                        "; asked for is ", asked.type_sql),
           absl::StrCat("write ", there.name, ": ", there.type_sql, ", or choose another name"));
  }

  void DropNotNull(const std::string& name) {
    auto& columns = table().columns;
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const auto& candidate) { return candidate.name == name; });
    if (column == columns.end())
      return Refuse("no-such-column", absl::StrCat("drop_not_null: there is no column ", name),
                    Suggest(name, columns));
    if (!column->not_null) return;
    if (column->identity != '\0')
      return Refuse("identity-column",
                    absl::StrCat("drop_not_null: ", name, " is an identity column, never NULL"));
    for (const catalog::Index& index : table().indexes)
      if (index.primary && std::find(index.key_columns.begin(), index.key_columns.end(), name) !=
                               index.key_columns.end())
        return Refuse("primary-key", absl::StrCat("drop_not_null: ", name,
                                                  " belongs to the primary key ", index.name));
    column->not_null = false;
    const std::string quoted = pg::QuoteIdentifier(name);
    Alter(absl::StrCat("ALTER COLUMN ", quoted, " DROP NOT NULL"),
          absl::StrCat("ALTER COLUMN ", quoted, " SET NOT NULL"));
  }

  // What rows of now make of the condition; with --estimate only whether it can be read. False if
  // it cannot.
  bool TryCheck(const plan::Replacement& wanted) {
    const bool estimate = run_->options.estimate;
    const auto failing =
        Try(run_->connection(),
            absl::StrCat(estimate ? "EXPLAIN " : "", "SELECT count(*) FROM ", relation_->FromSql(),
                         " AS \"the row\" WHERE (", wanted.definition, "\n) IS FALSE"));
    if (!failing.ok())
      Refuse("bad-sql",
             absl::StrCat("replace_check ", wanted.name, ": ", failing.status().message()));
    else if (estimate)
      saved_.findings.push_back(
          {"note", "not-tried",
           absl::StrCat(saved_.table, ": --estimate: the rows were not tried against the CHECK ",
                        wanted.name),
           ""});
    else if (failing->Int64(0, 0) > 0)
      Refuse("check-fails", absl::StrCat("replace_check ", wanted.name, ": ",
                                         Count(failing->Int64(0, 0)), " rows of now fail it"));
    return failing.ok();
  }

  // A condition over the row alone, as ALTER TABLE would take it.
  absl::StatusOr<bool> IsCondition(const std::string& what, const std::string& sql) {
    const auto names = sql_text::ReadExpression(sql);
    if (!names.ok()) {
      Refuse("bad-sql", absl::StrCat(what, ": ", names.status().message()));
      return false;
    }
    if (names->has_sub_select)
      Refuse("bad-sql", absl::StrCat(what, ": PostgreSQL takes no sub-select here"));
    ASSIGN_OR_RETURN(const std::string found, FindVolatile(run_, names->functions));
    if (!found.empty()) Refuse("volatile-sql", absl::StrCat(what, ": ", found, " is volatile"));
    return !names->has_sub_select && found.empty();
  }

  absl::Status ReplaceCheck(const plan::Replacement& wanted) {
    auto& checks = table().checks;
    const auto check = std::find_if(checks.begin(), checks.end(), [&](const auto& candidate) {
      return candidate.name == wanted.name;
    });
    if (check == checks.end()) {
      Refuse("no-such-constraint", absl::StrCat("replace_check: there is no CHECK ", wanted.name),
             Suggest(wanted.name, checks));
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const bool is_condition,
                     IsCondition("replace_check " + wanted.name, wanted.definition));
    if (!is_condition) return absl::OkStatus();
    const std::string quoted = pg::QuoteIdentifier(wanted.name);
    const auto replace = [&](const std::string& condition) {
      return absl::StrCat("DROP CONSTRAINT ", quoted, ", ADD CONSTRAINT ", quoted, " CHECK (",
                          condition, ")");
    };
    if (!TryCheck(wanted)) return absl::OkStatus();
    Alter(replace(wanted.definition), replace(check->expression_sql),
          absl::StrCat("was: ", check->expression_sql));
    check->expression_sql = wanted.definition;
    return absl::OkStatus();
  }

  absl::Status ReplaceIndex(const plan::Replacement& wanted) {
    auto& indexes = table().indexes;
    const auto index = std::find_if(indexes.begin(), indexes.end(), [&](const auto& candidate) {
      return candidate.name == wanted.name && candidate.unique;
    });
    if (index == indexes.end()) {
      Refuse("no-such-index",
             absl::StrCat("replace_unique_index: there is no unique index ", wanted.name),
             Suggest(wanted.name, indexes));
      return absl::OkStatus();
    }
    const auto definition = sql_text::ReadIndexDefinition(wanted.definition);
    if (!definition.ok()) {
      Refuse("bad-sql", absl::StrCat("replace_unique_index ", wanted.name, ": ",
                                     definition.status().message()));
      return absl::OkStatus();
    }
    for (const std::string& column : definition->columns)
      if (table().FindColumn(column) == nullptr)
        Refuse("no-such-column",
               absl::StrCat("replace_unique_index ", wanted.name, ": there is no column ", column),
               Suggest(column, table().columns));
    TryUnique(wanted.name, *definition);
    ASSIGN_OR_RETURN(const bool backs_constraint, BacksConstraint(*index));
    if (!backs_constraint && saved_.findings.empty()) SwapIndex(wanted, *definition, &*index);
    return absl::OkStatus();
  }

  // Rows of now that the new key would not tell apart.
  void TryUnique(const std::string& name, const sql_text::IndexDefinition& definition) {
    if (run_->options.estimate || !saved_.findings.empty()) return;
    std::string keys, present;
    for (const std::string& column : definition.columns) {
      absl::StrAppend(&keys, keys.empty() ? "" : ", ", pg::QuoteIdentifier(column));
      absl::StrAppend(&present, " AND num_nulls(", pg::QuoteIdentifier(column), ") = 0");
    }
    const auto twice =
        Try(run_->connection(),
            absl::StrCat("SELECT count(*) FROM (SELECT FROM ", relation_->FromSql(),
                         " AS \"the row\" WHERE ",
                         definition.predicate.empty() ? "true" : definition.predicate,
                         definition.nulls_not_distinct ? "" : present, " GROUP BY ", keys,
                         " HAVING count(*) > 1) AS twice"));
    if (!twice.ok())
      Refuse("bad-sql",
             absl::StrCat("replace_unique_index ", name, ": ", twice.status().message()));
    else if (twice->Int64(0, 0) > 0)
      Refuse("not-unique", absl::StrCat("replace_unique_index ", name, ": ",
                                        Count(twice->Int64(0, 0)), " keys stand more than once"));
  }

  // A key that foreign keys or a replica identity stand on is not exchanged under them.
  absl::StatusOr<bool> BacksConstraint(const catalog::Index& index) {
    ASSIGN_OR_RETURN(
        const pg::Result found,
        run_->connection().Query("SELECT conname, contype FROM pg_constraint WHERE conindid = $1 "
                                 "ORDER BY contype LIMIT 1",
                                 {absl::StrCat(index.oid)}));
    if (found.rows() == 0) return false;
    Refuse("index-of-constraint",
           absl::StrCat("replace_unique_index: the index ", index.name,
                        " belongs to the constraint ", found.Text(0, 0)),
           "only an index that is no constraint's can be replaced");
    return true;
  }

  void SwapIndex(const plan::Replacement& wanted, const sql_text::IndexDefinition& definition,
                 catalog::Index* index) {
    const std::string drop =
        absl::StrCat("DROP INDEX ", pg::QuoteQualified({table().name.schema, index->name}));
    const std::string create =
        absl::StrCat("CREATE UNIQUE INDEX ", pg::QuoteIdentifier(index->name), " ON ", name_, " ",
                     wanted.definition);
    saved_.statements.push_back({absl::StrCat(drop, "; ", create),
                                 absl::StrCat(drop, "; ", index->definition),
                                 absl::StrCat("was: ", index->definition)});
    index->key_columns = definition.columns;
    index->key_sql.clear();
    for (const std::string& column : definition.columns)
      index->key_sql.push_back(pg::QuoteIdentifier(column));
    index->key_equals.assign(definition.columns.size(), "");
    index->predicate_sql = definition.predicate;
    index->nulls_not_distinct = definition.nulls_not_distinct;
    index->definition = create;
  }

  Run* run_;
  const plan::Preparation& wanted_;
  Relation* relation_;
  std::string name_;
  SavedPreparation saved_;
};

}  // namespace

absl::StatusOr<std::vector<SavedPreparation>> PrepareTargets(Run* run) {
  std::vector<SavedPreparation> prepared;
  for (const plan::Preparation& wanted : run->plan.preparations) {
    ASSIGN_OR_RETURN(Relation * relation, run->world.Find(wanted.table));
    if (relation == nullptr) {
      ASSIGN_OR_RETURN(const auto similar,
                       catalog::SimilarRelations(run->connection(), wanted.table));
      const std::string name = pg::DisplayName(wanted.table);
      prepared.push_back(
          {.table = name,
           .statements = {},
           .findings = {{"refusal", "no-such-table",
                         absl::StrCat("prepare: there is no table ", name),
                         similar.empty() ? "" : absl::StrCat("did you mean ", similar[0], "?")}}});
      continue;
    }
    ASSIGN_OR_RETURN(SavedPreparation one, TargetPreparer(run, wanted, relation).Prepare());
    prepared.push_back(std::move(one));
  }
  return prepared;
}

}  // namespace regraft::resolution

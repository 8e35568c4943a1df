// add_pk, keep_as_mv, pending: actions that move no row.

#include "engine/analysis/column_reading.h"
#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"
#include "engine/resolution/work.h"
#include "engine/verification/digest_rows.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <limits>

namespace regraft::resolution {
namespace {

using catalog::Column;

// Below this, numbering under a lock is over before anybody notices (semantics of add_pk).
constexpr int64_t kStrictRowsMax = 100'000;

void CheckKeyTable(Work* work) {
  const catalog::Table& table = work->source->table;
  if (table.relkind != 'r')
    work->Refuse("not-a-table",
                 absl::StrCat(work->saved.source, " is not an ordinary table (relkind ",
                              std::string(1, table.relkind), "): no key is added to it"));
  for (const catalog::Index& index : table.indexes)
    if (index.primary)
      work->Refuse("has-primary-key",
                   absl::StrCat(work->saved.source, " has a primary key already: ", index.name));
  if (table.FindColumn(work->action->key->column) != nullptr)
    work->Refuse(
        "column-taken",
        absl::StrCat(work->saved.source, " has a column ", work->action->key->column, " already"),
        "choose another name");
}

void CheckOrder(Work* work) {
  std::vector<std::string_view> names;
  for (const Column& column : work->source->table.columns) names.push_back(column.name);
  for (const std::string& column : work->action->key->order_by)
    if (std::find(names.begin(), names.end(), column) == names.end())
      work->Refuse("no-such-column",
                   absl::StrCat("order_by: ", work->saved.source, " has no column ", column,
                                plan::SuggestWord(column, names)));
  if (work->action->key->order_by.empty())
    work->Note("order",
               "without order_by existing rows are numbered as they lie in the table: a "
               "restored copy numbers them differently");
}

// How to set a trigger as it is; one that is disabled stays so.
std::string EnableWord(char enabled) {
  if (enabled == 'R') return "ENABLE REPLICA TRIGGER ";
  return enabled == 'A' ? "ENABLE ALWAYS TRIGGER " : "ENABLE TRIGGER ";
}

// Numbering is no change that a trigger should hear of: no updated_at is to move.
void AddNumbering(Work* work, const std::string& alter, const std::string& update) {
  const auto& triggers = work->source->table.triggers;
  const auto add = [&](const std::string& sql, const std::string& why) {
    work->saved.statements.push_back({sql, "", why});
  };
  if (!triggers.empty()) add(alter + "DISABLE TRIGGER USER", "in this transaction alone");
  add(update, "");
  for (const catalog::Trigger& trigger : triggers)
    if (trigger.enabled != 'D')
      add(absl::StrCat(alter, EnableWord(trigger.enabled), pg::QuoteIdentifier(trigger.name)), "");
}

// One transaction, in which the table is locked.
void AddStrictKey(Work* work, const std::string& sequence, const std::string& index,
                  const std::string& update) {
  const std::string table = pg::QuoteQualified(work->source->table.name);
  const std::string column = pg::QuoteIdentifier(work->action->key->column);
  const std::string alter = absl::StrCat("ALTER TABLE ", table, " ");
  const std::string literal = analysis::Literal(sequence);
  const auto add = [&](const std::string& sql, const std::string& undo, const std::string& why) {
    work->saved.statements.push_back({sql, undo, why});
  };
  add(absl::StrCat("CREATE SEQUENCE ", sequence, " AS integer"), "", "goes with its column");
  add(absl::StrCat(alter, "ADD COLUMN ", column, " integer"),
      absl::StrCat(alter, "DROP COLUMN ", column), "");
  add(absl::StrCat("ALTER SEQUENCE ", sequence, " OWNED BY ", table, ".", column), "", "");
  AddNumbering(work, alter, update);
  add(absl::StrCat("SELECT pg_catalog.setval(", literal, ", coalesce(max(", column,
                   "), 0) + 1, false) FROM ", table),
      "", "new rows number themselves, past those of now");
  add(absl::StrCat(alter, "ALTER COLUMN ", column, " SET DEFAULT nextval(", literal, ")"), "", "");
  add(absl::StrCat(alter, "ADD CONSTRAINT ", index, " PRIMARY KEY (", column, ")"), "", "");
}

// The steps that a table stands without a long lock; each is a transaction of its own.
void AddKeyStatements(Work* work) {
  const catalog::Table& source = work->source->table;
  const std::string table = pg::QuoteQualified(source.name);
  const std::string column = pg::QuoteIdentifier(work->action->key->column);
  const std::string stem = absl::StrCat(source.name.name, "_", work->action->key->column);
  const std::string sequence =
      pg::QuoteQualified({source.name.schema, stem.substr(0, 59) + "_seq"});
  const std::string index = pg::QuoteIdentifier(source.name.name.substr(0, 58) + "_pkey");
  const std::string check = pg::QuoteIdentifier(stem.substr(0, 54) + "_not_null");
  const std::string alter = absl::StrCat("ALTER TABLE ", table, " ");
  std::vector<std::string> order;
  for (const std::string& name : work->action->key->order_by)
    order.push_back(pg::QuoteIdentifier(name));
  order.emplace_back("ctid");
  const auto add = [&](const std::string& sql, const std::string& undo, const std::string& why) {
    work->saved.statements.push_back({sql, undo, why});
  };
  const std::string update = absl::StrCat(
      "UPDATE ", table, " AS s SET ", column,
      " = n.number FROM (SELECT ctid, row_number() OVER (ORDER BY ", absl::StrJoin(order, ", "),
      ") AS number FROM ", table, ") AS n WHERE n.ctid = s.ctid");
  if (work->saved.rows <= kStrictRowsMax) return AddStrictKey(work, sequence, index, update);
  add(absl::StrCat("CREATE SEQUENCE ", sequence, " AS integer"),
      absl::StrCat("DROP SEQUENCE IF EXISTS ", sequence), "");
  add(absl::StrCat(alter, "ADD COLUMN ", column, " integer"),
      absl::StrCat(alter, "DROP COLUMN ", column), "");
  add(absl::StrCat(alter, "ALTER COLUMN ", column, " SET DEFAULT nextval('", sequence, "')"), "",
      "new rows number themselves, past those of now");
  add(update, "", "in batches");
  add(absl::StrCat(alter, "ADD CONSTRAINT ", check, " CHECK (num_nulls(", column,
                   ") = 0) NOT VALID"),
      "", "");
  add(absl::StrCat(alter, "VALIDATE CONSTRAINT ", check), "", "reads, and lets others write");
  add(absl::StrCat("CREATE UNIQUE INDEX CONCURRENTLY ", index, " ON ", table, " (", column, ")"),
      "", "");
  add(absl::StrCat(alter, "ALTER COLUMN ", column, " SET NOT NULL"), "", "proved by the CHECK");
  add(absl::StrCat(alter, "ADD CONSTRAINT ", index, " PRIMARY KEY USING INDEX ", index), "", "");
  add(absl::StrCat(alter, "DROP CONSTRAINT ", check), "", "");
}

// What the table must hold when the question is answered.
absl::Status DigestTable(Run* run, Work* work) {
  verification::ScanRequest scan{.connect = run->connect,
                                 .leaves = work->source->table.leaves,
                                 .select = {},
                                 .where = "",
                                 .snapshot = run->snapshot,
                                 .jobs = 1};
  scan.connect.role = "plan-digest";
  std::vector<copy_format::TypeShape> shapes;
  for (const Column& column : work->source->table.columns) {
    ASSIGN_OR_RETURN(const analysis::ColumnReading reading,
                     analysis::ReadColumn(column, /*portable=*/true));
    scan.select.push_back(reading.expression);
    shapes.push_back(reading.shape);
  }
  ASSIGN_OR_RETURN(const digest::SetDigest digest, verification::DigestRows(scan, shapes));
  work->saved.digest = digest.sum.Hex();
  return absl::OkStatus();
}

std::string OptionWords(const plan::Option& option) {
  if (option.actions.empty()) return absl::StrCat(option.word, ": the table stays as it is");
  return absl::StrCat(
      option.word, ": ",
      absl::StrJoin(option.actions, "; ", [](std::string* out, const plan::Action& action) {
        absl::StrAppend(out, AsAbsl(plan::KindWord(action.kind)), " ",
                        pg::DisplayName(action.source),
                        action.target.has_value() ? " to " + pg::DisplayName(*action.target) : "");
      }));
}

}  // namespace

absl::Status ResolveKey(Work* work) {
  work->saved.method = work->saved.rows > kStrictRowsMax ? "online key" : "strict key";
  CheckKeyTable(work);
  CheckOrder(work);
  if (work->saved.rows > std::numeric_limits<int32_t>::max())
    work->Refuse("too-many-rows", "a serial key numbers 2,147,483,647 rows at most");
  if (work->refused()) return absl::OkStatus();
  AddKeyStatements(work);
  const bool strict = work->saved.rows <= kStrictRowsMax;
  if (strict) {
    work->saved.locks.push_back({work->saved.source, "ACCESS EXCLUSIVE",
                                 CopyDuration(work->saved.bytes) + "; readers and writers wait"});
    return absl::OkStatus();
  }
  work->saved.locks.push_back(
      {work->saved.source, "ROW EXCLUSIVE", "batch by batch; writers go on"});
  work->saved.locks.push_back(
      {work->saved.source, "ACCESS EXCLUSIVE", "some milliseconds, four times"});
  return absl::OkStatus();
}

absl::Status ResolveQuestion(Run* run, Work* work) {
  work->saved.method = "question";
  for (const plan::Option& option : work->action->question->options)
    work->saved.options.push_back(OptionWords(option));
  return run->options.estimate ? absl::OkStatus() : DigestTable(run, work);
}

absl::Status ResolveLabel(Run* run, Work* work) {
  work->saved.method = "label";
  ASSIGN_OR_RETURN(const pg::Result before,
                   run->connection().Query("SELECT obj_description($1, 'pg_class')",
                                           {absl::StrCat(work->source->table.oid)}));
  const std::string comment =
      before.IsNull(0, 0) ? "NULL" : run->connection().QuoteLiteral(before.Value(0, 0));
  const std::string words =
      absl::StrCat(before.Text(0, 0), before.Text(0, 0).empty() ? "" : "\n",
                   "regraft: kept as materialized view (a label; the table is not converted)");
  const std::string on =
      absl::StrCat("COMMENT ON TABLE ", pg::QuoteQualified(work->source->table.name), " IS ");
  work->saved.statements.push_back({on + run->connection().QuoteLiteral(words), on + comment, ""});
  work->Note("label-only",
             "a label in the registry and the comment; never converted, and a refresh "
             "from elsewhere would lose rows merged into it");
  return absl::OkStatus();
}

}  // namespace regraft::resolution

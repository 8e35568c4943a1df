// add_pk, keep_as_mv, pending: actions that move no row.

#include "engine/analysis/hazards.h"
#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/namespace_names.h"
#include "engine/plan/nearest_word.h"
#include "engine/resolution/work.h"
#include "engine/verification/digest_rows.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace regraft::resolution {
namespace {

using catalog::Column;

// Below this, numbering under a lock is over before anybody notices (semantics of add_pk).
constexpr int64_t kStrictRowsMax = 100'000;
constexpr int64_t kReserve = 1001;

void CheckKeyTable(Work* work) {
  const catalog::Table& table = work->source->table;
  if (table.relkind != 'r')
    work->Refuse("not-a-table",
                 absl::StrCat(work->saved.source, " is not an ordinary table (relkind ",
                              std::string(1, table.relkind), "): no key is added to it"));
  if (!table.inheritance_children.empty())
    work->Refuse("inheritance",
                 absl::StrCat(work->saved.source, " has inheritance children, such as ",
                              pg::DisplayName(table.inheritance_children[0].name),
                              ": a key of the parent would not be one of theirs"));
  for (const catalog::Index& index : table.indexes)
    if (index.primary)
      work->Refuse("has-primary-key",
                   absl::StrCat(work->saved.source, " has a primary key already: ", index.name));
  static const std::set<std::string> kSystemColumns = {"tableoid", "xmin", "cmin",
                                                       "xmax",     "cmax", "ctid"};
  if (table.FindColumn(work->action->key->column) != nullptr ||
      kSystemColumns.contains(work->action->key->column))
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

// Names that are free in the table's schema now, whatever its own name's length.
struct KeyNames {
  std::string sequence, index, check;
};

absl::StatusOr<KeyNames> FindNames(Run* run, const pg::QualifiedName& source,
                                   const std::string& column) {
  ASSIGN_OR_RETURN(const auto names, catalog::ReadNames(run->connection(), source.schema));
  std::set<std::string> taken;
  for (const catalog::SchemaName& name : names) taken.insert(name.name);
  return KeyNames{
      .sequence = pg::QuoteQualified(
          {source.schema,
           catalog::FreeName(absl::StrCat(source.name, "_", column, "_seq"), taken)}),
      .index = pg::QuoteIdentifier(catalog::FreeName(absl::StrCat(source.name, "_pkey"), taken)),
      .check = pg::QuoteIdentifier("regraft key is not null")};
}

class KeyStatements {
 public:
  KeyStatements(Work* work, KeyNames names)
      : work_(work),
        names_(std::move(names)),
        strict_(work->saved.rows <= kStrictRowsMax),
        table_(pg::QuoteQualified(work->SourceName())),
        column_(pg::QuoteIdentifier(work->action->key->column)),
        alter_(absl::StrCat("ALTER TABLE ", table_, " ")) {}

  void Add() { strict_ ? AddAtOnce() : AddOnline(); }

 private:
  void Add(const std::string& sql, const std::string& undo = "", const std::string& why = "") {
    work_->saved.statements.push_back({sql, undo, why});
  }

  [[nodiscard]] std::string Numbering() const {
    std::vector<std::string> order;
    for (const std::string& name : work_->action->key->order_by)
      order.push_back(pg::QuoteIdentifier(name));
    order.emplace_back("ctid");
    return absl::StrCat("UPDATE ", table_, " AS s SET ", column_,
                        " = n.number FROM (SELECT ctid, row_number() OVER (ORDER BY ",
                        absl::StrJoin(order, ", "), ") AS number FROM ", table_,
                        ") AS n WHERE n.ctid = s.ctid");
  }

  // Numbering is no change that a trigger should hear of: no updated_at is to move.
  void NumberQuietly() {
    const auto& triggers = work_->source->table.triggers;
    if (!triggers.empty()) Add(alter_ + "DISABLE TRIGGER USER", "", "in this transaction alone");
    Add(Numbering());
    for (const catalog::Trigger& trigger : triggers)
      if (trigger.enabled != 'D')
        Add(absl::StrCat(alter_, EnableWord(trigger.enabled), pg::QuoteIdentifier(trigger.name)));
  }

  // One transaction, in which the table is locked.
  void AddAtOnce() {
    const std::string sequence = analysis::Literal(names_.sequence);
    Add(absl::StrCat("CREATE SEQUENCE ", names_.sequence, " AS integer"), "",
        "goes with its column");
    Add(absl::StrCat(alter_, "ADD COLUMN ", column_, " integer"),
        absl::StrCat(alter_, "DROP COLUMN ", column_));
    Add(absl::StrCat("ALTER SEQUENCE ", names_.sequence, " OWNED BY ", table_, ".", column_));
    NumberQuietly();
    Add(absl::StrCat("SELECT pg_catalog.setval(", sequence, ", coalesce(max(", column_,
                     "), 0) + 1, false) FROM ", table_),
        "", "new rows number themselves, past those of now");
    Add(absl::StrCat(alter_, "ALTER COLUMN ", column_, " SET DEFAULT nextval(", sequence, ")"));
    Add(absl::StrCat(alter_, "ADD CONSTRAINT ", names_.index, " PRIMARY KEY (", column_, ")"));
  }

  // The steps that a table stands without a long lock; each is a transaction of its own.
  void AddOnline() {
    const std::string sequence = analysis::Literal(names_.sequence);
    Add(absl::StrCat("CREATE SEQUENCE ", names_.sequence, " AS integer"),
        absl::StrCat("DROP SEQUENCE IF EXISTS ", names_.sequence));
    Add(absl::StrCat("SELECT setval(", sequence, ", count(*) + ", kReserve, ", false) FROM ",
                     table_),
        "", "some in reserve for rows that come before the column does");
    Add(absl::StrCat(alter_, "ADD COLUMN ", column_, " integer"),
        absl::StrCat(alter_, "DROP COLUMN ", column_));
    Add(absl::StrCat("ALTER SEQUENCE ", names_.sequence, " OWNED BY ", table_, ".", column_));
    Add(absl::StrCat(alter_, "ALTER COLUMN ", column_, " SET DEFAULT nextval(", sequence, ")"), "",
        "new rows number themselves, past those of now");
    Add(Numbering(), "", "in batches");
    Add(absl::StrCat(alter_, "ADD CONSTRAINT ", names_.check, " CHECK (num_nulls(", column_,
                     ") = 0) NOT VALID"));
    Add(absl::StrCat(alter_, "VALIDATE CONSTRAINT ", names_.check), "",
        "reads, and lets others write");
    Add(absl::StrCat("CREATE UNIQUE INDEX CONCURRENTLY ", names_.index, " ON ", table_, " (",
                     column_, ")"));
    Add(absl::StrCat(alter_, "ALTER COLUMN ", column_, " SET NOT NULL"), "", "proved by the CHECK");
    Add(absl::StrCat(alter_, "ADD CONSTRAINT ", names_.index, " PRIMARY KEY USING INDEX ",
                     names_.index));
    Add(absl::StrCat(alter_, "DROP CONSTRAINT ", names_.check));
  }

  Work* work_;
  KeyNames names_;
  bool strict_;
  std::string table_, column_, alter_;
};

// Numbering is an UPDATE of every row.
void NameKeyTriggers(Work* work) {
  const auto acting = analysis::ActingOn(work->source->table, analysis::RowEvent::kUpdate,
                                         work->Allows(plan::kTriggersSuppressed));
  if (!acting.empty())
    work->Hazard(plan::kTriggerFires,
                 absl::StrCat("on ", work->saved.source, " ", absl::StrJoin(acting, ", "),
                              " acts on every row that is numbered"));
}

// What the table must hold when the question is answered.
absl::Status DigestTable(Run* run, Work* work) {
  verification::ScanRequest scan{.connect = run->connect, .snapshot = run->snapshot, .jobs = 1};
  scan.connect.role = "plan-digest";
  ASSIGN_OR_RETURN(const digest::SetDigest digest,
                   verification::DigestTable(work->source->table, std::move(scan)));
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

absl::Status ResolveKey(Run* run, Work* work) {
  const bool strict = work->saved.rows <= kStrictRowsMax;
  work->saved.method = strict ? "strict key" : "online key";
  CheckKeyTable(work);
  CheckOrder(work);
  if (work->saved.rows > std::numeric_limits<int32_t>::max())
    work->Refuse("too-many-rows", "a serial key numbers 2,147,483,647 rows at most");
  if (work->refused()) return absl::OkStatus();
  if (!strict) NameKeyTriggers(work);
  ASSIGN_OR_RETURN(KeyNames names, FindNames(run, work->SourceName(), work->action->key->column));
  KeyStatements(work, std::move(names)).Add();
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

void ResolveLabel(Work* work) {
  work->saved.method = "label";
  work->Note("label-only",
             "a label in the registry and the comment; never converted, and a refresh "
             "from elsewhere would lose rows merged into it");
}

}  // namespace regraft::resolution

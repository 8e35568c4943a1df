#include "engine/resolution/relocate.h"

#include "engine/base/status_macros.h"
#include "engine/resolution/comments.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::resolution {
namespace {

using catalog::NameSpace;
using catalog::SchemaName;
using pg::QualifiedName;

// Views with the rights of their reader: before 15 they would lay open what row security hides.
constexpr int kSecurityInvokerVersion = 150000;

class Relocator {
 public:
  Relocator(Run* run, Work* work, Names* names, const QualifiedName& to)
      : run_(run), work_(work), names_(names), from_(work->SourceName()), to_(to) {}

  absl::Status Relocate(bool view) {
    CheckName();
    if (work_->refused()) return absl::OkStatus();
    RETURN_IF_ERROR(MakeSchema());
    ASSIGN_OR_RETURN(moving_, catalog::NamesOf(run_->connection(), work_->source->table.oid));
    ASSIGN_OR_RETURN(there_, names_->Of(run_, to_.schema));
    ASSIGN_OR_RETURN(here_, names_->Of(run_, from_.schema));
    for (SchemaName& name : moving_) name.name = NameNow(name);
    RETURN_IF_ERROR(CheckUsage());
    ResolveClashes();
    if (work_->refused()) return absl::OkStatus();
    MoveTable();
    MoveStatistics();
    CarryNames();
    // The time is the run's to add.
    RETURN_IF_ERROR(AddComment(run_, work_, to_,
                               absl::StrCat(work_->saved.id, ", was ", pg::DisplayName(from_))));
    if (view) RETURN_IF_ERROR(AddView());
    work_->saved.locks.push_back(
        {work_->saved.source, "ACCESS EXCLUSIVE", "some milliseconds, in attempts of 3 s at most"});
    return absl::OkStatus();
  }

 private:
  void Add(const std::string& sql, const std::string& undo, const std::string& why = "") {
    work_->saved.statements.push_back({sql, undo, why});
  }

  // An action before may have renamed it.
  [[nodiscard]] std::string NameNow(const SchemaName& name) const {
    for (const SchemaName& now : *here_)
      if (now.oid == name.oid && now.space == name.space) return now.name;
    return name.name;
  }

  // The server would cut a longer name, and say so only in a notice.
  void CheckName() {
    constexpr size_t kNameBytesMax = 63;  // NAMEDATALEN - 1
    for (const std::string& part : {to_.schema, to_.name})
      if (part.size() > kNameBytesMax)
        work_->Refuse("name-too-long",
                      absl::StrCat(part, " has ", part.size(), " bytes; PostgreSQL takes 63"),
                      work_->target == nullptr ? "choose a shorter name in `to`"
                                               : "choose shorter archive_names");
    if (absl::StartsWith(to_.schema, "pg_") || to_.schema == "information_schema")
      work_->Refuse("reserved-schema", absl::StrCat("schema ", to_.schema, " is PostgreSQL's own"),
                    "choose another schema");
  }

  absl::Status MakeSchema() {
    ASSIGN_OR_RETURN(const bool exists, names_->Exists(run_, to_.schema));
    if (exists) return absl::OkStatus();
    names_->Make(to_.schema);
    const std::string schema = pg::QuoteIdentifier(to_.schema);
    Add(absl::StrCat("CREATE SCHEMA ", schema), absl::StrCat("DROP SCHEMA ", schema),
        "there is none yet");
    return absl::OkStatus();
  }

  absl::Status CheckUsage() {
    if (from_.schema == to_.schema) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        const auto missing,
        catalog::ReadSchemaUsage(run_->connection(), work_->source->table.oid, to_.schema));
    std::vector<std::string> grants;
    for (const catalog::MissingUsage& role : missing) {
      const std::string text =
          absl::StrCat("role ", role.role, " (", role.why, ") has no USAGE on schema ",
                       pg::DisplayName({"", to_.schema}), "; cure: ", role.remedy);
      role.breaks ? work_->Hazard(plan::kMissingUsage, text) : work_->Note("missing-usage", text);
    }
    return absl::OkStatus();
  }

  [[nodiscard]] std::set<std::string> Taken(NameSpace space) const {
    std::set<std::string> taken;
    for (const auto* names : {there_, here_})
      for (const SchemaName& name : *names)
        if (name.space == space) taken.insert(name.name);
    for (const SchemaName& name : moving_)
      if (name.space == space) taken.insert(name.name);
    return taken;
  }

  // What travels with the table gets the table's new name in front; the table's own name is the
  // plan's word, and must be free.
  void ResolveClashes() {
    if (from_.schema == to_.schema && from_.name == to_.name)
      return work_->Refuse("same-name", absl::StrCat(pg::DisplayName(to_), " is its name already"));
    for (const catalog::NameClash& clash : catalog::FindClashes(moving_, to_.name, *there_)) {
      if (clash.moving.oid == moving_.front().oid && clash.moving.space == NameSpace::kRelation)
        work_->Refuse("name-taken",
                      absl::StrCat(pg::DisplayName(to_), " exists already: ", clash.taken.kind, " ",
                                   clash.taken.name),
                      "choose another name in `to`");
      else if (clash.moving.space == NameSpace::kType && !work_->refused())
        work_->Refuse("type-name-taken",
                      absl::StrCat("the row type of ", pg::DisplayName(to_), " would clash with ",
                                   clash.taken.kind, " ", clash.taken.name),
                      "choose another name in `to`");
      else if (clash.moving.space != NameSpace::kType)
        RenameOut(clash);
    }
  }

  void RenameOut(const catalog::NameClash& clash) {
    const std::string free = catalog::FreeName(absl::StrCat(to_.name, "_", clash.moving.name),
                                               Taken(clash.moving.space));
    const std::string verb = clash.moving.space == NameSpace::kStatistics ? "ALTER STATISTICS "
                             : clash.moving.kind == "sequence"            ? "ALTER SEQUENCE "
                                                                          : "ALTER INDEX ";
    const auto rename = [&](const std::string& name, const std::string& to) {
      return absl::StrCat(verb, pg::QuoteQualified({from_.schema, name}), " RENAME TO ",
                          pg::QuoteIdentifier(to));
    };
    Add(rename(clash.moving.name, free), rename(free, clash.moving.name),
        absl::StrCat("schema ", to_.schema, " has ", clash.taken.kind, " ", clash.taken.name));
    work_->saved.findings.push_back(
        {"note", "name-clash",
         absl::StrCat(clash.moving.kind, " ", clash.moving.name, " becomes ", free, ": ",
                      to_.schema, " has ", clash.taken.kind, " ", clash.taken.name),
         ""});
    for (SchemaName& name : moving_)
      if (name.oid == clash.moving.oid && name.space == clash.moving.space) name.name = free;
  }

  [[nodiscard]] std::string Alter(const QualifiedName& name) const {
    return absl::StrCat("ALTER TABLE ", pg::QuoteQualified(name), " ");
  }

  // By way of a name that nobody has: each of the shorter ways fails where the last name is taken
  // in the one schema or the first in the other.
  void MoveTable() {
    const std::string in_transit = absl::StrCat("regraft_moving_", work_->source->table.oid);
    const auto rename = [&](const QualifiedName& name, const std::string& to) {
      return absl::StrCat(Alter(name), "RENAME TO ", pg::QuoteIdentifier(to));
    };
    const auto set_schema = [&](const QualifiedName& name, const std::string& schema) {
      return absl::StrCat(Alter(name), "SET SCHEMA ", pg::QuoteIdentifier(schema));
    };
    if (from_.schema == to_.schema) return Add(rename(from_, to_.name), rename(to_, from_.name));
    const QualifiedName left{from_.schema, in_transit}, arrived{to_.schema, in_transit};
    Add(rename(from_, in_transit), rename(left, from_.name));
    Add(set_schema(left, to_.schema), set_schema(arrived, from_.schema));
    Add(rename(arrived, to_.name), rename(to_, in_transit));
  }

  // SET SCHEMA leaves them behind.
  void MoveStatistics() {
    if (from_.schema == to_.schema) return;
    for (const SchemaName& name : moving_) {
      if (!name.by_hand || name.space != NameSpace::kStatistics) continue;
      const auto move = [&](const std::string& from, const std::string& to) {
        return absl::StrCat("ALTER STATISTICS ", pg::QuoteQualified({from, name.name}),
                            " SET SCHEMA ", pg::QuoteIdentifier(to));
      };
      Add(move(from_.schema, to_.schema), move(to_.schema, from_.schema), "stays behind otherwise");
    }
  }

  void CarryNames() {
    const auto travels = [&](const SchemaName& name) {
      return std::any_of(moving_.begin(), moving_.end(), [&](const SchemaName& one) {
        return one.oid == name.oid && one.space == name.space;
      });
    };
    here_->erase(std::remove_if(here_->begin(), here_->end(), travels), here_->end());
    for (SchemaName name : moving_) {
      if (name.oid == moving_.front().oid || name.kind == "row type") name.name = to_.name;
      there_->push_back(std::move(name));
    }
  }

  absl::Status AddView() {
    const bool invoker = run_->connection().server_version() >= kSecurityInvokerVersion;
    if (!invoker && work_->source->table.row_security)
      work_->Refuse("view-without-row-security",
                    "before PostgreSQL 15 a view under the old name would show the rows that row "
                    "security hides",
                    "leave out `view`");
    const std::string view = pg::QuoteQualified(from_);
    Add(absl::StrCat("CREATE VIEW ", view, invoker ? " WITH (security_invoker = true)" : "",
                     " AS SELECT * FROM ", pg::QuoteQualified(to_)),
        absl::StrCat("DROP VIEW ", view), "for readers of the old name");
    here_->push_back({.name = from_.name, .kind = "view"});
    here_->push_back({.name = from_.name, .space = NameSpace::kType, .kind = "row type"});
    return GrantView(view);
  }

  // Who could use the table under its old name still can, column by column and with the right to
  // grant.
  absl::Status GrantView(const std::string& view) {
    ASSIGN_OR_RETURN(
        const pg::Result grants,
        run_->connection().Query(
            "SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE "
            "quote_ident(pg_get_userbyid(a.grantee)) "
            "END, string_agg(a.privilege_type || g.part, ', ' ORDER BY a.privilege_type || "
            "g.part), "
            "a.is_grantable FROM pg_class c CROSS JOIN LATERAL (SELECT c.relacl, '' UNION ALL "
            "SELECT "
            "attacl, ' (' || quote_ident(attname) || ')' FROM pg_attribute WHERE attrelid = c.oid "
            "AND attnum > 0 AND NOT attisdropped) AS g(acl, part) CROSS JOIN LATERAL "
            "aclexplode(g.acl) AS a WHERE c.oid = $1 AND a.grantee <> c.relowner AND "
            "a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') GROUP BY 1, 3 ORDER BY "
            "1, 3",
            {absl::StrCat(work_->source->table.oid)}));
    for (int row = 0; row < grants.rows(); ++row)
      Add(absl::StrCat("GRANT ", grants.Text(row, 1), " ON ", view, " TO ", grants.Text(row, 0),
                       grants.Bool(row, 2) ? " WITH GRANT OPTION" : ""),
          "");
    const std::string owner = pg::QuoteIdentifier(work_->source->table.owner);
    Add(absl::StrCat("ALTER VIEW ", view, " OWNER TO ", owner), "");
    return absl::OkStatus();
  }

  Run* run_;
  Work* work_;
  Names* names_;
  QualifiedName from_, to_;
  std::vector<SchemaName> moving_;
  std::vector<SchemaName>* there_ = nullptr;
  std::vector<SchemaName>* here_ = nullptr;
};

}  // namespace

absl::StatusOr<std::vector<SchemaName>*> Names::Of(Run* run, const std::string& schema) {
  if (const auto found = names_.find(schema); found != names_.end()) return &found->second;
  ASSIGN_OR_RETURN(std::vector<SchemaName> names, catalog::ReadNames(run->connection(), schema));
  return &names_.emplace(schema, std::move(names)).first->second;
}

absl::StatusOr<bool> Names::Exists(Run* run, const std::string& schema) {
  if (const auto found = exists_.find(schema); found != exists_.end()) return found->second;
  ASSIGN_OR_RETURN(const pg::Result result,
                   run->connection().Query(
                       "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", {schema}));
  return exists_[schema] = result.Bool(0, 0);
}

absl::Status Relocate(Run* run, Work* work, Names* names, const QualifiedName& to, bool view) {
  return Relocator(run, work, names, to).Relocate(view);
}

}  // namespace regraft::resolution

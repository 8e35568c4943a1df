#include "cli/commands/diff_relation.h"

#include "engine/analysis/chunking.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"
#include "engine/pg/identifier.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace regraft::cli {
namespace {

// More connections than this hurt others before they help: a lane keeps one processor busy at each
// end.
constexpr int kJobsDefaultMax = 8;

absl::Status NotFound(pg::Connection& connection, const std::string& typed,
                      const pg::QualifiedName& name) {
  ASSIGN_OR_RETURN(const std::vector<std::string> similar,
                   catalog::SimilarRelations(connection, name));
  return BadPlan(absl::StrCat(
      "there is no table or view ", typed, " here",
      similar.empty() ? std::string("")
                      : absl::StrCat("; did you mean ", absl::StrJoin(similar, ", "), "?")));
}

absl::StatusOr<std::vector<catalog::Leaf>> LeavesToRead(const catalog::Table& table,
                                                        const std::string& children) {
  std::vector<catalog::Leaf> leaves = table.leaves;
  if (!table.inheritance_children.empty() && children.empty())
    return BadPlan(absl::StrCat(
        pg::DisplayName(table.name), " has ", table.inheritance_children.size(),
        " inheritance children (such as ", pg::DisplayName(table.inheritance_children[0].name),
        "): say whether their rows are meant, by --children include or "
        "--children exclude"));
  if (children == "include")
    leaves.insert(leaves.end(), table.inheritance_children.begin(),
                  table.inheritance_children.end());
  // A partitioned table without partitions: the table itself is read, so that nothing is only
  // assumed.
  if (leaves.empty())
    leaves.push_back(
        {.oid = table.oid, .name = table.name, .relkind = table.relkind, .has_ctid = false});
  return leaves;
}

// Parsed and planned as one statement of its own, which also keeps a condition from ending ours.
absl::Status CheckWhere(pg::Connection& connection, const catalog::Leaf& leaf,
                        const std::string& where) {
  if (where.empty()) return absl::OkStatus();
  const analysis::ChunkRange all;
  const absl::Status status =
      connection
          .Query(absl::StrCat("SELECT 1 ", analysis::FromRange(leaf, all, where), " LIMIT 0"), {})
          .status();
  const std::string sqlstate = pg::Sqlstate(status);
  const bool in_the_text = (sqlstate.starts_with("42") || sqlstate.starts_with("22")) &&
                           sqlstate != pg::kInsufficientPrivilege;
  const absl::Status annotated =
      Annotate(status, absl::StrCat("--where \"", where, "\" on ", pg::DisplayName(leaf.name)));
  return in_the_text ? WithKind(annotated, FailureKind::kBadPlan) : annotated;
}

struct TypedName {
  std::string text;
  bool quoted = false;
};

absl::StatusOr<std::vector<TypedName>> SplitNames(const std::string& list) {
  std::vector<TypedName> names(1);
  bool inside = false;
  for (size_t i = 0; i < list.size(); ++i) {
    TypedName& name = names.back();
    if (list[i] == '"' && inside && i + 1 < list.size() && list[i + 1] == '"') {
      name.text.push_back(list[++i]);
    } else if (list[i] == '"') {
      inside = !inside;
      name.quoted = true;
    } else if (list[i] == ',' && !inside) {
      names.emplace_back();
    } else {
      name.text.push_back(list[i]);
    }
  }
  if (inside) return BadPlan(absl::StrCat("a quote is not closed in the column list ", list));
  return names;
}

bool HasColumn(const std::vector<const catalog::Table*>& tables, const std::string& name) {
  return std::any_of(tables.begin(), tables.end(), [&](const catalog::Table* table) {
    return table->FindColumn(name) != nullptr;
  });
}

absl::Status UnknownColumn(const catalog::Table& table, const std::string& name) {
  return BadPlan(absl::StrCat(
      "there is no column ", pg::QuoteIdentifier(name), " in ", pg::DisplayName(table.name),
      ", only ",
      absl::StrJoin(table.columns, ", ", [](std::string* out, const catalog::Column& column) {
        out->append(column.name);
      })));
}

}  // namespace

void AddReadFlags(CLI::App* verb, ReadFlags* flags) {
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  flags->jobs = std::clamp(processors, 1, kJobsDefaultMax);
  verb->add_option("--where", flags->where, "SQL condition on the rows, such as \"id < 1000\"")
      ->type_name("SQL");
  verb->add_option("--jobs", flags->jobs, "connections that read at the same time")
      ->envname("REGRAFT_JOBS")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->type_name("N");
  verb->add_option("--children", flags->children,
                   "the rows of inheritance children (not partitions, which always belong)")
      ->check(CLI::IsMember({"include", "exclude"}));
}

absl::StatusOr<OpenedRelation> OpenRelation(pg::Connection& connection, const std::string& typed,
                                            const ReadFlags& flags) {
  auto name = pg::ParseQualifiedName(typed);
  if (!name.ok()) return WithKind(name.status(), FailureKind::kBadPlan);
  ASSIGN_OR_RETURN(const std::optional<uint32_t> oid, catalog::FindRelation(connection, *name));
  if (!oid.has_value()) return NotFound(connection, typed, *name);
  OpenedRelation opened;
  ASSIGN_OR_RETURN(opened.table, catalog::ReadTable(connection, *oid));
  ASSIGN_OR_RETURN(opened.leaves, LeavesToRead(opened.table, flags.children));
  RETURN_IF_ERROR(CheckWhere(connection, opened.leaves[0], flags.where));
  return opened;
}

absl::StatusOr<std::vector<std::string>> ParseColumnNames(
    const std::string& list, const std::vector<const catalog::Table*>& tables) {
  ASSIGN_OR_RETURN(const std::vector<TypedName> typed, SplitNames(list));
  std::vector<std::string> names;
  for (const TypedName& name : typed) {
    const bool as_typed = name.quoted || HasColumn(tables, name.text);
    names.push_back(as_typed ? name.text : absl::AsciiStrToLower(name.text));
    if (!HasColumn(tables, names.back())) return UnknownColumn(*tables[0], name.text);
    if (std::count(names.begin(), names.end(), names.back()) > 1)
      return BadPlan(
          absl::StrCat("column ", pg::QuoteIdentifier(names.back()), " is listed twice"));
  }
  return names;
}

}  // namespace regraft::cli

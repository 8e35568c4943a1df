#include "cli/commands/read_relation.h"

#include "engine/analysis/chunking.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"
#include "engine/pg/identifier.h"

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
  ASSIGN_OR_RETURN(const pg::QualifiedName name, pg::ParseQualifiedName(typed));
  ASSIGN_OR_RETURN(const std::optional<uint32_t> oid, catalog::FindRelation(connection, name));
  if (!oid.has_value()) return NotFound(connection, typed, name);
  OpenedRelation opened;
  ASSIGN_OR_RETURN(opened.table, catalog::ReadTable(connection, *oid));
  ASSIGN_OR_RETURN(opened.leaves, LeavesToRead(opened.table, flags.children));
  RETURN_IF_ERROR(CheckWhere(connection, opened.leaves[0], flags.where));
  return opened;
}

}  // namespace regraft::cli

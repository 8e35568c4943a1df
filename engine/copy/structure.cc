#include "engine/base/status_macros.h"
#include "engine/copy/job.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <set>

namespace regraft::copy {
namespace {

// What a plan is made of: equal texts, equal plans.
std::string Describe(const catalog::Table& table) {
  std::string text = absl::StrCat(table.oid, " ", std::string(1, table.relkind));
  for (const catalog::Column& column : table.columns)
    absl::StrAppend(&text, "\n", column.attnum, " ", column.name, " ", column.type_sql, " ",
                    column.default_sql, " ", column.generated_sql, " ",
                    column.not_null ? "not null" : "");
  std::set<uint32_t> parts;  // a set: the plan may count inheritance children among the leaves
  for (const auto* list : {&table.leaves, &table.inheritance_children})
    for (const catalog::Leaf& leaf : *list) parts.insert(leaf.oid);
  absl::StrAppend(&text, "\nparts ", absl::StrJoin(parts, " "));
  for (const catalog::Trigger& trigger : table.triggers)
    absl::StrAppend(&text, "\n", trigger.name, " ", std::string(1, trigger.enabled), " ",
                    trigger.function);
  for (const catalog::Rule& rule : table.rules)
    absl::StrAppend(&text, "\n", rule.name, " ", std::string(1, rule.enabled));
  return text;
}

absl::Status Check(pg::Connection& connection, const std::string& planned, uint32_t oid,
                   const std::string& name) {
  ASSIGN_OR_RETURN(const catalog::Table now, catalog::ReadTable(connection, oid));
  if (Describe(now) == planned) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat(name,
                   " has got other columns, partitions, triggers or rules while this copy "
                   "was being planned; run the same command again"));
}

}  // namespace

absl::Status CheckSourceStructure(Job* job) {
  return Check(*job->source_control, Describe(job->plan.source), job->plan.source.oid,
               job->report->source);
}

absl::Status CheckTargetStructure(Job* job) {
  return Check(*job->target_control, Describe(job->plan.target), job->plan.target.oid,
               job->report->target);
}

}  // namespace regraft::copy

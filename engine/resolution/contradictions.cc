// What two actions cannot both mean, and what none may touch.

#include "engine/analysis/encode.h"
#include "engine/base/status_macros.h"
#include "engine/resolution/bind.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <set>

namespace regraft::resolution {
namespace {

using plan::ActionKind;

// A table is touched with its partitions, and a partition by what is done to the whole.
bool Holds(const Relation* relation, uint32_t oid) {
  if (relation == nullptr) return false;
  const auto is_it = [&](const catalog::Leaf& leaf) { return leaf.oid == oid; };
  return relation->table.oid == oid ||
         std::any_of(relation->table.leaves.begin(), relation->table.leaves.end(), is_it);
}

void CheckUntouchable(const Relation& untouchable, std::vector<Work>* works) {
  for (Work& work : *works) {
    if (work.action->kind == ActionKind::kPending) continue;
    for (const Relation* relation : {work.source, work.target})
      if (Holds(relation, untouchable.table.oid) ||
          (relation != nullptr && Holds(&untouchable, relation->table.oid)))
        work.Refuse("untouchable", absl::StrCat(untouchable.Display(), " is named as untouchable"),
                    "take the action out, or the table off the list");
  }
}

// The target's columns that a merge or fold gives values.
std::set<std::string> WrittenColumns(const Work& work) {
  std::set<std::string> columns;
  const auto add_source = [&](const std::string& prefix) {
    for (const catalog::Column& column : work.source->table.columns)
      columns.insert(prefix + column.name);
  };
  if (const auto& fold = work.action->fold; fold.has_value()) {
    if (fold->prefix.empty() && !fold->column.empty()) return {fold->column};
    if (fold->prefix.empty()) return {};  // still to be decided
    add_source(fold->prefix);
    return columns;
  }
  const plan::Mapping& mapping = work.action->merge->mapping;
  add_source("");
  for (const plan::ColumnPair& pair : mapping.columns) columns.erase(pair.source);
  for (const plan::ColumnPair& pair : mapping.columns) columns.insert(pair.target);
  for (const plan::Constant& constant : mapping.constants) columns.insert(constant.column);
  for (const plan::ValueMap& map : mapping.value_maps) columns.insert(map.target);
  for (const plan::Fill& fill : mapping.fills) columns.insert(fill.column);
  columns.insert(mapping.overflow);
  columns.erase("");
  return columns;
}

// What a fold puts into a column is known later by the column alone.
void CheckColumns(const Work& one, Work* other) {
  if (one.target == nullptr || one.target != other->target || one.source == nullptr ||
      other->source == nullptr)
    return;
  if (!one.action->fold.has_value() && !other->action->fold.has_value()) return;
  const std::set<std::string> columns = WrittenColumns(one);
  for (const std::string& column : WrittenColumns(*other))
    if (columns.contains(column))
      return other->Refuse("column-twice",
                           absl::StrCat("the column ", column, " of ", other->saved.target,
                                        " is already filled by ", one.saved.id),
                           "choose another column or prefix");
}

// Two literals of one type may be one value: 1 and 01, 'a' and 'a ' of char(3).
bool SameValue(Run* run, const Relation& target, const plan::Constant& one,
               const plan::Constant& other) {
  if (one.value == other.value) return true;
  const catalog::Column* column = target.table.FindColumn(one.column);
  if (column == nullptr) return false;
  const auto equal =
      Try(run->connection(), absl::StrCat("SELECT ", analysis::TypedLiteral(one.value, *column),
                                          " = ", analysis::TypedLiteral(other.value, *column)));
  return equal.ok() && equal->Bool(0, 0);
}

// Two merges whose discriminators do not exclude each other could not be told apart.
bool Overlap(Run* run, const Work& one, const Work& other) {
  for (const plan::Constant& constant : one.action->merge->mapping.constants)
    for (const plan::Constant& its : other.action->merge->mapping.constants)
      if (constant.column == its.column && !SameValue(run, *one.target, constant, its))
        return false;
  return true;
}

std::vector<pg::QualifiedName> NewNames(const Work& work) {
  std::vector<pg::QualifiedName> names;
  if (work.new_name.has_value()) names.push_back(*work.new_name);
  if (work.action->remainder.has_value()) names.push_back(*work.action->remainder);
  return names;
}

void CheckPair(Run* run, Work* one, Work* other) {
  CheckColumns(*one, other);
  if (one->source != nullptr && one->source == other->source &&
      one->action->kind == ActionKind::kAddPk && other->action->kind == ActionKind::kAddPk)
    other->Refuse("source-twice",
                  absl::StrCat(other->saved.source, " already gets a key by ", one->saved.id),
                  "a table has one primary key");
  if (one->source != nullptr && one->source == other->source && MovesSource(*one) &&
      MovesSource(*other) && other->maker == nullptr)
    other->Refuse("source-twice",
                  absl::StrCat(other->saved.source, " is already taken by ", one->saved.id),
                  "one action decides what becomes of a table");
  for (const pg::QualifiedName& name : NewNames(*one))
    for (const pg::QualifiedName& its : NewNames(*other))
      if (name == its)
        other->Refuse("name-twice",
                      absl::StrCat(pg::DisplayName(its), " is already the new name that ",
                                   one->saved.id, " gives"),
                      one->target == nullptr && other->target == nullptr
                          ? "choose another name in `to`"
                          : "choose other archive_names, or another remainder");
  if (one->action->merge.has_value() && other->action->merge.has_value() &&
      one->target != nullptr && one->target == other->target && Overlap(run, *one, *other))
    other->Refuse("discriminators-overlap",
                  absl::StrCat("rows of ", one->saved.id, " in ", other->saved.target,
                               " could carry the same discriminator"),
                  "give each merge another value of the same column in `set`");
}

}  // namespace

absl::StatusOr<std::vector<saved_plan::Finding>> CheckContradictions(Run* run,
                                                                     std::vector<Work>* works) {
  for (size_t i = 0; i < works->size(); ++i) {
    Work& work = (*works)[i];
    for (const std::string& todo : work.action->todo)
      work.Refuse("todo", absl::StrCat("still to be decided: ", todo),
                  "decide it in the plan and take the todo out");
    for (size_t before = 0; before < i; ++before) CheckPair(run, &(*works)[before], &work);
  }
  std::vector<saved_plan::Finding> findings;
  for (const pg::QualifiedName& name : run->plan.untouchable) {
    ASSIGN_OR_RETURN(const Relation* relation, run->world.Find(name));
    if (relation == nullptr)
      findings.push_back({"refusal", "no-such-table",
                          absl::StrCat("untouchable: there is no table ", pg::DisplayName(name)),
                          "correct its name, or take it off the list"});
    else
      CheckUntouchable(*relation, works);
    for (const plan::Preparation& preparation : run->plan.preparations)
      if (preparation.table == name)
        findings.push_back(
            {"refusal", "untouchable",
             absl::StrCat("prepare: ", pg::DisplayName(name), " is named as untouchable"),
             "take the preparation out, or the table off the list"});
  }
  return findings;
}

}  // namespace regraft::resolution

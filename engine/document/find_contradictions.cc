// What the lines of a document's tables say against each other.
#include "engine/base/status_macros.h"
#include "engine/document/reading.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <map>
#include <utility>

namespace regraft::document {
namespace {

using plan::Action;
using plan::ActionKind;
using Name = std::pair<std::string, std::string>;

Name KeyOf(const pg::QualifiedName& name) { return {name.schema, name.name}; }

bool IsMerge(const Action& action) {
  return action.kind == ActionKind::kMerge || action.kind == ActionKind::kMergeJsonb ||
         action.kind == ActionKind::kMergeCols;
}
bool Renames(const Action& action) {
  return action.kind == ActionKind::kArchive || action.kind == ActionKind::kMove;
}

// Where a table is called a materialised view: by a line of the tables, or as a leaf.
std::map<Name, int> ViewsOf(const plan::Plan& plan) {
  std::map<Name, int> views;
  for (const Action& action : plan.actions)
    if (action.kind == ActionKind::kKeepAsMv)
      views.emplace(KeyOf(action.source), action.place.line);
  if (plan.lock.has_value())
    for (const plan::Leaf& leaf : plan.lock->leaves)
      if (leaf.leaf_type == "MV") views.emplace(KeyOf(leaf.table), leaf.place.line);
  return views;
}

void CheckViews(const plan::Plan& plan, Reading* reading) {
  const auto views = ViewsOf(plan);
  for (const Action& action : plan.actions) {
    const bool adds_key = action.kind == ActionKind::kAddPk;
    if (!adds_key && !IsMerge(action)) continue;
    const auto found =
        views.find(KeyOf(adds_key ? action.source : action.target.value_or(pg::QualifiedName{})));
    if (found == views.end() || found->first.second.empty()) continue;
    const std::string name = pg::DisplayName({found->first.first, found->first.second});
    reading->Find(action.place.line, adds_key ? "key-on-mv" : "merge-into-mv",
                  adds_key ? absl::StrCat(name, " gets a primary key, and line ", found->second,
                                          " calls it a materialised view, which cannot have one: "
                                          "it stays a table, with a label")
                           : absl::StrCat(name, " receives merged rows, and line ", found->second,
                                          " calls it a materialised view, whose next refresh would "
                                          "lose them: it stays a table, with a label"));
  }
}

void CheckUnlistedViews(const plan::Plan& plan, Reading* reading) {
  std::set<Name> listed;
  for (const Action& action : plan.actions)
    if (action.kind == ActionKind::kKeepAsMv) listed.insert(KeyOf(action.source));
  if (!plan.lock.has_value()) return;
  for (const plan::Leaf& leaf : plan.lock->leaves)
    if (leaf.leaf_type == "MV" && listed.count(KeyOf(leaf.table)) == 0)
      reading->Find(leaf.place.line, "unlisted-mv",
                    absl::StrCat(pg::DisplayName(leaf.table),
                                 " is a leaf of type MV, and no line reclassifies it; it is not "
                                 "made an action"));
}

// One table cannot go two ways, and two tables cannot get one name.
void CheckTwice(const plan::Plan& plan, Reading* reading) {
  std::map<Name, const Action*> sources, new_names;
  for (const Action& action : plan.actions) {
    const bool goes = Renames(action) || IsMerge(action) || action.kind == ActionKind::kPending;
    if (goes) {
      const auto [other, is_new] = sources.emplace(KeyOf(action.source), &action);
      if (!is_new)
        reading->Find(
            action.place.line, "source-twice",
            absl::StrCat(pg::DisplayName(action.source), " is the source of ", other->second->id,
                         " (line ", other->second->place.line, ") and of ", action.id));
    }
    if (Renames(action) && action.target.has_value()) {
      const auto [other, is_new] = new_names.emplace(KeyOf(*action.target), &action);
      if (!is_new)
        reading->Find(
            action.place.line, "target-twice",
            absl::StrCat(pg::DisplayName(*action.target), " is the new name of ",
                         pg::DisplayName(other->second->source), " (line ",
                         other->second->place.line, ") and of ", pg::DisplayName(action.source)));
    }
  }
}

// A merge into a table that another line takes away.
void CheckTargetsStay(const plan::Plan& plan, Reading* reading) {
  std::map<Name, const Action*> gone;
  for (const Action& action : plan.actions)
    if (Renames(action) || IsMerge(action)) gone.emplace(KeyOf(action.source), &action);
  for (const Action& action : plan.actions) {
    if (!IsMerge(action) || !action.target.has_value()) continue;
    const auto found = gone.find(KeyOf(*action.target));
    if (found != gone.end())
      reading->Find(action.place.line, "target-goes",
                    absl::StrCat(pg::DisplayName(*action.target), " receives rows, and ",
                                 found->second->id, " (line ", found->second->place.line, ", ",
                                 AsAbsl(plan::KindWord(found->second->kind)), ") takes it away"));
  }
}

void CheckDiscriminators(const plan::Plan& plan, Reading* reading) {
  std::map<std::pair<Name, std::string>, const Action*> seen;
  for (const Action& action : plan.actions) {
    if (action.kind != ActionKind::kMerge) continue;
    if (action.merge->mapping.constants.empty()) {
      reading->Find(action.place.line, "no-discriminator",
                    absl::StrCat("nothing in the document tells the rows of ",
                                 pg::DisplayName(action.source), " from the others in ",
                                 pg::DisplayName(action.target.value_or(pg::QualifiedName{}))));
      continue;
    }
    const std::string words = plan::DiscriminatorWords(action.merge->mapping);
    const auto [other, is_new] =
        seen.emplace(std::pair(KeyOf(action.target.value_or(pg::QualifiedName{})), words), &action);
    if (!is_new)
      reading->Find(action.place.line, "same-discriminator",
                    absl::StrCat(words, " is given to ", other->second->id, " (line ",
                                 other->second->place.line, ") and to ", action.id));
  }
}

// The usual rule of one table of record and one of errors for each sub-hub; a note, not a refusal.
void CheckLeafCounts(const plan::Plan& plan, Reading* reading) {
  if (!plan.lock.has_value()) return;
  struct Counts {
    int line = 0, canonical = 0, errors = 0;
  };
  std::map<std::string, Counts> hubs;
  for (const plan::Leaf& leaf : plan.lock->leaves) {
    Counts& counts = hubs[leaf.sub_hub];
    if (counts.line == 0) counts.line = leaf.place.line;
    counts.canonical += leaf.leaf_type == "CANONICAL" ? 1 : 0;
    counts.errors += leaf.leaf_type == "ERROR" ? 1 : 0;
  }
  for (const auto& [hub, counts] : hubs)
    if (counts.canonical != 1 || counts.errors != 1)
      reading->Find(
          counts.line, "leaf-count",
          absl::StrCat("sub-hub ", hub, " has ", counts.canonical, " canonical tables and ",
                       counts.errors, " error tables; no rule in the document says how many"));
}

// Which {schema} and {table} pattern the names of archived tables follow, by their majority.
std::string MajorityPattern(const std::vector<const Action*>& archives) {
  std::map<std::string, size_t> patterns;
  for (const Action* action : archives) {
    const std::string& name = action->target->name;
    for (const auto& [part, word] :
         {std::pair(absl::StrCat(action->source.schema, "_", action->source.name),
                    std::string("{schema}_{table}")),
          std::pair(action->source.name, std::string("{table}"))}) {
      const size_t at = part.empty() ? std::string::npos : name.find(part);
      if (at == std::string::npos) continue;
      ++patterns[absl::StrCat(name.substr(0, at), word, name.substr(at + part.size()))];
      break;
    }
  }
  std::string best;
  size_t most = 0;
  for (const auto& [pattern, count] : patterns)
    if (count > most) {
      most = count;
      best = pattern;
    }
  return most >= 3 && most * 2 > archives.size() ? best : "";
}

void CheckArchiveNames(const plan::Plan& plan, Reading* reading) {
  std::vector<const Action*> archives;
  for (const Action& action : plan.actions)
    if (action.kind == ActionKind::kArchive && action.target.has_value())
      archives.push_back(&action);
  const bool stated = reading->naming_rule.has_value();
  std::string pattern = stated ? reading->naming_rule->pattern : MajorityPattern(archives);
  if (pattern.empty() || archives.empty()) return;
  if (absl::StrContains(pattern, '.')) pattern.erase(0, pattern.find('.') + 1);
  for (const Action* action : archives)
    if (const std::string name = ApplyPattern(pattern, action->source);
        name != action->target->name)
      reading->Find(action->place.line, "archive-name",
                    absl::StrCat(pg::DisplayName(*action->target), " is not called ", name, ", as ",
                                 stated ? "the document's rule " : "most others are, by ", pattern,
                                 "; the name in the line counts"));
  if (absl::StrContains(pattern, "{schema}_{table}"))
    reading->Find(archives[0]->place.line, "archive-name-not-unique",
                  absl::StrCat("names made by ", pattern,
                               " can be those of two tables: a.b_c and a_b.c get the same"));
}

}  // namespace

void FindContradictions(Reading* reading) {
  const plan::Plan& plan = reading->import.plan;
  CheckViews(plan, reading);
  CheckUnlistedViews(plan, reading);
  CheckTwice(plan, reading);
  CheckTargetsStay(plan, reading);
  CheckDiscriminators(plan, reading);
  CheckLeafCounts(plan, reading);
  CheckArchiveNames(plan, reading);
}

}  // namespace regraft::document

#include "engine/resolution/attachments.h"

#include "engine/base/status_macros.h"
#include "engine/catalog/dependent_effect.h"
#include "engine/catalog/dossier.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <map>
#include <set>

namespace regraft::resolution {
namespace {

using catalog::TableChange;
using plan::ActionKind;

// Facts of a dossier that people ask after when a table moves.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kKeptFacts = {
    {{"indexes", "indexes"},
     {"constraints", "constraints"},
     {"foreign_keys", "foreign keys"},
     {"referenced_by", "foreign keys of others"},
     {"triggers", "triggers"},
     {"rules", "rules"},
     {"policies", "policies"},
     {"grants", "grants"},
     {"column_grants", "column grants"},
     {"comments", "comments"},
     {"statistics", "statistics objects"},
     {"publications", "publications"},
     {"sequences", "sequences"},
     {"replica_identity", "replica identity"},
     {"options", "storage options"}}};

TableChange ChangeOf(const Work& work) {
  TableChange change{.kind = TableChange::Kind::kMoved,
                     .from = work.source->table.name,
                     .to = work.new_name.value_or(work.source->table.name),
                     .into = {},
                     .view_remains = work.view_remains};
  if (work.action->kind == ActionKind::kArchive) change.kind = TableChange::Kind::kArchived;
  if (work.target != nullptr) {
    change.kind = TableChange::Kind::kMerged;
    change.into = work.target->table.name;
  }
  return change;
}

bool ChangesPlace(const Work& work) {
  return work.source != nullptr && (work.new_name.has_value() || work.target != nullptr);
}

void NameDependents(const catalog::Dependents& dependents, Work* work) {
  const TableChange change = ChangeOf(*work);
  std::vector<std::string> breaking;
  for (const catalog::Dependent& dependent : dependents.seen) {
    if (dependent.of != work->source->table.oid) continue;
    const std::string effect = catalog::EffectOf(dependent, change);
    const std::string name =
        absl::StrCat(dependent.name, dependent.detail.empty() ? "" : " (" + dependent.detail + ")");
    work->saved.dependents.push_back({std::string(catalog::ClassName(dependent)),
                                      std::string(catalog::KindName(dependent.kind)), name,
                                      effect});
    if (absl::StartsWith(effect, "breaks"))
      breaking.push_back(
          absl::StrCat(AsAbsl(catalog::KindName(dependent.kind)), " ", dependent.name));
  }
  for (const std::string& unseen : dependents.unseen)
    work->saved.dependents.push_back({"invisible", "elsewhere", unseen, "unknown"});
  if (!breaking.empty())
    work->Hazard(plan::kTextualDependents,
                 absl::StrCat(breaking.size(), " that name ", work->saved.source,
                              " break: ", absl::StrJoin(breaking, ", ")));
}

// A table that somebody empties by a function is no safe place for old rows.
constexpr const char* kDeletersQuery = R"sql(
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.prosrc ~* ('\mdelete\s+from\s+(only\s+)?"?' || $1 || '"?\s*\.\s*"?' || $2 || '"?(\s|;|$)')
ORDER BY 1
)sql";

// A name as a pattern that matches nothing else.
std::string Pattern(const std::string& name) {
  std::string pattern;
  for (const char c : name) {
    if (c != '_' && std::ispunct(static_cast<unsigned char>(c)) != 0) pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern;
}

absl::Status NameDeleters(Run* run, Work* work) {
  const pg::QualifiedName& name = work->target->table.name;
  ASSIGN_OR_RETURN(
      const pg::Result found,
      run->connection().Query(kDeletersQuery, {Pattern(name.schema), Pattern(name.name)}));
  std::vector<std::string> functions;
  for (int row = 0; row < found.rows(); ++row) functions.push_back(found.Text(row, 0));
  if (!functions.empty())
    work->Hazard(plan::kDeletedByFunction,
                 absl::StrCat("rows of ", work->saved.target, " are deleted by ",
                              absl::StrJoin(functions, ", "),
                              ": see that merged rows do not meet its condition"));
  return absl::OkStatus();
}

void NameKept(const catalog::Dossier& dossier, Work* work) {
  for (const auto& [fact, words] : kKeptFacts) {
    const auto found = dossier.facts.find(std::string(fact));
    if (found == dossier.facts.end()) continue;
    work->saved.kept.push_back(absl::StrCat(found->second.size(), " ", AsAbsl(words)));
  }
}

std::vector<uint32_t> OidsOf(const std::vector<const Relation*>& relations) {
  std::set<uint32_t> oids;
  for (const Relation* relation : relations)
    if (relation != nullptr) oids.insert(relation->table.oid);
  return {oids.begin(), oids.end()};
}

// A name that nobody has must still be nobody's when the plan is executed.
absl::Status AddNamesToBeFree(Run* run, const Work& work, std::set<std::string>* free) {
  std::vector<pg::QualifiedName> names;
  if (work.new_name.has_value()) names.push_back(*work.new_name);
  if (!work.saved.remainder_table.empty()) {
    ASSIGN_OR_RETURN(names.emplace_back(), pg::ParseQualifiedName(work.saved.remainder_table));
  }
  for (const pg::QualifiedName& name : names) {
    ASSIGN_OR_RETURN(const Relation* there, run->world.Find(name));
    if (there == nullptr) free->insert(pg::DisplayName(name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status NameAttachments(Run* run, std::vector<Work>* works) {
  std::vector<const Relation*> changing;
  for (const Work& work : *works)
    if (ChangesPlace(work)) changing.push_back(work.source);
  const std::vector<uint32_t> oids = OidsOf(changing);
  ASSIGN_OR_RETURN(const catalog::Dependents dependents,
                   catalog::ReadDependents(run->connection(), oids));
  ASSIGN_OR_RETURN(const std::vector<catalog::Dossier> dossiers,
                   catalog::ReadDossiers(run->connection(), oids));
  for (Work& work : *works) {
    if (!ChangesPlace(work)) continue;
    NameDependents(dependents, &work);
    for (const catalog::Dossier& dossier : dossiers)
      if (dossier.oid == work.source->table.oid) NameKept(dossier, &work);
    if (work.target != nullptr) RETURN_IF_ERROR(NameDeleters(run, &work));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<saved_plan::RelationFingerprint>> TakeFingerprint(
    Run* run, const std::vector<Work>& works) {
  std::vector<const Relation*> touched;
  for (const Work& work : works) {
    touched.push_back(work.source);
    touched.push_back(work.target);
    touched.insert(touched.end(), work.reads.begin(), work.reads.end());
  }
  for (const plan::Preparation& preparation : run->plan.preparations) {
    ASSIGN_OR_RETURN(const Relation* relation, run->world.Find(preparation.table));
    touched.push_back(relation);
  }
  ASSIGN_OR_RETURN(std::vector<catalog::Dossier> dossiers,
                   catalog::ReadDossiers(run->connection(), OidsOf(touched)));
  std::vector<saved_plan::RelationFingerprint> fingerprint;
  for (catalog::Dossier& dossier : dossiers)
    fingerprint.push_back({dossier.oid, pg::DisplayName(dossier.name), std::move(dossier.facts)});
  std::set<std::string> free;
  for (const Work& work : works) RETURN_IF_ERROR(AddNamesToBeFree(run, work, &free));
  for (const std::string& name : free) fingerprint.push_back({0, name, {}});
  return fingerprint;
}

}  // namespace regraft::resolution

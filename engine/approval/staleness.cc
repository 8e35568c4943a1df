#include "engine/approval/staleness.h"

#include "engine/approval/answers.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/dossier.h"
#include "engine/catalog/table.h"
#include "engine/pg/identifier.h"
#include "engine/plan/read_plan.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace regraft::approval {
namespace {

using catalog::Dossier;
using saved_plan::RelationFingerprint;
using saved_plan::SavedPlan;

// A cluster whose identifier this role may not read is known by where it is reached, which differs
// between people; see catalog::ReadDatabaseIdentity.
bool IsSubstitute(const std::string& system_identifier) {
  return absl::StartsWith(system_identifier, "address/");
}

absl::StatusOr<std::vector<std::string>> OtherDatabase(pg::Connection& connection,
                                                       const SavedPlan& plan) {
  ASSIGN_OR_RETURN(const catalog::DatabaseIdentity here, catalog::ReadDatabaseIdentity(connection));
  const bool comparable =
      !IsSubstitute(plan.system_identifier) && !IsSubstitute(here.system_identifier);
  const bool same = int64_t{here.database_oid} == plan.database_oid &&
                    (!comparable || here.system_identifier == plan.system_identifier);
  std::vector<std::string> reasons;
  if (!same)
    reasons.push_back(absl::StrCat("it was made for database ", plan.database, " (OID ",
                                   plan.database_oid, " of system ", plan.system_identifier,
                                   "), this is ", here.database, " (OID ", here.database_oid,
                                   " of system ", here.system_identifier, ")"));
  const int major = connection.server_version() / 10000;
  if (same && major != plan.server_version / 10000)
    reasons.push_back(absl::StrCat("it was made on PostgreSQL ", plan.server_version / 10000,
                                   ", this is PostgreSQL ", major));
  return reasons;
}

std::string Lines(const std::vector<std::string>& lines) {
  return absl::StrCat("\"", absl::StrJoin(lines, "\", \""), "\"");
}

std::string ChangeWords(const catalog::DossierChange& change) {
  if (change.fact == "name")
    return absl::StrCat(change.relation, " is now named ", absl::StrJoin(change.come, ", "));
  if (change.gone.empty())
    return absl::StrCat(change.relation, ": ", change.fact, ": new ", Lines(change.come));
  if (change.come.empty())
    return absl::StrCat(change.relation, ": ", change.fact, ": gone ", Lines(change.gone));
  return absl::StrCat(change.relation, ": ", change.fact, ": ", Lines(change.gone), " → ",
                      Lines(change.come));
}

// CompareDossiers names the relation by its QualifiedName; the fingerprint has the display form.
Dossier AsDossier(const RelationFingerprint& fingerprint) {
  Dossier dossier{.oid = fingerprint.oid, .name = {}, .facts = fingerprint.facts};
  return dossier;
}

absl::StatusOr<bool> Exists(pg::Connection& connection, const std::string& relation) {
  ASSIGN_OR_RETURN(const pg::QualifiedName name, pg::ParseQualifiedName(relation));
  ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(connection, name));
  return oid.has_value();
}

absl::Status Compare(pg::Connection& connection, const SavedPlan& plan,
                     std::vector<std::string>* reasons) {
  std::vector<uint32_t> oids;
  for (const RelationFingerprint& relation : plan.fingerprint)
    if (relation.oid != 0) oids.push_back(relation.oid);
  ASSIGN_OR_RETURN(std::vector<Dossier> dossiers, catalog::ReadDossiers(connection, oids));
  std::map<uint32_t, const Dossier*> now;
  for (const Dossier& dossier : dossiers) now[dossier.oid] = &dossier;
  for (const RelationFingerprint& relation : plan.fingerprint) {
    if (relation.oid == 0) {
      ASSIGN_OR_RETURN(const bool taken, Exists(connection, relation.relation));
      if (taken) reasons->push_back(absl::StrCat("the name ", relation.relation, " is taken now"));
    } else if (!now.contains(relation.oid)) {
      reasons->push_back(absl::StrCat(relation.relation, " is gone"));
    } else {
      for (catalog::DossierChange& change :
           catalog::CompareDossiers(AsDossier(relation), *now[relation.oid])) {
        change.relation = relation.relation;
        reasons->push_back(ChangeWords(change));
      }
    }
  }
  return absl::OkStatus();
}

// A question that was answered since would have other actions.
absl::Status CompareAnswers(pg::Connection& connection, const SavedPlan& saved,
                            std::vector<std::string>* reasons) {
  const auto plan = plan::ReadPlan(saved.plan_text, "the plan in the file");
  if (!plan.ok()) return absl::OkStatus();  // made by hand: nothing was asked
  ASSIGN_OR_RETURN(const std::vector<saved_plan::SavedAnswer> now, AnswersFor(connection, *plan));
  for (const saved_plan::SavedAnswer& answer : now) {
    const bool known = std::any_of(
        saved.answers.begin(), saved.answers.end(), [&](const saved_plan::SavedAnswer& before) {
          return before.id == answer.id && before.choice == answer.choice;
        });
    if (!known)
      reasons->push_back(absl::StrCat("the question ", answer.id, " is answered ", answer.choice,
                                      " now, by ", answer.by));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<RelationFingerprint>> ReadFingerprint(
    pg::Connection& connection, const std::vector<uint32_t>& oids) {
  const std::set<uint32_t> wanted(oids.begin(), oids.end());
  ASSIGN_OR_RETURN(std::vector<Dossier> dossiers,
                   catalog::ReadDossiers(connection, {wanted.begin(), wanted.end()}));
  std::vector<RelationFingerprint> fingerprint;
  for (Dossier& dossier : dossiers)
    fingerprint.push_back({.oid = dossier.oid,
                           .relation = pg::DisplayName(dossier.name),
                           .facts = std::move(dossier.facts)});
  if (fingerprint.size() != wanted.size())
    return absl::NotFoundError(absl::StrCat(wanted.size() - fingerprint.size(), " of the OIDs ",
                                            absl::StrJoin(wanted, ", "),
                                            " are of no relation any more"));
  return fingerprint;
}

absl::StatusOr<std::vector<std::string>> StaleReasons(pg::Connection& connection,
                                                      const SavedPlan& plan) {
  ASSIGN_OR_RETURN(std::vector<std::string> reasons, OtherDatabase(connection, plan));
  if (!reasons.empty()) return reasons;
  RETURN_IF_ERROR(Compare(connection, plan, &reasons));
  RETURN_IF_ERROR(CompareAnswers(connection, plan, &reasons));
  return reasons;
}

}  // namespace regraft::approval

#include "engine/apply/declared.h"
#include "engine/apply/run.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/names_now.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::apply {
namespace {

using catalog::Dossier;
using catalog::DossierChange;

// Nothing that the plan made is to go on standing under another name than it says.
absl::StatusOr<std::string> NameOf(Run* run, uint32_t oid) {
  ASSIGN_OR_RETURN(const pg::Result name,
                   run->connection.Query("SELECT format('%I.%I', n.nspname, c.relname), c.relkind "
                                         "IN ('r', 'p', 'v') FROM pg_class c JOIN pg_namespace n "
                                         "ON n.oid = c.relnamespace WHERE c.oid = $1",
                                         {absl::StrCat(oid)}));
  if (name.rows() == 0)
    return Differences(absl::StrCat(pg::DisplayName(run->state[oid].name), " is gone"));
  return name.Bool(0, 1) ? name.Text(0, 0) : "";
}

std::vector<uint32_t> Neighbours(const Run& run, const Dossier& self) {
  const std::vector<std::string> names = NamesOf(self);
  std::vector<uint32_t> oids;
  for (const auto& [oid, dossier] : run.state)
    if (oid != self.oid &&
        std::any_of(names.begin(), names.end(),
                    [&dossier = dossier](const auto& name) { return Mentions(dossier, name); }))
      oids.push_back(oid);
  return oids;
}

absl::Status ReadViews(Run* run, const Declared& declared, std::vector<Dossier>* now) {
  for (const pg::QualifiedName& view : declared.views_made) {
    ASSIGN_OR_RETURN(const pg::Result oid,
                     run->connection.Query("SELECT $1::regclass::oid", {pg::QuoteQualified(view)}));
    ASSIGN_OR_RETURN(Dossier dossier,
                     catalog::ReadDossier(run->connection, static_cast<uint32_t>(oid.Int64(0, 0))));
    now->push_back(std::move(dossier));
  }
  return absl::OkStatus();
}

// What is dropped must be what this run has made.
absl::Status ForgetViews(Run* run, const Declared& declared) {
  for (const pg::QualifiedName& view : declared.views_dropped) {
    const auto stored = std::find_if(run->state.begin(), run->state.end(),
                                     [&](const auto& one) { return one.second.name == view; });
    if (stored == run->state.end()) continue;
    const uint32_t oid = stored->first;
    ASSIGN_OR_RETURN(const std::vector<Dossier> now, catalog::ReadDossiers(run->connection, {oid}));
    if (now.empty())
      return Differences(absl::StrCat("the view ", pg::DisplayName(view), " is gone"));
    const auto changes = catalog::CompareDossiers(stored->second, now[0]);
    if (!changes.empty())
      return Differences("a view that would be dropped has changed since: " + ChangeWords(changes));
    RETURN_IF_ERROR(ledger::ForgetDossier(run->connection, run->run_id, oid));
  }
  return absl::OkStatus();
}

absl::Status Undeclared(const Dossier& expected, const Dossier& now) {
  const auto changes = catalog::CompareDossiers(expected, now);
  if (changes.empty()) return absl::OkStatus();
  return Differences("rolled back: more has changed than was declared: " + ChangeWords(changes));
}

absl::StatusOr<std::vector<Dossier>> CompareAfter(Run* run, const Held& held,
                                                  const Declared& declared) {
  std::vector<uint32_t> oids = {held.before.oid};
  std::vector<Dossier> others = held.others;
  std::erase_if(others, [&](const Dossier& other) {
    const auto& dropped = declared.views_dropped;
    return std::find(dropped.begin(), dropped.end(), other.name) != dropped.end();
  });
  for (const Dossier& other : others) oids.push_back(other.oid);
  ASSIGN_OR_RETURN(std::vector<Dossier> now, catalog::ReadDossiers(run->connection, oids));
  if (now.size() != oids.size())
    return Differences("rolled back: a relation is gone that nobody said would go");
  RETURN_IF_ERROR(Undeclared(declared.after, now[0]));
  for (size_t i = 1; i < now.size(); ++i)
    RETURN_IF_ERROR(Undeclared(WithNames(others[i - 1], declared.names), now[i]));
  return now;
}

}  // namespace

std::string ChangeWords(const std::vector<DossierChange>& changes) {
  return absl::StrJoin(changes, "; ", [](std::string* out, const DossierChange& change) {
    const auto lines = [](const std::vector<std::string>& list) {
      return absl::StrCat("\"", absl::StrJoin(list, "\", \""), "\"");
    };
    absl::StrAppend(out, change.relation, ": ", change.fact, ":",
                    change.gone.empty() ? "" : " gone " + lines(change.gone),
                    change.come.empty() ? "" : " new " + lines(change.come));
  });
}

absl::StatusOr<pg::QualifiedName> NameNow(Run* run, uint32_t oid, const std::string& said) {
  ASSIGN_OR_RETURN(const auto names, catalog::NamesNow(run->connection, {oid}));
  if (names.empty()) return Differences(absl::StrCat(said, " is gone"));
  return names.at(oid);
}

absl::StatusOr<Held> HoldRelation(Run* run, uint32_t oid, const std::string& mode) {
  const auto stored = run->state.find(oid);
  if (stored == run->state.end())
    return absl::InternalError(absl::StrCat("the saved plan knows no relation with OID ", oid));
  ASSIGN_OR_RETURN(const std::string name, NameOf(run, oid));
  if (!name.empty() && !mode.empty())
    RETURN_IF_ERROR(run->connection.Run(absl::StrCat("LOCK TABLE ", name, " IN ", mode, " MODE")));
  std::vector<uint32_t> oids = Neighbours(*run, stored->second);
  oids.insert(oids.begin(), oid);
  ASSIGN_OR_RETURN(std::vector<Dossier> now, catalog::ReadDossiers(run->connection, oids));
  if (now.empty() || now[0].oid != oid)
    return Differences(absl::StrCat(pg::DisplayName(stored->second.name), " is gone"));
  const auto changes = catalog::CompareDossiers(stored->second, now[0]);
  if (!changes.empty())
    return Differences(absl::StrCat("nothing was done: ", pg::DisplayName(stored->second.name),
                                    " is not as the plan left it: ", ChangeWords(changes),
                                    "; put that back and run the same command again"));
  Held held{.before = std::move(now[0]), .others = {}};
  // One that somebody else has changed meanwhile is refused when its own turn comes.
  for (size_t i = 1; i < now.size(); ++i)
    if (catalog::CompareDossiers(run->state[now[i].oid], now[i]).empty())
      held.others.push_back(std::move(now[i]));
  return held;
}

absl::Status ChangeRelation(Run* run, const Held& held,
                            const std::vector<std::string>& statements) {
  ASSIGN_OR_RETURN(const Declared declared, Declare(run->connection, held.before, statements));
  RETURN_IF_ERROR(ForgetViews(run, declared));
  for (const std::string& sql : statements)
    RETURN_IF_ERROR(Annotate(run->connection.Run(sql), "at \"" + sql.substr(0, 200) + "\""));
  ASSIGN_OR_RETURN(std::vector<Dossier> now, CompareAfter(run, held, declared));
  RETURN_IF_ERROR(ReadViews(run, declared, &now));
  return ledger::StoreDossiers(run->connection, run->run_id, now);
}

}  // namespace regraft::apply

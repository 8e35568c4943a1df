// What the parts of a resolution share: one action at work, and the run of all of them. Internal to
// this folder.
#pragma once

#include "engine/plan/plan.h"
#include "engine/resolution/resolve_plan.h"
#include "engine/resolution/world.h"

#include "absl/status/status.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regraft::resolution {

// One action on its way to a decision.
struct Work {
  const plan::Action* action = nullptr;
  Relation* source = nullptr;
  Relation* target = nullptr;                 // of a merge or a fold
  std::vector<Relation*> reads;               // tables that its SQL names
  const plan::Action* maker = nullptr;        // whose new name the source is called by
  std::optional<pg::QualifiedName> new_name;  // of the source, afterwards
  bool view_remains = false;                  // under its old name
  bool on_circle = false;                     // no order fits, so no names to count with
  bool unreadable = false;                    // rows that must be read cannot be
  saved_plan::SavedAction saved;

  [[nodiscard]] bool Allows(std::string_view hazard) const {
    return action->allow.contains(std::string(hazard));
  }
  [[nodiscard]] bool refused() const;
  // The source's name when the action runs: the database's, or that which `maker` gives it.
  [[nodiscard]] pg::QualifiedName SourceName() const {
    return maker == nullptr ? source->table.name : action->source;
  }

  void Refuse(const std::string& code, const std::string& text, const std::string& remedy = "");
  // For rows that `relation` would have to show.
  void RefuseUnreadable(const Relation& relation);
  // A hazard that is not allowed is a refusal.
  void Hazard(std::string_view hazard, const std::string& text);
  void Note(const std::string& code, const std::string& text);
};

struct Run {
  const plan::Plan& plan;
  const ResolveOptions& options;
  const pg::ConnectOptions& connect;  // for sessions that share the snapshot
  World world;
  std::string snapshot;  // of the resolving transaction; empty on a standby

  pg::Connection& connection() { return world.connection(); }
  void Say(const std::string& words) const {
    if (options.say) options.say(words);
  }
};

// True if the source has another name when the action is done.
inline bool MovesSource(const Work& work) { return work.new_name.has_value(); }

// "1,204": numbers in findings are read by people.
std::string Count(int64_t number);

// Runs a query that may fail without harm to the transaction.
absl::StatusOr<pg::Result> Try(pg::Connection& connection, const std::string& sql);

// prepare_target.cc: what `prepare` makes of the tables, and by which statements.
absl::StatusOr<std::vector<saved_plan::SavedPreparation>> PrepareTargets(Run* run);

// By kind. Each fills work->saved; what must not be done becomes a finding. Errors: only what the
// server has against being asked at all.
absl::Status ResolveMerge(Run* run, Work* work);
absl::Status ResolveFold(Run* run, Work* work);
absl::Status ResolveKey(Run* run, Work* work);
absl::Status ResolveQuestion(Run* run, Work* work);
void ResolveLabel(Work* work);

// plan_sql.cc: SQL that people wrote: one expression over `source`, without volatile functions, of
// tables that exist (added to work->reads). `what` names it in refusals.
enum class SqlUse { kValue, kCondition };
absl::Status CheckSql(Run* run, Work* work, const std::string& what, const std::string& sql,
                      SqlUse use = SqlUse::kValue);
// The first function that may be volatile; empty if there is none.
absl::StatusOr<std::string> FindVolatile(Run* run, const std::vector<pg::QualifiedName>& functions);

// locks.cc: how long `rows` of `bytes` keep a table locked, for people: "about 2 s".
std::string CopyDuration(int64_t bytes);

}  // namespace regraft::resolution

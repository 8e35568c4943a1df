#include "engine/proof/check.h"

#include "engine/pg/error.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <algorithm>

namespace regraft::proof {
namespace {

// "archive.orders, with a view under its old name": the name alone.
std::string NameOf(const std::string& source_after) {
  return std::string(absl::StripSuffix(source_after, ", with a view under its old name"));
}

}  // namespace

const ledger::PlanAction* Plan::Row(const std::string& id) const {
  const auto found =
      std::find_if(actions.begin(), actions.end(), [&](const auto& row) { return row.id == id; });
  return found == actions.end() ? nullptr : &*found;
}

bool Plan::IsDone(const std::string& id) const {
  const ledger::PlanAction* row = Row(id);
  return row != nullptr && row->state == "done";
}

std::string Plan::NameGiven(uint32_t oid) const {
  std::string name;
  for (const saved_plan::SavedAction& action : saved.actions) {
    if (action.source_oid != oid || !IsDone(action.id)) continue;
    if (action.method == "same OID") name = action.target;
    const bool moved = action.method == "copy" || action.method == "fold";
    if (moved && action.source_after != "stays") name = NameOf(action.source_after);
  }
  return name;
}

bool Plan::IsTarget(uint32_t oid) const {
  return std::any_of(saved.actions.begin(), saved.actions.end(),
                     [&](const saved_plan::SavedAction& action) {
                       return action.target_oid == oid && IsDone(action.id);
                     });
}

std::string OtherDatabase(const Place& meant, const catalog::DatabaseIdentity& here) {
  const auto is_known = [](const std::string& system) {
    return !absl::StartsWith(system, "address/");  // see catalog::ReadDatabaseIdentity
  };
  const bool same_system = meant.system_identifier == here.system_identifier ||
                           !is_known(meant.system_identifier) || !is_known(here.system_identifier);
  if (same_system && int64_t{here.database_oid} == meant.database_oid) return "";
  return absl::StrCat("of database ", meant.database, " (OID ", meant.database_oid, " of system ",
                      meant.system_identifier, "), this is ", here.database, " (OID ",
                      here.database_oid, " of system ", here.system_identifier, ")");
}

std::string RowWords(int64_t rows) { return absl::StrCat(rows, rows == 1 ? " row" : " rows"); }

bool IsValueError(const absl::Status& status) {
  constexpr std::string_view kDataException = "22", kUndefinedColumn = "42703";
  const std::string state = pg::Sqlstate(status);
  return state.substr(0, 2) == kDataException || state == kUndefinedColumn;
}

ActionProof ProofOf(const saved_plan::SavedAction& action) {
  return {.id = action.id,
          .kind = action.kind,
          .source = action.source,
          .target = action.target,
          .state = action.state == "blocked" ? "blocked" : "waiting"};
}

}  // namespace regraft::proof

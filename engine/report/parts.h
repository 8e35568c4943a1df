// What the parts of a report's reading share. Internal to this folder.
#pragma once

#include "engine/pg/connection.h"
#include "engine/report/report.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace regraft::report {

// read_actions.cc: the plan's actions and preparations, with what the ledger says of each; every
// state is set, and the counts.
absl::Status FillActions(pg::Connection& connection, const saved_plan::SavedPlan& plan,
                         Report* report);

// read_questions.cc: the plan's questions, answered or not.
absl::Status FillQuestions(pg::Connection& connection, const saved_plan::SavedPlan& plan,
                           Report* report);

// The saved plan of a run. Errors: NotFound where the run has begun nothing.
absl::StatusOr<saved_plan::SavedPlan> ReadPlanOf(pg::Connection& connection,
                                                 const std::string& plan_sha256);

// "{1,2}": a list of OIDs as the server reads it.
std::string OidList(const std::vector<uint32_t>& oids);

// Sorts findings by kind; refusals cannot be executed, so there are none.
void SortFindings(const std::vector<saved_plan::Finding>& findings,
                  std::vector<saved_plan::Finding>* hazards,
                  std::vector<saved_plan::Finding>* notes);

// A stored name, quoted as SQL has it, for people.
std::string ForPeople(const std::string& stored_name);

// SQL: the time in the form of every time in a report, or the empty string.
std::string TimeSql(const std::string& expression);

}  // namespace regraft::report

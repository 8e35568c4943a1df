#include "engine/approval/answers.h"
#include "engine/approval/staleness.h"
#include "engine/audit/rows.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/clean/clean.h"
#include "engine/clean/target.h"
#include "engine/pg/error.h"
#include "engine/pg/identifier.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::clean {
namespace {

using plan::Repair;
using plan::RepairKind;
using saved_plan::SavedAction;
using saved_plan::SavedPlan;

absl::StatusOr<std::vector<const Repair*>> Wanted(const ProposeOptions& options) {
  std::vector<const Repair*> wanted;
  std::set<std::string> unknown = options.only;
  for (const Repair& repair : options.plan.repairs) {
    unknown.erase(repair.id);
    if (options.only.empty() || options.only.contains(repair.id)) wanted.push_back(&repair);
  }
  if (!unknown.empty())
    return BadPlan(absl::StrCat("the plan has no repair ", absl::StrJoin(unknown, ", ")));
  if (wanted.empty())
    return BadPlan("the plan has no repairs: its key is \"clean\", docs/plan-format.md");
  return wanted;
}

absl::Status AsOne(const std::vector<std::string>& mistakes) {
  if (mistakes.empty()) return absl::OkStatus();
  return BadPlan(absl::StrCat("nothing was changed:\n  - ", absl::StrJoin(mistakes, "\n  - ")));
}

// The archive's name, or the first free one with a number: an archive is never added to.
absl::StatusOr<std::string> FreeName(pg::Connection& connection, const pg::QualifiedName& wanted,
                                     std::set<std::string>* taken) {
  pg::QualifiedName name = wanted;
  for (int number = 2;; ++number) {
    ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(connection, name));
    if (!oid.has_value() && taken->insert(pg::DisplayName(name)).second)
      return pg::DisplayName(name);
    name.name = absl::StrCat(wanted.name, "_", number);
  }
}

// A column of AffectedSql() in people's words.
std::string ColumnWord(const Target& target, const std::string& column) {
  for (size_t i = 0; i < target.key.size(); ++i) {
    if (column == absl::StrCat("k", i)) return target.key[i];
    if (column == absl::StrCat("g", i)) return "kept " + target.key[i];
  }
  if (column == "n0") return "new " + target.repair->column;
  return column == "o0" ? target.repair->column : column;
}

class Proposer {
 public:
  Proposer(pg::Connection* connection, const ProposeOptions& options, Proposal* proposal)
      : connection_(*connection), options_(options), proposal_(*proposal) {}

  absl::Status Add(const Target& target) {
    const Repair& repair = *target.repair;
    action_ = SavedAction{.id = repair.id,
                          .kind = std::string(plan::KindWord(repair.kind)),
                          .source = pg::DisplayName(repair.table),
                          .target = "",
                          .reason = repair.reason};
    action_.source_oid = target.table().oid;
    action_.method = target.changes() ? kRepairMethod : kExportMethod;
    action_.state = "ready";
    for (const std::string& problem : target.problems) Refuse("cannot-repair", problem, "");
    if (repair.archive.has_value()) {
      ASSIGN_OR_RETURN(action_.remainder_table, FreeName(connection_, *repair.archive, &archives_));
    }
    audit::Samples samples;
    if (action_.findings.empty()) {
      RETURN_IF_ERROR(Count(target));
      ASSIGN_OR_RETURN(samples, audit::ReadSamples(connection_, action_.forward, options_.samples));
      // Rows to export have the table's own columns.
      for (std::string& column : samples.columns)
        if (target.changes()) column = ColumnWord(target, column);
    }
    if (!action_.findings.empty() && HasRefusal()) action_.state = "refused";
    proposal_.samples.push_back(std::move(samples));
    proposal_.plan.actions.push_back(std::move(action_));
    return absl::OkStatus();
  }

 private:
  void Find(const char* kind, const std::string& code, const std::string& text,
            const std::string& remedy) {
    action_.findings.push_back({kind, code, text, remedy});
  }
  void Refuse(const std::string& code, const std::string& text, const std::string& remedy) {
    Find("refusal", code, text, remedy);
  }
  [[nodiscard]] bool HasRefusal() const {
    return std::any_of(action_.findings.begin(), action_.findings.end(),
                       [](const auto& finding) { return finding.kind == "refusal"; });
  }

  absl::Status Count(const Target& target) {
    action_.forward = AffectedSql(target);
    if (!target.changes()) return CountExported(target);
    ASSIGN_OR_RETURN(const pg::Result counts,
                     connection_.Execute(
                         DigestSql(ApprovedSql(target, absl::StrCat("(", action_.forward, ")")))));
    action_.rows = counts.Int64(0, 0);
    action_.digest = counts.Text(0, 1);
    const auto& expected = target.repair->expected;
    if (expected.has_value()) {
      action_.expected_rows = expected->rows;
      if (std::abs(action_.rows - expected->rows) > expected->tolerance_rows)
        Refuse("unexpected-rows",
               absl::StrCat(action_.rows, " rows would be changed, expected were ", expected->rows),
               "look at them, and correct expect_rows");
    }
    RETURN_IF_ERROR(CountLeft(target));
    return CountReferences(target);
  }

  absl::Status CountExported(const Target& target) {
    ASSIGN_OR_RETURN(const pg::Result counts,
                     connection_.Execute(audit::SqlOf(target.check).counts));
    action_.rows = counts.Int64(0, 2);
    Find("note", "duplicates",
         absl::StrCat(counts.Int64(0, 1), " values, ", counts.Int64(0, 2), " rows, ",
                      counts.Int64(0, 3), " too many; collation ", target.repair->collation),
         "");
    if (!options_.export_rows) return absl::OkStatus();
    return audit::CopyCsv(connection_, action_.forward, [&](std::string_view piece) {
      return options_.export_rows(*target.repair, piece);
    });
  }

  absl::Status CountLeft(const Target& target) {
    const std::string sql = LeftSql(target);
    if (sql.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::Result left, connection_.Execute(sql));
    if (left.Int64(0, 0) > 0)
      Find("note", "without-value",
           absl::StrCat(left.Int64(0, 0), " rows have no value there; left as they are"), "");
    if (left.Int64(0, 1) > 0)
      Find("note", "ambiguous",
           absl::StrCat(left.Int64(0, 1), " rows have more than one value there; left as they are"),
           "");
    return absl::OkStatus();
  }

  absl::Status CountReferences(const Target& target) {
    for (const Referrer& referrer : target.referrers) {
      ASSIGN_OR_RETURN(const pg::Result found,
                       connection_.Execute(ReferringSql(target, referrer,
                                                        absl::StrCat("(", action_.forward, ")"))));
      const int64_t rows = found.Int64(0, 0);
      if (rows == 0) continue;
      if (target.repair->kind == RepairKind::kDedupe)
        Find("note", "references",
             absl::StrCat(rows, " rows of ", referrer.words,
                          " refer to rows that go; they refer to the survivors then"),
             "");
      else
        Refuse("still-referenced",
               absl::StrCat(rows, " rows of ", referrer.words, " refer to rows that would go"),
               "repair that table first, or leave these rows out by \"where\"");
    }
    return absl::OkStatus();
  }

  pg::Connection& connection_;
  const ProposeOptions& options_;
  Proposal& proposal_;
  SavedAction action_;
  std::set<std::string> archives_;
};

absl::Status Head(pg::Connection& connection, const ProposeOptions& options, SavedPlan* saved) {
  saved->tool = options.tool;
  saved->name = options.plan.name;
  saved->plan_text = options.plan_text;
  saved->planner = options.planner;
  saved->approvals_required = options.plan.approvals.required;
  saved->not_by_planner = options.plan.approvals.not_by_planner;
  saved->lifetime_seconds = options.plan.lifetime_seconds;
  ASSIGN_OR_RETURN(const catalog::DatabaseIdentity here, catalog::ReadDatabaseIdentity(connection));
  saved->system_identifier = here.system_identifier;
  saved->database = here.database;
  saved->database_oid = here.database_oid;
  saved->server_version = connection.server_version();
  ASSIGN_OR_RETURN(saved->answers, approval::AnswersFor(connection, options.plan));
  return absl::OkStatus();
}

// Every table that takes part, and the archives' names, which must stay free.
absl::Status Fingerprint(pg::Connection& connection, const std::vector<Target>& targets,
                         SavedPlan* saved) {
  std::vector<uint32_t> oids;
  for (const Target& target : targets)
    for (const uint32_t oid : Relations(target)) oids.push_back(oid);
  ASSIGN_OR_RETURN(saved->fingerprint, approval::ReadFingerprint(connection, oids));
  return absl::OkStatus();
}

// What the server refuses in the SQL is the plan's mistake.
absl::Status Explained(const plan::Repair& repair, const absl::Status& status) {
  const std::string sqlstate = pg::Sqlstate(status);
  const absl::Status told = Annotate(status, "repair " + repair.id);
  return sqlstate != pg::kInsufficientPrivilege && absl::StartsWith(sqlstate, "42")
             ? WithKind(told, FailureKind::kBadPlan)
             : told;
}

}  // namespace

absl::StatusOr<Proposal> Propose(const ProposeOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<const Repair*> wanted, Wanted(options));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options.connect));
  Proposal proposal;
  std::vector<std::string> mistakes;
  std::vector<Target> targets;
  for (const Repair* repair : wanted) {
    ASSIGN_OR_RETURN(Target target, BindRepair(connection, *repair, &mistakes));
    targets.push_back(std::move(target));
  }
  RETURN_IF_ERROR(AsOne(mistakes));
  RETURN_IF_ERROR(connection.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  RETURN_IF_ERROR(Head(connection, options, &proposal.plan));
  RETURN_IF_ERROR(Fingerprint(connection, targets, &proposal.plan));
  Proposer proposer(&connection, options, &proposal);
  for (const Target& target : targets) {
    const absl::Status added = proposer.Add(target);
    if (!added.ok()) return Explained(*target.repair, added);
  }
  RETURN_IF_ERROR(connection.Commit());
  RETURN_IF_ERROR(saved_plan::Seal(&proposal.plan));
  return proposal;
}

}  // namespace regraft::clean

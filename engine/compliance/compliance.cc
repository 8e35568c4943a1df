#include "engine/compliance/compliance.h"

#include "engine/approval/answers.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::compliance {
namespace {

constexpr const char* kKind =
    "CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign "
    "table' WHEN 'm' THEN 'materialized view' ELSE 'view' END, CASE WHEN c.relkind IN ('r', 'm') "
    "AND c.reltuples >= 0 THEN c.reltuples::bigint END";
constexpr const char* kIsLeaf =
    " c.relkind IN ('r', 'p', 'f', 'm', 'v') AND c.relpersistence <> 't' ";

class Examiner {
 public:
  Examiner(pg::Connection* connection, const Options& options)
      : connection_(*connection), options_(options), lock_(*options.plan.lock) {}

  absl::StatusOr<Report> Run() {
    report_.plan_name = options_.plan.name;
    report_.counted = options_.count;
    ASSIGN_OR_RETURN(report_.lock, leaf_lock::Check(connection_));
    RETURN_IF_ERROR(connection_.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    const absl::Status read = ReadAll();
    const absl::Status ended = connection_.Run("ROLLBACK");
    RETURN_IF_ERROR(read);
    RETURN_IF_ERROR(ended);
    for (SubHub& hub : report_.sub_hubs) Tell(&hub);
    Tell();
    return std::move(report_);
  }

 private:
  absl::Status ReadAll() {
    ASSIGN_OR_RETURN(has_registry_, Exists("registry"));
    for (const plan::Leaf& leaf : lock_.leaves) RETURN_IF_ERROR(ReadLeaf(leaf));
    RETURN_IF_ERROR(ReadOthers());
    RETURN_IF_ERROR(ReadUnclassified());
    RETURN_IF_ERROR(ReadAudit());
    return ReadQuestions();
  }

  // By a query: a name look-up would fail for who may not use the schema.
  absl::StatusOr<bool> Exists(const std::string& table) {
    ASSIGN_OR_RETURN(const pg::Result found,
                     connection_.Query("SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n "
                                       "ON n.oid = c.relnamespace WHERE n.nspname = 'regraft' AND "
                                       "c.relname = $1)",
                                       {table}));
    return found.Bool(0, 0);
  }

  SubHub& HubOf(const std::string& name) {
    for (SubHub& hub : report_.sub_hubs)
      if (hub.name == name) return hub;
    return report_.sub_hubs.emplace_back(SubHub{.name = name, .leaves = {}, .tallies = {}});
  }
  [[nodiscard]] bool IsToBeLocked(const std::string& schema) const {
    return std::find(lock_.schemas.begin(), lock_.schemas.end(), schema) != lock_.schemas.end();
  }
  [[nodiscard]] bool IsInPlan(const std::string& schema, const std::string& name) const {
    return std::any_of(lock_.leaves.begin(), lock_.leaves.end(), [&](const plan::Leaf& leaf) {
      return leaf.table.schema == schema && leaf.table.name == name;
    });
  }

  absl::Status ReadLeaf(const plan::Leaf& wanted) {
    Leaf leaf{.table = pg::DisplayName(wanted.table), .leaf_type = wanted.leaf_type};
    leaf.todo = wanted.todo;
    ASSIGN_OR_RETURN(
        const pg::Result found,
        connection_.Query(absl::StrCat("SELECT c.oid, ", kKind,
                                       " FROM pg_class c JOIN pg_namespace n ON n.oid = "
                                       "c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND",
                                       kIsLeaf),
                          {wanted.table.schema, wanted.table.name}));
    if (found.rows() == 0) {
      leaf.gap = "is not there";
    } else {
      leaf.kind = found.Text(0, 1);
      if (!found.IsNull(0, 2)) leaf.rows = found.Int64(0, 2);
      RETURN_IF_ERROR(Count(pg::QuoteQualified(wanted.table), &leaf));
      RETURN_IF_ERROR(ReadRegistered(wanted, found.Text(0, 0), &leaf));
    }
    HubOf(wanted.sub_hub).leaves.push_back(std::move(leaf));
    return absl::OkStatus();
  }

  absl::Status Count(const std::string& quoted, Leaf* leaf) {
    if (!options_.count || leaf->kind == "view") return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::Result rows, connection_.Execute("SELECT count(*) FROM " + quoted));
    leaf->rows = rows.Int64(0, 0);
    return absl::OkStatus();
  }

  absl::Status ReadRegistered(const plan::Leaf& wanted, const std::string& oid, Leaf* leaf) {
    leaf->gap = "not registered yet";
    if (!has_registry_) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pg::Result entry,
                     connection_.Query("SELECT leaf_type, coalesce(sub_hub, ''), frozen FROM "
                                       "regraft.registry WHERE relation = $1::oid",
                                       {oid}));
    if (entry.rows() == 0) return absl::OkStatus();
    const std::string sub_hub = entry.Text(0, 1);
    leaf->registered_as =
        sub_hub.empty() ? entry.Text(0, 0) : absl::StrCat(entry.Text(0, 0), " of ", sub_hub);
    if (entry.Text(0, 0) != wanted.leaf_type || sub_hub != wanted.sub_hub)
      leaf->gap = absl::StrCat("is registered as ", leaf->registered_as);
    else if (!entry.Bool(0, 2) && IsToBeLocked(wanted.table.schema))
      leaf->gap = "is registered and not frozen";
    else
      leaf->gap.clear();
    return absl::OkStatus();
  }

  // Partitions belong to their table.
  absl::Status ReadOthers() {
    if (!has_registry_) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        const pg::Result found,
        connection_.Execute(absl::StrCat(
            "SELECT r.schema_name, r.relation_name, r.sub_hub, r.leaf_type, ", kKind,
            " FROM regraft.registry r JOIN pg_class c ON c.oid = r.relation WHERE r.sub_hub IS NOT "
            "NULL AND r.parent IS NULL ORDER BY r.sub_hub, r.leaf_type, 1, 2")));
    for (int row = 0; row < found.rows(); ++row) {
      const pg::QualifiedName name{found.Text(row, 0), found.Text(row, 1)};
      if (IsInPlan(name.schema, name.name)) continue;
      Leaf leaf{.table = pg::DisplayName(name), .leaf_type = found.Text(row, 3), .in_plan = false};
      leaf.kind = found.Text(row, 4);
      if (!found.IsNull(row, 5)) leaf.rows = found.Int64(row, 5);
      leaf.registered_as = absl::StrCat(leaf.leaf_type, " of ", found.Text(row, 2));
      RETURN_IF_ERROR(Count(pg::QuoteQualified(name), &leaf));
      HubOf(found.Text(row, 2)).leaves.push_back(std::move(leaf));
    }
    return absl::OkStatus();
  }

  absl::Status ReadUnclassified() {
    for (const std::string& schema : lock_.schemas) {
      ASSIGN_OR_RETURN(
          const pg::Result found,
          connection_.Query(
              absl::StrCat("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = "
                           "c.relnamespace WHERE n.nspname = $1 AND NOT c.relispartition AND",
                           kIsLeaf,
                           has_registry_
                               ? "AND NOT EXISTS (SELECT FROM regraft.registry r WHERE r.relation "
                                 "= c.oid AND r.sub_hub IS NOT NULL) "
                               : "",
                           "ORDER BY c.relname"),
              {schema}));
      for (int row = 0; row < found.rows(); ++row)
        if (!IsInPlan(schema, found.Text(row, 0)))
          report_.unclassified.push_back(pg::DisplayName({schema, found.Text(row, 0)}));
    }
    return absl::OkStatus();
  }

  absl::Status ReadAudit() {
    report_.audits = static_cast<int64_t>(options_.plan.audits.size());
    ASSIGN_OR_RETURN(const bool has_audits, Exists("audit_result"));
    if (!has_audits || report_.audits == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        const pg::Result found,
        connection_.Query(
            "SELECT run_id, to_char(snapshot_at, 'YYYY-MM-DD HH24:MI:SS \"UTC\"'), audit_id, "
            "passed FROM regraft.audit_run JOIN regraft.audit_result USING (run_id) WHERE run_id = "
            "(SELECT max(run_id) FROM regraft.audit_run WHERE plan_name = $1) ORDER BY position",
            {options_.plan.name}));
    if (found.rows() == 0) return absl::OkStatus();
    LastAudit& audit = report_.audit.emplace();
    audit.run_id = found.Int64(0, 0);
    audit.snapshot_at = found.Text(0, 1);
    for (const plan::Audit& planned : options_.plan.audits) audit.not_run.push_back(planned.id);
    for (int row = 0; row < found.rows(); ++row) {
      const std::string id = found.Text(row, 2);
      const auto still = std::find(audit.not_run.begin(), audit.not_run.end(), id);
      if (still != audit.not_run.end()) audit.not_run.erase(still);
      ++(found.Bool(row, 3) ? audit.passed : audit.failed);
      if (!found.Bool(row, 3)) audit.failed_ids.push_back(id);
    }
    return absl::OkStatus();
  }

  absl::Status ReadQuestions() {
    ASSIGN_OR_RETURN(const std::vector<saved_plan::SavedAnswer> answers,
                     approval::AnswersFor(connection_, options_.plan));
    for (const plan::Action& action : options_.plan.actions) {
      const bool is_open = action.kind == plan::ActionKind::kPending &&
                           !action.question->answer.has_value() &&
                           std::none_of(answers.begin(), answers.end(),
                                        [&](const auto& answer) { return answer.id == action.id; });
      if (is_open)
        report_.questions.push_back(
            {action.id, pg::DisplayName(action.source), action.question->text});
    }
    return absl::OkStatus();
  }

  void AddGap(const std::string& object, const std::string& what, const std::string& remedy) {
    report_.gaps.push_back({object, what, remedy});
  }

  // The last rule of the plan that concerns this sub-hub; all of them must hold.
  void Tell(SubHub* hub) {
    for (const std::string_view type : plan::kLeafTypes) {
      Tally tally{.leaf_type = std::string(type)};
      for (const Leaf& leaf : hub->leaves)
        tally.found += leaf.leaf_type == type && !leaf.kind.empty() ? 1 : 0;
      for (const plan::LeafCardinality& rule : lock_.cardinality) {
        const auto& hubs = rule.sub_hubs;
        const bool concerns =
            rule.leaf_type == type &&
            (hubs.empty() || std::find(hubs.begin(), hubs.end(), hub->name) != hubs.end());
        if (!concerns) continue;
        tally.min = std::max(tally.min.value_or(0), rule.min);
        if (rule.max.has_value()) tally.max = std::min(tally.max.value_or(*rule.max), *rule.max);
      }
      tally.holds = tally.found >= tally.min.value_or(0) &&
                    (!tally.max.has_value() || tally.found <= *tally.max);
      if (!tally.holds)
        AddGap("sub-hub " + hub->name,
               absl::StrCat("has ", tally.found, " ", tally.leaf_type, ", ", tally.min.value_or(0),
                            tally.max == tally.min  ? ""
                            : tally.max.has_value() ? absl::StrCat(" to ", *tally.max)
                                                    : " or more",
                            " wanted"),
               "make what is missing, or change lock.leaves or lock.cardinality");
      if (tally.found > 0 || !tally.holds) hub->tallies.push_back(std::move(tally));
    }
  }

  void Tell() {
    const std::string lock_again = "regraft lock " + options_.file;
    for (const SubHub& hub : report_.sub_hubs)
      for (const Leaf& leaf : hub.leaves)
        if (!leaf.gap.empty())
          AddGap(leaf.table, leaf.gap,
                 leaf.kind.empty() ? "make it, by applying the plan; or take it out of lock.leaves"
                                   : lock_again);
    const auto& locked = report_.lock.lock;
    for (const std::string& schema : lock_.schemas)
      if (!locked.has_value() || std::find(locked->schemas.begin(), locked->schemas.end(),
                                           schema) == locked->schemas.end())
        report_.unlocked.push_back(schema);
    if (!report_.unlocked.empty())
      AddGap(absl::StrJoin(report_.unlocked, ", "), "not locked", lock_again);
    // That nothing is locked has been said.
    if (locked.has_value())
      for (const leaf_lock::Drift& drift : report_.lock.drift)
        AddGap(drift.object, drift.what, drift.remedy);
    TellAudit("regraft audit " + options_.file);
  }

  void TellAudit(const std::string& audit_again) {
    const auto& audit = report_.audit;
    if (report_.audits == 0) return;
    if (!audit.has_value()) return AddGap("audit", "never run, or not recorded", audit_again);
    if (audit->failed > 0)
      AddGap("audit", absl::StrCat("failed: ", absl::StrJoin(audit->failed_ids, ", ")),
             audit_again);
    if (!audit->not_run.empty())
      AddGap("audit",
             absl::StrCat("not among the last ones: ", absl::StrJoin(audit->not_run, ", ")),
             audit_again);
  }

  pg::Connection& connection_;
  const Options& options_;
  const plan::Lock& lock_;
  bool has_registry_ = false;
  Report report_;
};

}  // namespace

bool SubHub::holds() const {
  return std::all_of(leaves.begin(), leaves.end(),
                     [](const Leaf& leaf) { return leaf.gap.empty(); }) &&
         std::all_of(tallies.begin(), tallies.end(),
                     [](const Tally& tally) { return tally.holds; });
}

absl::StatusOr<Report> Examine(pg::Connection& connection, const Options& options) {
  if (!options.plan.lock.has_value())
    return BadPlan(options.file + " has no \"lock\": there is nothing to comply with");
  return Examiner(&connection, options).Run();
}

}  // namespace regraft::compliance

// archive, move, keep_as_mv, add_pk: the table is the same one; its name, and what it holds.

#include "engine/base/status_macros.h"
#include "engine/ledger/plan_storage.h"
#include "engine/plan/find_action.h"
#include "engine/proof/check.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <set>

namespace regraft::proof {
namespace {

class SameOidCheck {
 public:
  explicit SameOidCheck(Check* check)
      : check_(*check), action_(check->action), proof_(check->proof) {}

  absl::Status Run() {
    proof_->live = action_.kind != "archive" || check_.plan.IsTarget(action_.source_oid);
    ASSIGN_OR_RETURN(table_, check_.reader.Find(action_.source_oid));
    if (table_ == nullptr) {
      check_.Differ(absl::StrCat(action_.source, ", OID ", action_.source_oid, ", is gone"));
      return absl::OkStatus();
    }
    CompareName();
    CompareKey();
    for (const catalog::Column& column : table_->columns)
      if (!KeysAdded().contains(column.name)) check_.columns.push_back(column);
    RETURN_IF_ERROR(ReadRows());
    RETURN_IF_ERROR(CompareRows());
    return CompareFiles();
  }

 private:
  // Columns that add_pk actions of the plan gave the table: no values of its own.
  [[nodiscard]] std::set<std::string> KeysAdded() const {
    std::set<std::string> columns;
    for (const saved_plan::SavedAction& action : check_.plan.saved.actions) {
      if (action.source_oid != action_.source_oid) continue;
      const auto planned = plan::FindAction(check_.plan.text, action.id);
      if (planned.has_value() && planned->key.has_value()) columns.insert(planned->key->column);
    }
    return columns;
  }

  void CompareName() {
    const std::string given = check_.plan.NameGiven(action_.source_oid);
    const std::string expected = given.empty() ? action_.source : given;
    const std::string now = pg::DisplayName(table_->name);
    if (now == expected) return;
    const std::string words = absl::StrCat(expected, " has been renamed: it is now ", now);
    proof_->live&& given.empty() ? check_.Note(words) : check_.Differ(words);
  }

  void CompareKey() {
    const auto planned = plan::FindAction(check_.plan.text, action_.id);
    if (!planned.has_value() || !planned->key.has_value()) return;
    const std::vector<std::string> key = {planned->key->column};
    const bool there = std::any_of(
        table_->indexes.begin(), table_->indexes.end(),
        [&](const catalog::Index& index) { return index.primary && index.key_columns == key; });
    if (!there)
      check_.Differ(absl::StrCat(pg::DisplayName(table_->name), " has no primary key (", key[0],
                                 ") any more"));
  }

  absl::Status ReadRows() {
    ASSIGN_OR_RETURN(const verification::DiffSide side,
                     MakeSide(check_.reader.Scan(table_->leaves, ""), check_.columns));
    ASSIGN_OR_RETURN(check_.found, ReadBuckets(side));
    const digest::SetDigest total = check_.found->Total();
    proof_->rows_source = proof_->rows_target = total.rows;
    proof_->rows_remainder = 0;
    proof_->source_digest = proof_->rebuilt_digest = total.sum.Hex();
    return absl::OkStatus();
  }

  // With what was found before; the first time there is only the count of the plan.
  absl::Status CompareRows() {
    ASSIGN_OR_RETURN(const auto earlier, ledger::LatestEqual(check_.reader.connection(),
                                                             check_.plan.run_id, action_.id));
    first_ = !earlier.has_value();
    if (first_) {
      if (!action_.estimated && action_.rows != *proof_->rows_source)
        check_.Note(absl::StrCat("held ", RowWords(action_.rows), " when the plan was made, ",
                                 RowWords(*proof_->rows_source), " now"));
      return absl::OkStatus();
    }
    if (earlier->rebuilt_digest == proof_->rebuilt_digest) return absl::OkStatus();
    const int64_t rows = earlier->rows_source.value_or(0);
    const std::string change =
        absl::StrCat(pg::DisplayName(table_->name), " is not what it was at ", earlier->verified_at,
                     ": ", RowWords(rows), " then, ", RowWords(*proof_->rows_source), " now",
                     rows == *proof_->rows_source ? " of other values" : "");
    if (proof_->live) {
      check_.Note(change);
      return absl::OkStatus();
    }
    proof_->rows_source = rows;
    proof_->source_digest = earlier->rebuilt_digest;
    check_.Differ(change);
    return absl::OkStatus();
  }

  // As long as the files are those that apply left, what was written since is newer. The first
  // time nothing else tells of it; later there is a digest. A key of the plan's own writes all.
  absl::Status CompareFiles() {
    if (!KeysAdded().empty()) return absl::OkStatus();
    pg::Connection& connection = check_.reader.connection();
    ASSIGN_OR_RETURN(const auto left,
                     ledger::ReadPlanStorage(connection, check_.plan.run_id, action_.id));
    if (!left.has_value() || left->files_after.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const ledger::PlanStorage now,
                     ledger::StorageNow(connection, action_.source_oid));
    proof_->same_files = now.files_after == left->files_after;
    if (!*proof_->same_files) {
      check_.Note(
          absl::StrCat("written anew since apply (VACUUM FULL, CLUSTER, TRUNCATE, ALTER "
                       "TABLE): file ",
                       left->files_after, " then, ", now.files_after, " now"));
      CompareWithPlan();
      return absl::OkStatus();
    }
    constexpr uint64_t kComparable = uint64_t{1} << 31;  // an xmin has 32 bits
    if (proof_->live || !first_ || now.horizon - left->horizon >= kComparable)
      return absl::OkStatus();
    return CompareAge(left->horizon);
  }

  // Rows that came or went before apply are none of its business, but with the file went all that
  // could tell when they did.
  void CompareWithPlan() {
    if (proof_->live || !first_ || action_.estimated || action_.rows == *proof_->rows_source)
      return;
    check_.Differ(absl::StrCat(pg::DisplayName(table_->name), " held ", RowWords(action_.rows),
                               " when the plan was made, holds ", RowWords(*proof_->rows_source),
                               ", and was written anew after it was archived: what it held then is "
                               "not known"));
  }

  absl::Status CompareAge(uint64_t horizon) {
    int64_t newer = 0;
    for (const catalog::Leaf& leaf : table_->leaves) {
      if (!leaf.has_ctid) continue;
      ASSIGN_OR_RETURN(const pg::Result found,
                       check_.reader.connection().Query(
                           absl::StrCat("SELECT count(*) FROM ONLY ", pg::QuoteQualified(leaf.name),
                                        " WHERE age(xmin) BETWEEN 0 AND age($1::xid)"),
                           {absl::StrCat(static_cast<uint32_t>(horizon))}));
      newer += found.Int64(0, 0);
    }
    if (newer > 0)
      check_.Differ(absl::StrCat(RowWords(newer), " of ", pg::DisplayName(table_->name),
                                 " written after it was archived; what they were then is not "
                                 "known"));
    return absl::OkStatus();
  }

  Check& check_;
  const saved_plan::SavedAction& action_;
  ActionProof* proof_;
  const catalog::Table* table_ = nullptr;
  bool first_ = false;  // nothing was verified before
};

}  // namespace

absl::Status CheckSameOid(Check* check) { return SameOidCheck(check).Run(); }

}  // namespace regraft::proof

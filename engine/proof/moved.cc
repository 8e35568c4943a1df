// merge, merge_jsonb, merge_cols: what target and remainder give back, against the source.

#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/plan/find_action.h"
#include "engine/proof/check.h"
#include "engine/verification/digest_rows.h"
#include "engine/verification/row_words.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::proof {
namespace {

constexpr size_t kRowsShownMax = 20;

class MovedCheck {
 public:
  explicit MovedCheck(Check* check)
      : check_(*check), action_(check->action), row_(check->row), proof_(check->proof) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(rows_, FindMovedRows(&check_.reader, action_, row_.remainder_table));
    proof_->remainder_table = row_.remainder_table;
    RETURN_IF_ERROR(ReadCondition());
    RETURN_IF_ERROR(ReadMerged());
    if (!Locate()) return absl::OkStatus();
    RETURN_IF_ERROR(Expect());
    RETURN_IF_ERROR(Rebuild());
    RETURN_IF_ERROR(CompareLanded());
    RETURN_IF_ERROR(CompareImages());
    return proof_->differences.empty() ? absl::OkStatus() : Explain();
  }

 private:
  absl::Status ReadCondition() {
    const auto planned = plan::FindAction(check_.plan.text, action_.id);
    if (!planned.has_value() || !planned->merge.has_value()) return absl::OkStatus();
    where_ = planned->merge->mapping.where;
    if (absl::StrContains(where_, "--")) where_ += '\n';  // a comment must not swallow what follows
    return absl::OkStatus();
  }

  absl::Status ReadMerged() {
    if (rows_.is_fold()) return absl::OkStatus();
    ASSIGN_OR_RETURN(merged_, ledger::FindMergedRows(check_.reader.connection(), action_.source_oid,
                                                     action_.target_oid, action_.discriminator));
    return absl::OkStatus();
  }

  // False: nothing can be rebuilt.
  bool Locate() {
    if (rows_.target == nullptr) {
      check_.Differ(absl::StrCat("the target ", action_.target, " is gone"));
      return false;
    }
    if (row_.rows_remainder.value_or(0) > 0 && rows_.remainder == nullptr)
      check_.Differ(absl::StrCat("the remainder table ", row_.remainder_table, " is gone, with ",
                                 RowWords(*row_.rows_remainder)));
    if (!rows_.is_fold() && rows_.is_mine.empty() &&
        (!merged_.has_value() || merged_->others_rows > 0)) {
      check_.Differ(absl::StrCat("nothing tells its rows from others in ", action_.target,
                                 ": the merge has no set"));
      return false;
    }
    const std::string given = check_.plan.NameGiven(action_.source_oid);
    const std::string now = rows_.source == nullptr ? "" : pg::DisplayName(rows_.source->name);
    if (!given.empty() && !now.empty() && given != now)
      check_.Note(absl::StrCat("its source is now ", now, "; the plan left it as ", given));
    return true;
  }

  // What the source held: as it is now, and as it was when its rows were merged.
  absl::Status Expect() {
    ASSIGN_OR_RETURN(const auto earlier, ledger::LatestEqual(check_.reader.connection(),
                                                             check_.plan.run_id, action_.id));
    expected_ = row_.source_digest.empty() && earlier.has_value() ? earlier->source_digest
                                                                  : row_.source_digest;
    expected_rows_ = row_.rows_source.value_or(0);
    if (rows_.source == nullptr) {
      if (expected_.empty())
        check_.Differ(absl::StrCat("the source is gone, and nothing was kept that tells what its ",
                                   RowWords(expected_rows_), " were"));
      else
        check_.Note("its source is gone; compared with what the ledger keeps of it");
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const verification::DiffSide side, rows_.Source(check_.reader, where_));
    ASSIGN_OR_RETURN(const Buckets source, ReadBuckets(side));
    CompareSource(source.Total());
    return absl::OkStatus();
  }

  void CompareSource(const digest::SetDigest& source) {
    const bool known = !expected_.empty();
    if (source.rows == expected_rows_ && (!known || source.sum.Hex() == expected_)) {
      expected_ = source.sum.Hex();
      return;
    }
    const std::string change =
        absl::StrCat(RowWords(expected_rows_), " then, ", RowWords(source.rows), " now",
                     source.rows == expected_rows_ ? " of other values" : "");
    if (action_.source_after == "stays" && known)
      return check_.Note("its source, which stays, has changed since: " + change);
    check_.Differ(absl::StrCat("source ", pg::DisplayName(rows_.source->name),
                               " is not what was merged: ", change));
  }

  absl::Status Rebuild() {
    ASSIGN_OR_RETURN(const verification::DiffSide target, rows_.Target(check_.reader));
    ASSIGN_OR_RETURN(Buckets found, ReadBuckets(target));
    proof_->rows_target = found.Total().rows;
    proof_->rows_remainder = 0;
    if (rows_.remainder != nullptr) {
      ASSIGN_OR_RETURN(const verification::DiffSide remainder, rows_.Remainder(check_.reader));
      ASSIGN_OR_RETURN(const Buckets set_aside, ReadBuckets(remainder));
      proof_->rows_remainder = set_aside.Total().rows;
      found += set_aside;
    }
    proof_->rows_source = expected_rows_;
    proof_->source_digest = expected_;
    proof_->rebuilt_digest = found.Total().sum.Hex();
    CompareCounts();
    if (proof_->rebuilt_digest != expected_ && found.Total().rows == expected_rows_ &&
        !expected_.empty())
      check_.Differ(absl::StrCat(action_.target, rows_.remainder != nullptr ? " and remainder" : "",
                                 " give back other values than the source had"));
    check_.columns = rows_.columns;
    check_.found = std::move(found);
    return absl::OkStatus();
  }

  void CompareCounts() {
    const auto compare = [&](const char* side, const std::string& name, int64_t then, int64_t now) {
      if (then != now)
        check_.Differ(
            absl::StrCat(side, name, " holds ", RowWords(now), " of it, not ", RowWords(then)));
    };
    compare("target ", action_.target, row_.rows_target.value_or(0), *proof_->rows_target);
    if (rows_.remainder != nullptr)
      compare("remainder ", row_.remainder_table, row_.rows_remainder.value_or(0),
              *proof_->rows_remainder);
  }

  // The fold of the plan that has put values into one of these columns; empty: none.
  [[nodiscard]] std::string FilledSince(const std::vector<std::string>& columns) const {
    for (const saved_plan::SavedAction& fold : check_.plan.saved.actions) {
      if (fold.method != "fold" || fold.target_oid != action_.target_oid ||
          !check_.plan.IsDone(fold.id))
        continue;
      for (const auto& home : fold.homes)
        if (std::find(columns.begin(), columns.end(), analysis::SourceColumn(home.home)) !=
            columns.end())
          return fold.id;
    }
    return "";
  }

  // The target's whole rows, what the merge filled and defaults gave included.
  absl::Status CompareLanded() {
    if (!merged_.has_value() || !merged_->landed_digest.has_value()) return absl::OkStatus();
    const analysis::ReadBackPlan& plan = merged_->read_back;
    if (const std::string fold = FilledSince(plan.unwritten); !fold.empty()) {
      check_.Note(absl::StrCat("other columns of its merged rows are not compared: ", fold,
                               " has filled one of them since"));
      return absl::OkStatus();
    }
    verification::ScanRequest scan = check_.reader.Scan(rows_.target->leaves, rows_.is_mine);
    scan.select = plan.written;
    scan.select.insert(scan.select.end(), plan.unwritten.begin(), plan.unwritten.end());
    std::vector<copy_format::TypeShape> shapes(scan.select.size());
    if (plan.unwritten.empty()) shapes = plan.written_shapes;  // hashed as sent
    ASSIGN_OR_RETURN(const digest::SetDigest landed, verification::DigestRows(scan, shapes));
    if (landed.sum.Hex() != *merged_->landed_digest && proof_->differences.empty())
      check_.Differ(absl::StrCat("target ", action_.target,
                                 " gives the source back, but other columns of its merged rows "
                                 "have changed since"));
    return absl::OkStatus();
  }

  // A folded object must be exactly what folding the row that it gives back would make: a cast on
  // the way back may cut or round, and an object may have been given more than it should hold.
  absl::Status CompareImages() {
    if (action_.kind != "merge_jsonb" || !proof_->differences.empty()) return absl::OkStatus();
    const std::string home = pg::QuoteIdentifier(action_.homes.front().home);
    const size_t end = action_.forward.rfind(" AS " + home + " FROM ");
    if (!absl::StartsWith(action_.forward, "SELECT ") || end == std::string::npos)
      return absl::InternalError("the saved plan's forward SELECT has another form");
    std::string stored = "regraft stored";
    while (std::find(rows_.names.begin(), rows_.names.end(), stored) != rows_.names.end())
      stored += "_";
    stored = pg::QuoteIdentifier(stored);
    std::string inverse = rows_.InverseFrom(pg::QuoteQualified(rows_.target->name));
    inverse.replace(0, 7, absl::StrCat("SELECT s.", home, " AS ", stored, ", "));
    ASSIGN_OR_RETURN(const pg::Result other,
                     check_.reader.connection().Execute(absl::StrCat(
                         "SELECT count(*) FROM (", inverse, " OFFSET 0) AS s WHERE s.", stored,
                         " IS DISTINCT FROM ", action_.forward.substr(7, end - 7))));
    if (const int64_t rows = other.Int64(0, 0); rows > 0)
      check_.Differ(absl::StrCat("target ", action_.target, ": ", RowWords(rows), " in column ",
                                 home, " hold more, or other text, than folding its source gives"));
    return absl::OkStatus();
  }

  absl::Status Explain() {
    if (rows_.source == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const verification::DiffSide source, rows_.Source(check_.reader, where_));
    ASSIGN_OR_RETURN(const verification::DiffSide rebuilt, rows_.Rebuilt(check_.reader));
    // What still is what it was stands first: "'a' is now 'b'" is said of the other.
    const bool source_changed = !expected_.empty() && proof_->rebuilt_digest == expected_;
    const auto report = [&](const verification::RowDifference& difference) {
      proof_->rows_different.push_back(verification::Sentence(difference, rows_.names, rows_.key));
      return proof_->rows_different.size() < kRowsShownMax;
    };
    return verification::DiffRows(source_changed ? rebuilt : source,
                                  source_changed ? source : rebuilt, {.key = rows_.key}, report)
        .status();
  }

  Check& check_;
  const saved_plan::SavedAction& action_;
  const ledger::PlanAction& row_;
  ActionProof* proof_;
  MovedRows rows_;
  std::string where_;
  std::optional<ledger::MergedRows> merged_;
  std::string expected_;  // digest; empty: not known
  int64_t expected_rows_ = 0;
};

}  // namespace

absl::Status CheckMoved(Check* check) {
  absl::Status done = check->reader.Guard([&] { return MovedCheck(check).Run(); });
  if (KindOf(done) == FailureKind::kDifferences)
    check->Differ(absl::StrCat(done.message()));
  else if (IsValueError(done))
    check->Differ(absl::StrCat("the rows cannot be rebuilt: ", done.message()));
  else
    return done;
  return absl::OkStatus();
}

}  // namespace regraft::proof

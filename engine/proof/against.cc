// Receipts against what is there now; the source is not needed.

#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/proof/receipt.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <bit>

namespace regraft::proof {
namespace {

using saved_plan::SavedAction;
using saved_plan::SavedPlan;

constexpr size_t kBucketsNamedMax = 5;

std::string OtherPlace(const Receipt& receipt, const catalog::DatabaseIdentity& here) {
  return OtherDatabase({.system_identifier = receipt.system_identifier,
                        .database = receipt.database,
                        .database_oid = receipt.database_oid},
                       here);
}

class ReceiptCheck {
 public:
  ReceiptCheck(Reader* reader, const Receipt& receipt, ActionProof* proof)
      : reader_(*reader), receipt_(receipt), proof_(proof) {}

  absl::Status Run(const catalog::DatabaseIdentity& here, const SavedPlan* plan) {
    if (receipt_.root.empty()) return Differ("the receipt is forged: its root is not its own");
    if (const std::string other = OtherPlace(receipt_, here); !other.empty())
      return Differ("the receipt is " + other);
    if (plan == nullptr || plan->sha256 != receipt_.plan_sha256)
      return Differ(absl::StrCat("the receipt is of the saved plan with SHA-256 ",
                                 receipt_.plan_sha256, ", which is not this one"));
    const SavedAction* action = FindAction(*plan);
    if (action == nullptr)
      return Differ("the receipt does not fit its plan, which has no such action");
    ASSIGN_OR_RETURN(const auto side, Side(*action));
    if (!side.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(Buckets found, ReadBuckets(*side));
    proof_->rows_target = found.Total().rows;
    RETURN_IF_ERROR(AddRemainder(&found));
    Compare(found);
    return absl::OkStatus();
  }

  absl::Status Differ(const std::string& sentence) {
    proof_->differences.push_back(sentence);
    return absl::OkStatus();
  }

 private:
  [[nodiscard]] const SavedAction* FindAction(const SavedPlan& plan) const {
    for (const SavedAction& action : plan.actions)
      if (action.id == receipt_.action && action.kind == receipt_.kind &&
          action.source_oid == receipt_.source_oid && action.target_oid == receipt_.target_oid)
        return &action;
    return nullptr;
  }

  // Nullopt: a difference was told.
  absl::StatusOr<std::optional<verification::DiffSide>> Side(const SavedAction& action) {
    if (action.method != "copy" && action.method != "fold") return OwnTable();
    without_source_ = action;
    without_source_.source_oid = 0;
    ASSIGN_OR_RETURN(rows_, FindMovedRows(&reader_, without_source_, receipt_.remainder_table));
    if (rows_.target == nullptr) {
      RETURN_IF_ERROR(Differ(absl::StrCat("the target ", action.target, " is gone")));
      return std::nullopt;
    }
    std::vector<std::pair<std::string, std::string>> columns;
    for (const auto& home : action.homes) columns.emplace_back(home.column, home.type);
    if (columns != receipt_.columns) {
      RETURN_IF_ERROR(Differ("the receipt has other columns than its plan"));
      return std::nullopt;
    }
    ASSIGN_OR_RETURN(verification::DiffSide side, rows_.Target(reader_));
    return std::optional(std::move(side));
  }

  absl::StatusOr<std::optional<verification::DiffSide>> OwnTable() {
    ASSIGN_OR_RETURN(const catalog::Table* table,
                     reader_.Find(static_cast<uint32_t>(receipt_.source_oid)));
    if (table == nullptr) {
      RETURN_IF_ERROR(Differ(absl::StrCat("the table of ", receipt_.source, " is gone")));
      return std::nullopt;
    }
    std::vector<catalog::Column> columns;
    for (const auto& [name, type] : receipt_.columns) {
      const catalog::Column* column = table->FindColumn(name);
      if (column == nullptr || column->type_sql != type) {
        RETURN_IF_ERROR(Differ(absl::StrCat(pg::DisplayName(table->name), " has no column ", name,
                                            " of type ", type, " any more")));
        return std::nullopt;
      }
      columns.push_back(*column);
    }
    ASSIGN_OR_RETURN(verification::DiffSide side,
                     MakeSide(reader_.Scan(table->leaves, ""), columns));
    return std::optional(std::move(side));
  }

  absl::Status AddRemainder(Buckets* found) {
    if (receipt_.remainder_table.empty()) return absl::OkStatus();
    if (rows_.remainder == nullptr)
      return Differ(absl::StrCat("the remainder table ", receipt_.remainder_table, " is gone"));
    ASSIGN_OR_RETURN(const verification::DiffSide side, rows_.Remainder(reader_));
    ASSIGN_OR_RETURN(const Buckets set_aside, ReadBuckets(side));
    proof_->rows_remainder = set_aside.Total().rows;
    *found += set_aside;
    return absl::OkStatus();
  }

  void Compare(const Buckets& found) {
    const auto bits = std::countr_zero(receipt_.buckets.size());
    const std::vector<digest::SetDigest> now = found.Split(bits);
    proof_->rows_source = receipt_.Total().rows;
    proof_->source_digest = receipt_.Total().sum.Hex();
    proof_->rebuilt_digest = found.Total().sum.Hex();
    std::vector<std::string> named;
    size_t different = 0;
    for (size_t i = 0; i < now.size(); ++i) {
      const digest::SetDigest& then = receipt_.buckets[i];
      if (now[i].sum == then.sum && now[i].rows == then.rows) continue;
      if (++different <= kBucketsNamedMax)
        named.push_back(absl::StrCat("bucket ", i, ": ", RowWords(then.rows), " then, ",
                                     RowWords(now[i].rows), " now",
                                     then.rows == now[i].rows ? " of other values" : ""));
    }
    if (different == 0) return;
    proof_->differences.push_back(
        absl::StrCat(different, " of ", now.size(), " buckets are not what the receipt says: ",
                     absl::StrJoin(named, "; "), different > kBucketsNamedMax ? "; …" : ""));
  }

  Reader& reader_;
  const Receipt& receipt_;
  ActionProof* proof_;
  SavedAction without_source_;
  MovedRows rows_;
};

// The saved plans that the receipts name, from the ledger.
class Plans {
 public:
  Plans(Reader* reader, const SavedPlan* given) : reader_(*reader), given_(given) {}

  [[nodiscard]] Reader* reader() const { return &reader_; }

  absl::StatusOr<const SavedPlan*> Find(const std::string& sha256) {
    if (given_ != nullptr) return given_;
    if (const auto known = plans_.find(sha256); known != plans_.end()) return &known->second;
    const auto text = FromLedger(sha256);
    if (!text.ok())
      return BadPlan(absl::StrCat(
          "the saved plan of the receipt is not in the ledger (", text.status().message(),
          "); give its file: regraft verify SAVED.json --against RECEIPTS"));
    ASSIGN_OR_RETURN(SavedPlan plan, saved_plan::ReadSavedPlan(*text, "the ledger's saved plan"));
    return &plans_.emplace(sha256, std::move(plan)).first->second;
  }

 private:
  absl::StatusOr<std::string> FromLedger(const std::string& sha256) {
    ASSIGN_OR_RETURN(const bool installed, ledger::HasPlanActions(reader_.connection()));
    if (!installed) return absl::NotFoundError("there is no schema regraft");
    return ledger::ReadSavedPlan(reader_.connection(), sha256);
  }

  Reader& reader_;
  const SavedPlan* given_;
  std::map<std::string, SavedPlan> plans_;
};

absl::Status CheckReceipt(const catalog::DatabaseIdentity& here, Plans* plans,
                          const Receipt& receipt, ActionProof* proof) {
  const Stopwatch watch;
  Reader* reader = plans->reader();
  ReceiptCheck check(reader, receipt, proof);
  const bool readable = !receipt.root.empty() && here.database_oid == receipt.database_oid;
  const SavedPlan* plan = nullptr;
  if (readable) {
    ASSIGN_OR_RETURN(plan, plans->Find(receipt.plan_sha256));
  }
  const absl::Status done = reader->Guard([&] { return check.Run(here, plan); });
  if (IsValueError(done))
    RETURN_IF_ERROR(check.Differ(absl::StrCat("the rows cannot be rebuilt: ", done.message())));
  else
    RETURN_IF_ERROR(Annotate(done, receipt.action));
  proof->checked = true;
  proof->equal = proof->differences.empty();
  proof->seconds = watch.seconds();
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyAgainst(const AgainstOptions& options, VerifyReport* report) {
  const Stopwatch watch;
  ASSIGN_OR_RETURN(const ReceiptFile file, ReadReceipts(options.text, options.file));
  ASSIGN_OR_RETURN(Reader reader, Reader::Open(options.connect, options.jobs));
  ASSIGN_OR_RETURN(const auto here, catalog::ReadDatabaseIdentity(reader.connection()));
  Plans plans(&reader, options.plan);
  std::vector<std::string> different;
  if (!file.root_holds) different.emplace_back("the file is forged: its root is not its own");
  for (const Receipt& receipt : file.receipts) {
    if (!options.actions.empty() && !options.actions.contains(receipt.action)) continue;
    report->actions.push_back({.id = receipt.action,
                               .kind = receipt.kind,
                               .source = receipt.source,
                               .target = receipt.target,
                               .state = "done",
                               .remainder_table = receipt.remainder_table});
    ActionProof& proof = report->actions.back();
    RETURN_IF_ERROR(CheckReceipt(here, &plans, receipt, &proof));
    if (!proof.equal) different.push_back(absl::StrCat(proof.id, ": ", proof.differences.front()));
  }
  report->seconds = watch.seconds();
  if (report->actions.empty())
    return BadPlan(absl::StrCat(options.file, " holds no receipt of the actions given"));
  if (different.empty()) return absl::OkStatus();
  return Differences(absl::StrCat(options.file, ": ", absl::StrJoin(different, "\n  - ")));
}

}  // namespace regraft::proof

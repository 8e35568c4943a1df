// Shows that the comparison can fail: rows of the target are copied into a temporary table, and the
// copy is damaged in one way after the other.

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"
#include "engine/proof/check.h"
#include "engine/proof/damages.h"
#include "engine/verification/row_words.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <set>

namespace regraft::proof {
namespace {

constexpr int64_t kRowsMax = 10'000;
constexpr const char* kIntact = "pg_temp.regraft_intact";
constexpr const char* kDamaged = "pg_temp.regraft_damaged";

class Prover {
 public:
  Prover(Check* check, pg::Connection* session)
      : check_(*check), proof_(check->proof), session_(*session) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(rows_, FindMovedRows(&check_.reader, check_.action, ""));
    RETURN_IF_ERROR(CopyRows());
    if (proof_->rows_damaged == 0) {
      check_.Note("--prove: it has no rows in its target that could be damaged");
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(intact_, Side(kIntact));
    ASSIGN_OR_RETURN(damaged_, Side(kDamaged));
    ASSIGN_OR_RETURN(const std::string control, Compare());
    if (!control.empty())
      return absl::InternalError("--prove: an undamaged copy does not compare equal: " + control);
    for (const DamageKind kind : kDamageKinds) RETURN_IF_ERROR(TryKind(kind));
    return session_.Run("ROLLBACK");
  }

 private:
  [[nodiscard]] absl::StatusOr<verification::DiffSide> Side(const std::string& table) const {
    verification::ScanRequest scan = check_.reader.Scan("");
    scan.session = &session_;
    return rows_.CopyOfTarget(std::move(scan), table);
  }

  // The rows that have values of this action; all in one transaction, which is rolled back.
  absl::Status CopyRows() {
    std::set<std::string> homes;
    for (const auto& home : check_.action.homes)
      homes.insert("s." + pg::QuoteIdentifier(home.home));
    const std::string mine =
        rows_.is_fold()         ? absl::StrCat("num_nonnulls(", absl::StrJoin(homes, ", "), ") > 0")
        : rows_.is_mine.empty() ? "true"
                                : rows_.is_mine;
    RETURN_IF_ERROR(session_.Run(
        absl::StrCat("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT ",
                     session_.QuoteLiteral(check_.reader.snapshot()))));
    RETURN_IF_ERROR(session_.Run(absl::StrCat(
        "CREATE TEMPORARY TABLE regraft_intact ON COMMIT DROP AS SELECT s.* FROM ",
        pg::QuoteQualified(rows_.target->name), " AS s WHERE (", mine, ") LIMIT ", kRowsMax,
        "; CREATE TEMPORARY TABLE regraft_damaged ON COMMIT DROP AS TABLE ", kIntact)));
    ASSIGN_OR_RETURN(const pg::Result count,
                     session_.Execute(absl::StrCat("SELECT count(*) FROM ", kIntact)));
    proof_->rows_damaged = count.Int64(0, 0);
    return absl::OkStatus();
  }

  // What was swapped can be short, and is then two changed values like others: another column may
  // show more.
  static bool IsNamed(DamageKind kind, const DamageReport& report) {
    return kind != DamageKind::kSwap || absl::StrContains(report.words, "swapped");
  }

  // The first column that this kind of damage can be done to.
  absl::Status TryKind(DamageKind kind) {
    DamageReport report{.kind = DamageWords(kind)};
    for (const Damage& damage : DamagesOf(kind, check_.action, rows_.key, kDamaged)) {
      RETURN_IF_ERROR(session_.Run("SAVEPOINT damage"));
      const absl::StatusOr<pg::Result> done = session_.Execute(damage.sql);
      // A type without such an operator, or a value that it cannot be done to.
      const bool damaged = done.ok() && done->affected_rows() > 0;
      if (!done.ok() && pg::IsCancellation(done.status())) return done.status();
      if (damaged) {
        report.place = damage.column;
        report.tried = true;
        RETURN_IF_ERROR(Judge(&report));
      }
      RETURN_IF_ERROR(session_.Run("ROLLBACK TO SAVEPOINT damage"));
      if (damaged && IsNamed(kind, report)) break;
    }
    proof_->damages.push_back(std::move(report));
    return absl::OkStatus();
  }

  absl::Status Judge(DamageReport* report) {
    absl::StatusOr<std::string> said = Compare();
    if (!said.ok() && !IsValueError(said.status())) return said.status();
    report->caught = !said.ok() || !said->empty();
    report->words =
        said.ok() ? *said : absl::StrCat("the rows cannot be rebuilt: ", said.status().message());
    return absl::OkStatus();
  }

  // The comparison of a verification: counts and digests; then which rows. Empty: equal.
  absl::StatusOr<std::string> Compare() {
    ASSIGN_OR_RETURN(const Buckets before, ReadBuckets(intact_));
    ASSIGN_OR_RETURN(const Buckets after, ReadBuckets(damaged_));
    if (before.Total() == after.Total()) return "";
    std::vector<std::string> words;
    const auto report = [&](const verification::RowDifference& difference) {
      words.push_back(verification::Sentence(difference, rows_.names, rows_.key));
      return words.size() < 2;  // a swap has two
    };
    RETURN_IF_ERROR(verification::DiffRows(intact_, damaged_, {.key = rows_.key}, report).status());
    if (words.empty()) words.emplace_back("the digests differ");
    return absl::StrJoin(words, "; ");
  }

  Check& check_;
  ActionProof* proof_;
  pg::Connection& session_;
  MovedRows rows_;
  verification::DiffSide intact_, damaged_;
};

}  // namespace

absl::Status ProveDamages(Check* check) {
  pg::ConnectOptions connect = check->reader.connect();
  connect.role = "verify-prove";
  ASSIGN_OR_RETURN(pg::Connection session, pg::Connection::Open(connect));
  return Annotate(Prover(check, &session).Run(), "--prove");
}

}  // namespace regraft::proof

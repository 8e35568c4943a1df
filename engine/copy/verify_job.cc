#include "engine/copy/verify_job.h"

#include "engine/analysis/sql.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/recheck.h"
#include "engine/ledger/ledger.h"
#include "engine/ledger/schema.h"
#include "engine/verification/compare.h"
#include "engine/verification/digest_rows.h"
#include "engine/verification/read_back.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::copy {
namespace {

// One copy at work.
class Verifier {
 public:
  Verifier(const VerifyOptions& options, pg::Connection* connection, const ledger::CopyRecord& copy,
           VerifiedCopy* result)
      : options_(options),
        connection_(*connection),
        copy_(copy),
        plan_(copy.read_back),
        result_(result) {}

  absl::Status Verify() {
    const Stopwatch watch;
    *result_ = {
        .source = copy_.source_name, .target = copy_.target_name, .provenance = copy_.provenance};
    RETURN_IF_ERROR(ReadLedger());
    RETURN_IF_ERROR(CompareTarget());
    RETURN_IF_ERROR(CompareRemainder());
    RETURN_IF_ERROR(CompareSource());
    result_->verified = result_->differences.empty();
    if (target_differs_ && target_table_.has_value()) RETURN_IF_ERROR(Explain());
    result_->seconds = watch.seconds();
    return absl::OkStatus();
  }

 private:
  void Differ(const std::string& sentence) { result_->differences.push_back(sentence); }

  absl::Status ReadLedger() {
    ASSIGN_OR_RETURN(runs_, ledger::RunsOf(connection_, copy_.copy_id));
    for (const ledger::RunRecord& run : runs_) {
      ASSIGN_OR_RETURN(const auto chunks, ledger::ReadChunks(connection_, run.run_id));
      ASSIGN_OR_RETURN(const auto done, ledger::ReadDone(connection_, run.run_id));
      if (run.state == ledger::RunState::kCopying) {
        Differ(absl::StrCat("run ", run.run_id, " is not finished: ", done.size(), " of ",
                            chunks.size(), " chunks are copied; the copy command continues it"));
      } else {
        ASSIGN_OR_RETURN(const auto damage, LedgerDamage(connection_, run));
        for (const std::string& sentence : damage) Differ(sentence);
      }
      chunks_.insert(chunks_.end(), chunks.begin(), chunks.end());
      done_.insert(done_.end(), done.begin(), done.end());
      result_->rows_remainder += run.remainder_rows;
    }
    for (const ledger::DoneChunk& chunk : done_) {
      source_sum_ += chunk.source;
      result_->rows += chunk.written.rows;
    }
    result_->chunks = static_cast<int64_t>(chunks_.size());
    return absl::OkStatus();
  }

  absl::Status CompareTarget() {
    auto table = catalog::ReadTable(connection_, copy_.target_oid);
    if (!table.ok()) {
      if (table.status().code() != absl::StatusCode::kNotFound) return table.status();
      Differ("the target is gone");
      return absl::OkStatus();
    }
    target_table_ = *std::move(table);
    RETURN_IF_ERROR(DecideMine());
    ASSIGN_OR_RETURN(const verification::ReadBack read_back,
                     verification::ReadTargetBack({.connect = Target("verify"),
                                                   .leaves = target_table_->leaves,
                                                   .plan = &plan_,
                                                   .mine = mine_,
                                                   .snapshot = "",
                                                   .jobs = options_.jobs}));
    const verification::Comparison comparison = verification::CompareAsWhole(done_, read_back);
    const verification::RowSums total = read_back.Total();
    result_->rows_found = total.written.rows;
    result_->chunks_verified = comparison.chunks_verified;
    for (const verification::Finding& finding : comparison.findings) Differ(finding.what);
    if (!comparison.findings.empty()) NameChunks(read_back);
    const auto& landed = runs_.back().landed_digest;
    if (comparison.findings.empty() && landed.has_value() && *landed != total.landed.sum.Hex()) {
      Differ("the copied columns are intact, but columns that the copy did not fill have changed");
      result_->chunks_verified = 0;
    }
    target_differs_ = !result_->differences.empty();
    return absl::OkStatus();
  }

  // The rows still tell by their xmin which chunk wrote them, unless all were rewritten: not a
  // proof, but it says where to look.
  void NameChunks(const verification::ReadBack& read_back) {
    const verification::Comparison by_chunk = verification::CompareByChunk(done_, read_back);
    if (by_chunk.chunks_verified == 0 && done_.size() > 1) return;
    constexpr size_t kNamedMax = 20;
    result_->chunks_verified = by_chunk.chunks_verified;
    for (size_t i = 0; i < std::min(kNamedMax, by_chunk.findings.size()); ++i)
      if (by_chunk.findings[i].chunk.has_value())
        Differ(
            absl::StrCat("chunk ", *by_chunk.findings[i].chunk, ": ", by_chunk.findings[i].what));
  }

  absl::Status DecideMine() {
    mine_ = plan_.provenance;
    if (!mine_.empty()) return absl::OkStatus();
    mine_ = "true";
    if (runs_.front().others_rows == 0) return absl::OkStatus();
    return BadPlan(absl::StrCat(
        "the copy from ", copy_.source_name, " into ", copy_.target_name,
        " has no discriminator, and the target held other rows: its rows cannot be told from "
        "those any more, so it cannot be verified again"));
  }

  absl::Status CompareRemainder() {
    for (const ledger::RunRecord& run : runs_) {
      ASSIGN_OR_RETURN(const std::string damage,
                       RemainderDamage(connection_, Target("verify-remainder"), plan_, run));
      if (!damage.empty()) Differ(damage);
      if (!run.remainder_digest.has_value()) continue;
      ASSIGN_OR_RETURN(const auto sum, digest::Digest128::FromHex(*run.remainder_digest));
      source_sum_ += {.sum = sum, .rows = run.remainder_rows, .bytes = 0};
    }
    return absl::OkStatus();
  }

  // Against the source while it exists. It may live on after the copy: then it differs, and that is
  // said.
  absl::Status CompareSource() {
    result_->source_state = "not looked at";
    if (copy_.same_database) source_ = options_.target;
    if (!copy_.same_database) source_ = options_.source;
    if (!source_.has_value()) return absl::OkStatus();
    source_->role = "verify-source";
    ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(*source_));
    auto table = catalog::ReadTable(connection, copy_.source_oid);
    if (!table.ok()) {
      if (table.status().code() != absl::StatusCode::kNotFound) return table.status();
      result_->source_state = "gone";
      source_.reset();
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(SourceLeaves(*table));
    ASSIGN_OR_RETURN(const digest::SetDigest found,
                     verification::DigestRows({.connect = *source_,
                                               .leaves = source_leaves_,
                                               .select = plan_.source_select,
                                               .where = plan_.where,
                                               .snapshot = "",
                                               .jobs = options_.jobs},
                                              plan_.source_shapes));
    // Each run (--again) read the whole source once.
    digest::SetDigest expected;
    for (size_t run = 0; run < runs_.size(); ++run) expected += found;
    // Without the bytes: the ledger does not keep those of the rows set aside.
    const bool equal = expected.rows == source_sum_.rows && expected.sum == source_sum_.sum;
    result_->source_state = equal ? "unchanged" : "changed";
    if (equal) return absl::OkStatus();
    source_.reset();
    Differ(absl::StrCat("the source has changed since: ", source_sum_.rows, " rows were read, ",
                        expected.rows, " would be read now"));
    return absl::OkStatus();
  }

  // The leaves that the copy read (with inheritance children, if it did), those that have come
  // since included.
  absl::Status SourceLeaves(const catalog::Table& table) {
    source_leaves_ = table.leaves;
    for (const catalog::Leaf& child : table.inheritance_children)
      for (const ledger::Chunk& chunk : chunks_)
        if (chunk.leaf.oid == child.oid) {
          source_leaves_.push_back(child);
          break;
        }
    return absl::OkStatus();
  }

  absl::Status Explain() {
    ExplainRequest request{.target = Target("verify-explain"),
                           .source = runs_.size() == 1 ? source_ : std::nullopt,
                           .source_leaves = source_leaves_,
                           .target_table = *target_table_,
                           .plan = &plan_,
                           .mine = mine_,
                           .source_where = SourceWhere(),
                           .chunks = chunks_,
                           .done = done_,
                           .jobs = options_.jobs};
    ASSIGN_OR_RETURN(result_->rows_different, ExplainDifferences(request));
    return absl::OkStatus();
  }

  // The rows that were copied: not those set aside.
  [[nodiscard]] std::string SourceWhere() const {
    std::vector<std::string> conditions;
    if (!plan_.where.empty()) conditions.push_back(absl::StrCat("(", plan_.where, ")"));
    for (const ledger::Chunk& chunk : chunks_)
      for (const std::string& ctid : chunk.excluded)
        conditions.push_back(
            absl::StrCat("NOT (s.tableoid = ", chunk.leaf.oid, " AND s.ctid = '", ctid, "'::tid)"));
    return absl::StrJoin(conditions, " AND ");
  }

  [[nodiscard]] pg::ConnectOptions Target(const std::string& role) const {
    pg::ConnectOptions connect = options_.target;
    connect.role = role;
    return connect;
  }

  const VerifyOptions& options_;
  pg::Connection& connection_;
  const ledger::CopyRecord& copy_;
  const analysis::ReadBackPlan& plan_;
  VerifiedCopy* result_;
  std::vector<ledger::RunRecord> runs_;
  std::vector<ledger::Chunk> chunks_;
  std::vector<ledger::DoneChunk> done_;
  digest::SetDigest source_sum_;
  std::optional<catalog::Table> target_table_;
  std::optional<pg::ConnectOptions> source_;
  std::vector<catalog::Leaf> source_leaves_;
  std::string mine_;
  bool target_differs_ = false;
};

absl::StatusOr<std::vector<ledger::CopyRecord>> CopiesToVerify(const VerifyOptions& options,
                                                               pg::Connection* connection) {
  ASSIGN_OR_RETURN(const bool installed, ledger::IsInstalled(*connection));
  if (!installed)
    return BadPlan(
        "no copy is recorded in this database (there is no schema regraft); copy something first");
  uint32_t target_oid = 0;
  if (options.target_table.has_value()) {
    ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(*connection, *options.target_table));
    if (!oid.has_value())
      return BadPlan(absl::StrCat("there is no table ", pg::DisplayName(*options.target_table)));
    target_oid = *oid;
  }
  ASSIGN_OR_RETURN(std::vector<ledger::CopyRecord> copies,
                   ledger::CopiesInto(*connection, target_oid));
  if (copies.empty())
    return BadPlan(absl::StrCat("no copy ",
                                options.target_table.has_value()
                                    ? "into " + pg::DisplayName(*options.target_table) + " "
                                    : "",
                                "is recorded in this database, or all were discarded; of a plan: "
                                "regraft verify SAVED.json"));
  if (!options.target_table.has_value()) copies.erase(copies.begin() + 1, copies.end());
  return copies;
}

}  // namespace

absl::Status VerifyCopies(const VerifyOptions& options, std::vector<VerifiedCopy>* results) {
  pg::ConnectOptions connect = options.target;
  connect.role = "verify-control";
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(connect));
  ASSIGN_OR_RETURN(const std::vector<ledger::CopyRecord> copies,
                   CopiesToVerify(options, &connection));
  std::vector<std::string> failed;
  for (const ledger::CopyRecord& copy : copies) {
    results->emplace_back();
    RETURN_IF_ERROR(Verifier(options, &connection, copy, &results->back()).Verify());
    if (!results->back().verified)
      failed.push_back(absl::StrCat(copy.source_name, " -> ", copy.target_name));
  }
  if (failed.empty()) return absl::OkStatus();
  return Differences(
      absl::StrCat(failed.size(), " of ", copies.size(),
                   " copies are not what was copied: ", absl::StrJoin(failed, ", ")));
}

}  // namespace regraft::copy

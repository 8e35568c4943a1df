#include "cli/commands/verify_plan.h"

#include "cli/commands/saved_file.h"
#include "cli/files.h"
#include "cli/render/progress_line.h"
#include "cli/render/proof_text.h"
#include "cli/render/words.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/proof/verify.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <unistd.h>

namespace regraft::cli {
namespace {

absl::Status VerifyFile(const Session& session, const VerifyPlanFlags& flags,
                        const saved_plan::SavedPlan& plan, proof::VerifyReport* report) {
  proof::VerifyOptions options{.connect = session.Connect("verify"), .plan = plan};
  options.file = flags.file;
  options.actions = {flags.actions.begin(), flags.actions.end()};
  options.receipts = !flags.receipt.empty();
  options.prove = flags.prove;
  options.jobs = flags.jobs;
  const bool terminal = !session.json && isatty(STDERR_FILENO) != 0;
  if (terminal)
    options.on_action = [](const std::string& id, size_t number, size_t count) {
      std::fprintf(stderr, "\r\033[Kverifying %zu of %zu: %s", number, count,
                   Shortened(id, 60).c_str());
    };
  const absl::Status status = proof::Verify(options, report);
  if (terminal) std::fprintf(stderr, "\r\033[K");
  if (report->record_note.empty()) return status;
  if (!session.json)
    std::fprintf(stderr, "regraft: not recorded in the ledger: %s\n",
                 OneLine(report->record_note).c_str());
  return status;
}

absl::Status VerifyReceipts(const Session& session, const VerifyPlanFlags& flags,
                            const saved_plan::SavedPlan* plan, proof::VerifyReport* report) {
  proof::AgainstOptions options{.connect = session.Connect("verify"), .file = flags.against};
  ASSIGN_OR_RETURN(options.text, ReadTextFile(flags.against));
  options.plan = plan;
  options.actions = {flags.actions.begin(), flags.actions.end()};
  options.jobs = flags.jobs;
  return proof::VerifyAgainst(options, report);
}

// Receipts of what is as it must be are written even where something else is not.
absl::Status WriteReceiptFile(const VerifyPlanFlags& flags, const proof::VerifyReport& report,
                              absl::Status status) {
  if (flags.receipt.empty() || (!status.ok() && KindOf(status) != FailureKind::kDifferences))
    return status;
  const auto has_receipt = [](const proof::ActionProof& action) { return !action.receipt.empty(); };
  if (std::none_of(report.actions.begin(), report.actions.end(), has_receipt))
    return status.ok()
               ? absl::FailedPreconditionError(
                     "no receipt was written: none of the actions has rows that stand still")
               : status;
  const absl::Status written = WriteTextFile(flags.receipt, proof::ReceiptDocument(report));
  return status.ok() ? written : status;
}

absl::Status Execute(const Session& session, const VerifyPlanFlags& flags,
                     proof::VerifyReport* report, std::string* sha256) {
  std::optional<saved_plan::SavedPlan> plan;
  if (!flags.file.empty()) {
    ASSIGN_OR_RETURN(plan, ReadSavedFile(flags.file));
    *sha256 = plan->sha256;
  }
  if (!flags.against.empty())
    return VerifyReceipts(session, flags, plan.has_value() ? &*plan : nullptr, report);
  return WriteReceiptFile(flags, *report, VerifyFile(session, flags, *plan, report));
}

}  // namespace

void AddVerifyPlanFlags(CLI::App* verb, VerifyPlanFlags* flags) {
  CLI::Option* file = AddSavedFile(verb, &flags->file);
  verb->add_option("--action", flags->actions, "of a plan: these actions alone")->type_name("ID");
  CLI::Option* against =
      verb->add_option("--against", flags->against, "compare with the receipts in this file")
          ->type_name("FILE");
  verb->add_option("--receipt", flags->receipt, "of a plan: write receipts that prove it later")
      ->type_name("FILE")
      ->needs(file)
      ->excludes(against);
  verb->add_flag("--prove", flags->prove,
                 "of a plan: damage a temporary copy of rows, and show that it is seen")
      ->needs(file)
      ->excludes(against);
}

bool IsOfPlan(const VerifyPlanFlags& flags) {
  return !flags.file.empty() || !flags.against.empty();
}

int RunVerifyPlan(const Session& session, const VerifyPlanFlags& flags) {
  proof::VerifyReport report;
  std::string sha256;
  const absl::Status status = Execute(session, flags, &report, &sha256);
  if (!session.json && !report.actions.empty()) std::fputs(ProofText(report).c_str(), stdout);
  nlohmann::ordered_json document = ProofDocument(report);
  document["sha256"] = sha256;
  document["receipt"] = flags.receipt;
  return Conclude(session, status, document);
}

}  // namespace regraft::cli

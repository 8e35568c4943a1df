// What the document's summary declares, against the lines that its tables have.
#include "engine/base/status_macros.h"
#include "engine/document/reading.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>

namespace regraft::document {
namespace {

using plan::ActionKind;

constexpr std::array<ActionKind, 8> kKinds = {
    ActionKind::kArchive,    ActionKind::kMerge,     ActionKind::kMove,  ActionKind::kKeepAsMv,
    ActionKind::kMergeJsonb, ActionKind::kMergeCols, ActionKind::kAddPk, ActionKind::kPending};

std::optional<int64_t> NumberIn(const std::vector<Text>& row) {
  for (size_t i = 1; i < row.size(); ++i)
    if (const auto number = ReadNumber(row[i].plain)) return number;
  return std::nullopt;
}

Tally* TallyOf(ActionKind kind, Import* import) {
  return &*std::find_if(import->tallies.begin(), import->tallies.end(),
                        [kind](const Tally& each) { return each.kind == kind; });
}

void ReadSummary(const TableView& view, Reading* reading) {
  Import* import = &reading->import;
  int64_t sum = 0;
  std::optional<int64_t> total;
  for (const auto& row : view.table->rows) {
    const auto number = NumberIn(row);
    if (!number.has_value()) continue;
    const auto kind = KindNamed(row[0].plain);
    if (kind.has_value()) {
      Tally* tally = TallyOf(*kind, import);
      tally->declared = tally->declared.value_or(0) + *number;
      sum += *number;
    } else if (const auto words = Words(row[0].plain);
               !words.empty() && (words[0] == "total" || words[0] == "sum" || words[0] == "all")) {
      total = number;
    } else {
      reading->Find(row[0].line, "unread-row",
                    absl::StrCat("the summary counts \"", row[0].plain.substr(0, 80),
                                 "\", which is no kind of action"));
    }
  }
  import->declared = import->declared.value_or(0) + total.value_or(sum);
  if (total.has_value() && *total != sum)
    reading->Find(view.line, "summary-total",
                  absl::StrCat("the summary's total is ", *total, ", its lines add up to ", sum));
}

void ReportKind(const Tally& tally, int line, Reading* reading) {
  const int64_t declared = tally.declared.value_or(0);
  if (declared == tally.itemised) return;
  reading->Find(
      line, "count-differs",
      absl::StrCat("the summary declares ", declared, " ", AsAbsl(plan::KindWord(tally.kind)),
                   " actions, the tables have ", tally.itemised));
}

}  // namespace

bool Import::CountsAgree() const {
  if (!declared.has_value()) return true;
  return *declared == itemised &&
         std::all_of(tallies.begin(), tallies.end(), [](const Tally& tally) {
           return tally.declared.value_or(0) == tally.itemised;
         });
}

void Reconcile(Reading* reading) {
  Import* import = &reading->import;
  for (const ActionKind kind : kKinds) import->tallies.push_back({.kind = kind});
  for (const plan::Action& action : import->plan.actions) ++TallyOf(action.kind, import)->itemised;
  import->itemised = static_cast<int64_t>(import->plan.actions.size());
  int line = 0;
  for (const TableView& view : reading->tables)
    if (view.kind == TableKind::kSummary) {
      ReadSummary(view, reading);
      line = view.line;
    }
  if (line == 0) return;
  for (const Tally& tally : import->tallies) ReportKind(tally, line, reading);
  if (import->CountsAgree()) return;
  import->plan.reconciliation =
      plan::Reconciliation{.declared = *import->declared, .itemised = import->itemised};
  for (const Tally& tally : import->tallies)
    import->comments.reconciliation.push_back(
        absl::StrCat(AsAbsl(plan::KindWord(tally.kind)), ": ", tally.declared.value_or(0),
                     " declared, ", tally.itemised, " itemised"));
  import->comments.reconciliation.emplace_back(
      "todo: who acknowledges that the lines are the work, and the summary is wrong?");
}

}  // namespace regraft::document

// What a document's text says against itself: its order, its steps, and words that sound like an
// approval.
#include "engine/base/status_macros.h"
#include "engine/document/reading.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <map>
#include <utility>

namespace regraft::document {
namespace {

using plan::Action;
using plan::ActionKind;

bool HasWord(const std::string& text, std::initializer_list<std::string_view> any) {
  const auto words = Words(text);
  return std::any_of(any.begin(), any.end(), [&words](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  });
}

// "2" before "2C", "1A" before "1B", "9" before "10".
std::pair<int, std::string> OrderOf(const std::string& label) {
  int number = 0;
  size_t at = 0;
  for (; at < label.size() && absl::ascii_isdigit(static_cast<unsigned char>(label[at])); ++at)
    number = number * 10 + (label[at] - '0');
  return {number, label.substr(at)};
}

void CheckSectionOrder(Reading* reading) {
  std::map<std::pair<std::string, int>, std::string> last;  // by word and level
  for (const Section& section : reading->outline.sections) {
    if (section.label.empty() || section.word.empty()) continue;
    std::string& before = last[{section.word, section.level}];
    if (!before.empty() && OrderOf(section.label) < OrderOf(before))
      reading->Find(
          section.title.line, "section-order",
          absl::StrCat("\"", section.title.plain, "\" stands after ", section.word, " ", before));
    else
      before = section.label;
  }
}

// A status of a document is not an approval of a saved plan, and results under a pending status
// were made before anybody approved.
void CheckStatusWords(Reading* reading) {
  const auto is_status = [](const std::string& text) {
    return HasWord(text, {"status", "execution", "approval", "state"}) &&
           HasWord(text, {"pending", "approved", "blocked", "draft", "unapproved", "accepted"});
  };
  constexpr size_t kSentenceMax = 500;
  bool pending = false;
  const auto look = [&](const std::string& text, int line) {
    if (text.size() > kSentenceMax || !is_status(text)) return;
    pending = pending || HasWord(text, {"pending", "blocked", "draft", "unapproved"});
    reading->Find(line, "status-word",
                  absl::StrCat("\"", text,
                               "\" is no approval: that is given to a saved plan, by "
                               "its hash, with regraft approve"));
  };
  for (const Block& block : reading->outline.blocks)
    if (block.kind == Block::Kind::kParagraph || block.kind == Block::Kind::kItem)
      look(block.text.plain, block.line);
  for (const TableView& view : reading->tables)
    if (view.kind == TableKind::kOther)
      for (const auto& row : view.table->rows)
        if (row.size() == 2) look(absl::StrCat(row[0].plain, ": ", row[1].plain), row[0].line);
  if (!pending) return;
  for (const Section& section : reading->outline.sections)
    if (HasWord(section.title.plain, {"verified", "executed", "done", "completed"}))
      reading->Find(section.title.line, "results-before-approval",
                    absl::StrCat("\"", section.title.plain,
                                 "\" speaks of results, and the document is not approved"));
}

void CheckDeletions(Reading* reading) {
  constexpr size_t kSentenceMax = 500;
  int promised = 0;
  for (const Block& block : reading->outline.blocks) {
    const std::string& text = block.text.plain;
    if (text.size() > kSentenceMax) continue;
    const bool promises = HasWord(text, {"no", "without", "preserve", "never"}) &&
                          HasWord(text, {"deletion", "deletions", "deleted", "delete", "loss"});
    if (promises && promised == 0)
      promised = block.line;
    else if (promised > 0 && !promises &&
             HasWord(text, {"remove", "removed", "delete", "deleted", "dedupe", "drop", "truncate",
                            "purge"}))
      reading->Find(block.line, "deletion",
                    absl::StrCat("\"", text, "\" removes rows, and line ", promised,
                                 " promises that nothing is; it is not imported"));
  }
}

struct Step {
  int number = 0;
  int line = 0;
};

// The list below a title that speaks of the order: the step of each kind.
std::map<ActionKind, Step> StepsOf(const Outline& outline) {
  std::map<ActionKind, Step> steps;
  for (const Section& section : outline.sections) {
    if (!HasWord(section.title.plain, {"order", "sequence", "steps"})) continue;
    int number = 0;
    bool numbered = true;
    for (const size_t at : section.blocks) {
      const Block& block = outline.blocks[at];
      if (block.kind != Block::Kind::kItem) continue;
      if (number == 0) numbered = block.ordered;
      if (block.ordered != numbered) continue;  // a list within a step
      ++number;
      const size_t colon = block.text.plain.find(':');
      auto kind = KindNamed(block.text.plain.substr(0, colon));
      if (!kind.has_value() && colon != std::string::npos)
        kind = KindInWords(block.text.plain.substr(colon));
      if (kind.has_value()) steps.emplace(*kind, Step{number, block.line});
    }
  }
  // What folds rows into others is a merge where no step of its own is given.
  for (const ActionKind kind : {ActionKind::kMergeJsonb, ActionKind::kMergeCols})
    if (const auto merge = steps.find(ActionKind::kMerge); merge != steps.end())
      steps.emplace(kind, merge->second);
  return steps;
}

// A table that an earlier step takes away under its name, and a later one still needs.
void CheckNeeds(const std::map<ActionKind, Step>& steps, Reading* reading) {
  const auto& actions = reading->import.plan.actions;
  std::map<std::pair<std::string, std::string>, const Action*> gone;
  for (const Action& action : actions)
    if (action.kind != ActionKind::kAddPk && action.kind != ActionKind::kKeepAsMv &&
        action.kind != ActionKind::kPending)
      gone.emplace(std::pair(action.source.schema, action.source.name), &action);
  for (const Action& action : actions)
    for (const pg::QualifiedName& name :
         {action.source, action.target.value_or(pg::QualifiedName{})}) {
      const auto found = gone.find({name.schema, name.name});
      if (name.name.empty() || found == gone.end() || found->second == &action) continue;
      const auto first = steps.find(found->second->kind), then = steps.find(action.kind);
      if (first == steps.end() || then == steps.end()) continue;
      if (first->second.number >= then->second.number) continue;
      reading->Find(first->second.line, "step-order",
                    absl::StrCat("step ", first->second.number, " takes ", pg::DisplayName(name),
                                 " away (", found->second->id, "), and step ", then->second.number,
                                 " still needs it (", action.id, ")"));
    }
}

void CheckSteps(Reading* reading) {
  const auto steps = StepsOf(reading->outline);
  CheckNeeds(steps, reading);
  const auto archive = steps.find(ActionKind::kArchive), merge = steps.find(ActionKind::kMerge);
  if (archive != steps.end() && merge != steps.end() &&
      archive->second.number < merge->second.number)
    reading->Find(archive->second.line, "step-order",
                  absl::StrCat("archives are step ", archive->second.number, ", merges step ",
                               merge->second.number,
                               ": a merge may still read an archived table, through a key or a "
                               "look-up; the order is derived from the database when planned"));
}

}  // namespace

void FindDocumentFaults(Reading* reading) {
  CheckSectionOrder(reading);
  CheckStatusWords(reading);
  CheckDeletions(reading);
  CheckSteps(reading);
}

}  // namespace regraft::document

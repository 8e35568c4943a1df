// What every form of a report says in the same words.
#pragma once

#include "engine/report/report.h"

#include <string>
#include <vector>

namespace regraft::cli {

// The whole run in a word and some sentences.
struct Verdict {
  std::string word;   // "DONE", "UNDONE", "FAILED", "DIFFERENT", "UNFINISHED", "PARTLY UNDONE"
  std::string state;  // the state of an action that it is like: "done", "failed" …
  std::string actions, rows, proof;  // sentences; the last two empty where no row moved
};
Verdict VerdictOf(const report::Report& report);

// "0.24 s", "3.5 s", "2 min 5 s", "1 h 4 min".
std::string Took(double seconds);
// "12,345 rows/s"; empty where no row moved, or no time is known.
std::string Rate(const report::Action& action);

// "1 done, 2 failed": the states that occur, in that order.
std::string StateWords(const report::Counts& counts);
// "2,709 = 2,397 + 312"; empty where no row moved.
std::string Equation(const report::Action& action);
// "180 unique a_key, 132 not-null b".
std::string ReasonWords(const report::Action& action);
// "digests equal", "every row equal", "as declared, same file", "DIFFERENT: …", "taken back",
// "not proved".
std::string ProofWords(const report::Action& action);
// Why it is not done: an error, or what it waits for; empty where there is nothing to say.
std::string WhyNot(const report::Action& action);
// The target, or where the table has gone; empty where it stays.
std::string WhereTo(const report::Action& action);

// It was begun, so its hazards were taken.
bool Begun(const report::Action& action);
// What was said of several places in the same words.
struct SaidOf {
  std::string code, text;
  std::vector<std::string> places;  // ids of actions, tables of preparations; none: the whole plan
};
// Of what was begun, in the order of execution.
std::vector<SaidOf> HazardsTaken(const report::Report& report);
std::vector<SaidOf> NotesOf(const report::Report& report);
// Actions with a time, slowest first.
std::vector<const report::Action*> SlowestFirst(const report::Report& report);

// "holds", "revoked", "expired", "opened this run", "opened run 3".
std::string ApprovalState(const approval::Approval& approval, int64_t run);

// "regraft decide PLAN.yaml Q --choose a|b --reason WHY".
std::string DecideCommand(const report::Question& question);
// The command that takes the run back; empty where there is nothing to take back.
std::string UndoCommand(const report::Report& report, const std::string& file);

}  // namespace regraft::cli

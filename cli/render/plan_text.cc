#include "cli/render/plan_text.h"

#include "cli/render/plan_tally.h"
#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <utility>

namespace regraft::cli {
namespace {

using namespace saved_plan;

constexpr size_t kShortSql = 84;

// Collects the labelled lines of a block; lines without text are left out.
class Block {
 public:
  explicit Block(std::string* out) : out_(out) {}

  void Line(std::string_view label, std::string_view text) {
    if (!text.empty()) *out_ += Wrapped({.indent = 2, .label_width = 11}, label, text);
  }
  // The label stands at the first line only.
  void Lines(std::string_view label, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) Line(std::exchange(label, ""), text);
  }
  void Sql(std::string_view label, const std::string& sql, bool verbose) {
    Line(label, verbose ? sql : Shortened(sql, kShortSql));
  }
  void Findings(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
      Line(finding.kind == "refusal"  ? "REFUSED"
           : finding.kind == "hazard" ? "HAZARD"
                                      : "note",
           absl::StrCat(finding.code, ": ", finding.text));
      if (!finding.remedy.empty()) Line("", "cure: " + finding.remedy);
    }
  }
  void Statements(const std::vector<Statement>& statements, bool verbose) {
    std::string_view label = "runs";
    for (const Statement& statement : statements) {
      Line(std::exchange(label, ""),
           statement.sql + (statement.why.empty() ? "" : "  -- " + statement.why));
      if (verbose && !statement.undo.empty()) Line("", "undo: " + statement.undo);
    }
  }

 private:
  std::string* out_;
};

std::string HomeWords(const ColumnHome& home) {
  if (home.how == "same")
    return absl::StrCat(home.column, home.column == home.home ? "" : " -> " + home.home);
  return absl::StrCat(home.column, " ", home.type, " -> ", home.home, " ", home.home_type, " (",
                      home.how, ")");
}

// Columns that keep name and type are only counted, unless all are wanted.
std::vector<std::string> HomeLines(const std::vector<ColumnHome>& homes, bool verbose) {
  std::vector<std::string> lines;
  int64_t same = 0;
  for (const ColumnHome& home : homes) {
    const bool plain = home.how == "same" && home.column == home.home;
    if (plain) ++same;
    if (!plain || verbose) lines.push_back(HomeWords(home));
    if (verbose && !home.inverse.empty()) lines.back() += ", back by " + home.inverse;
  }
  if (same > 0 && !verbose)
    lines.insert(lines.begin(), Counted(same, "column keeps", "columns keep") + " name and type");
  return lines;
}

std::vector<std::string> FilledLines(const std::vector<FilledColumn>& filled) {
  std::vector<std::string> lines;
  for (const FilledColumn& column : filled)
    lines.push_back(absl::StrCat(column.column, " ", column.type, " = ", column.value));
  return lines;
}

std::vector<std::string> RemainderLines(const SavedAction& action) {
  std::vector<std::string> lines;
  for (const RemainderReason& reason : action.remainder)
    lines.push_back(
        absl::StrCat(Counted(reason.rows, "row", "rows"), ": ", reason.reason,
                     reason.example.empty() ? "" : absl::StrCat(", such as ", reason.example)));
  if (!action.remainder_table.empty()) lines.push_back("set aside in " + action.remainder_table);
  return lines;
}

std::vector<std::string> DependentLines(const std::vector<Dependent>& dependents) {
  std::vector<std::string> lines;
  for (const char* wanted : {"tracked", "textual", "invisible"})
    for (const Dependent& dependent : dependents)
      if (dependent.dependency_class == wanted)
        lines.push_back(absl::StrCat(wanted, ": ", dependent.kind, " ", dependent.name, ": ",
                                     dependent.effect));
  return lines;
}

std::string RowsLine(const SavedAction& action) {
  std::string line = Amount{action.rows, action.bytes, action.estimated}.Words();
  if (action.expected_rows.has_value())
    absl::StrAppend(&line, "; expected ", Grouped(*action.expected_rows));
  if (!action.digest.empty()) absl::StrAppend(&line, "; digest ", action.digest);
  return absl::StrCat(line, "; ", action.method);
}

std::string Heading(const SavedAction& action) {
  std::string heading = ActionWords(action);
  if (!action.target.empty()) absl::StrAppend(&heading, " -> ", action.target);
  if (!action.discriminator.empty()) absl::StrAppend(&heading, " (", action.discriminator, ")");
  return absl::StrCat(heading, ": ", action.state,
                      action.blocked_by.empty() ? "" : " by " + action.blocked_by);
}

void AddAction(const SavedAction& action, bool verbose, std::string* out) {
  *out += "\n" + Wrapped({}, "", Heading(action));
  Block block(out);
  block.Line("why", action.reason);
  block.Line("rows", RowsLine(action));
  block.Lines("options", action.options);
  for (const After& after : action.after)
    block.Line("after", absl::StrCat(after.id, ": ", after.reason));
  block.Lines("columns", HomeLines(action.homes, verbose));
  block.Lines("filled", FilledLines(action.filled));
  if (verbose) block.Sql("forward", action.forward, verbose);
  block.Sql("inverse", action.inverse, verbose);
  if (action.proved) block.Line("", "proved on every row present");
  block.Lines("remainder", RemainderLines(action));
  block.Line("kept", absl::StrJoin(action.kept, ", "));
  block.Lines("used by", DependentLines(action.dependents));
  std::string_view label = "locks";
  for (const Lock& lock : action.locks)
    block.Line(std::exchange(label, ""),
               absl::StrCat(lock.relation, " ", lock.mode, ", ", lock.duration));
  block.Statements(action.statements, verbose);
  block.Line("source", action.source_after);
  block.Findings(action.findings);
}

void AddPreparation(const SavedPreparation& preparation, bool verbose, std::string* out) {
  *out += "\n" + Wrapped({}, "", "prepare " + preparation.table);
  Block block(out);
  block.Statements(preparation.statements, verbose);
  block.Findings(preparation.findings);
}

std::string Title(const SavedPlan& plan) {
  return absl::StrCat("plan ", plan.name.empty() ? "" : absl::StrCat("\"", plan.name, "\" "),
                      "for database ", plan.database, " (PostgreSQL ", plan.server_version / 10000,
                      ".", plan.server_version % 10000, "), planned by ", plan.planner);
}

std::string Kinds(const Tally& tally) {
  return absl::StrJoin(tally.kinds, ", ", [](std::string* out, const auto& kind) {
    absl::StrAppend(out, kind.second, " ", kind.first);
  });
}

// " (no-home 41: 1B-3, 1B-4 and 7 more; todo 2: 1C-1)": the blocks above have them in full.
std::string Codes(const std::vector<CodeCount>& codes) {
  constexpr size_t kPlacesMax = 4;
  std::vector<std::string> words;
  for (const CodeCount& count : codes) {
    const size_t shown = std::min(kPlacesMax, count.places.size());
    const std::vector<std::string> places(count.places.begin(),
                                          count.places.begin() + static_cast<long>(shown));
    const size_t more = count.places.size() - shown;
    words.push_back(absl::StrCat(count.code, " ", count.findings, places.empty() ? "" : ": ",
                                 absl::StrJoin(places, ", "),
                                 more > 0 ? absl::StrCat(" and ", more, " more") : ""));
  }
  return words.empty() ? "" : absl::StrCat(" (", absl::StrJoin(words, "; "), ")");
}

std::string Summary(const SavedPlan& plan) {
  const Tally tally = TallyOf(plan);
  std::string out = "\n";
  const Margin margin{.indent = 0, .label_width = 10};
  const auto actions = static_cast<int64_t>(plan.actions.size());
  out += Wrapped(margin, "summary",
                 absl::StrCat(Counted(actions, "action", "actions"), ": ", Kinds(tally)));
  out += Wrapped(margin, "",
                 absl::StrCat(tally.ready, " ready, ", tally.blocked, " blocked, ", tally.refused,
                              " refused; ", tally.copied.Words(), " copied; ",
                              tally.in_place.Words(), " stay where they are"));
  out += Wrapped(
      margin, "",
      absl::StrCat(Counted(tally.refusals, "refusal", "refusals"), Codes(tally.refusal_codes), "; ",
                   Counted(tally.hazards, "hazard", "hazards"), Codes(tally.hazard_codes), "; ",
                   Counted(tally.notes, "note", "notes")));
  if (!plan.sha256.empty()) out += Wrapped(margin, "SHA-256", plan.sha256);
  return out;
}

// "2 people, but not ada; each approval holds 7 days".
std::string Approvers(const SavedPlan& plan) {
  return absl::StrCat(Counted(plan.approvals_required, "person", "people"),
                      plan.not_by_planner ? absl::StrCat(", but not ", plan.planner, ",") : "",
                      " must approve; an approval holds ", Duration(plan.lifetime_seconds));
}

}  // namespace

std::string PlanText(const SavedPlan& plan, bool verbose) {
  std::string out = Wrapped({}, "", Title(plan));
  for (const SavedAnswer& answer : plan.answers)
    out += Wrapped(
        {.indent = 0, .label_width = 10}, "answered",
        absl::StrCat(answer.id, ": ", answer.choice, ", by ", answer.by, ": ", answer.reason));
  for (const SavedPreparation& preparation : plan.preparations)
    AddPreparation(preparation, verbose, &out);
  for (const SavedAction& action : plan.actions) AddAction(action, verbose, &out);
  if (!plan.findings.empty()) {
    out += "\nthe plan as a whole\n";
    Block(&out).Findings(plan.findings);
  }
  return out + Summary(plan);
}

std::string NextCommand(const SavedPlan& plan, const PlanFiles& files) {
  const Margin margin{.indent = 0, .label_width = 10};
  const Tally tally = TallyOf(plan);
  if (tally.refusals > 0)
    return Wrapped(margin, "next",
                   absl::StrCat("cure the ", Counted(tally.refusals, "refusal", "refusals"),
                                " above, then: regraft plan ", ShellWord(files.plan), " -o ",
                                ShellWord(files.saved.empty() ? "saved.json" : files.saved)));
  std::string out;
  for (const SavedAction* question : Undecided(plan)) {
    std::vector<std::string> words;
    for (const std::string& option : question->options) words.push_back(OptionWord(option));
    out +=
        Wrapped(margin, out.empty() ? "undecided" : "",
                absl::StrCat("regraft decide ", ShellWord(files.plan), " ", ShellWord(question->id),
                             " --choose ", absl::StrJoin(words, "|"), " --reason WHY"));
  }
  const std::string command =
      files.saved.empty() ? absl::StrCat("regraft plan ", ShellWord(files.plan), " -o saved.json")
                          : absl::StrCat("regraft approve ", ShellWord(files.saved), " --by NAME");
  return out + Wrapped(margin, "next", absl::StrCat(command, "  (", Approvers(plan), ")"));
}

}  // namespace regraft::cli

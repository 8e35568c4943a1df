#include "cli/render/plan_sql.h"

#include "cli/render/plan_tally.h"
#include "cli/render/words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace regraft::cli {
namespace {

using namespace saved_plan;

// Every line of the text becomes a line of comment: a name with a line feed must not become SQL.
std::string Comment(const std::string& text, const char* indent = "") {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, absl::ByAnyChar("\n\r")))
    absl::StrAppend(&out, "-- ", indent, OneLine({line.data(), line.size()}), "\n");
  return out;
}

std::string Terminated(std::string sql) {
  absl::StripTrailingAsciiWhitespace(&sql);
  if (!sql.ends_with(';')) sql += ';';
  return sql;
}

std::string Statements(const std::vector<Statement>& statements, bool executed) {
  std::string out;
  for (const Statement& statement : statements) {
    if (!statement.why.empty()) out += Comment(statement.why);
    const std::string sql = Terminated(statement.sql);
    out += executed ? sql + "\n" : Comment(sql);
    if (!statement.undo.empty()) out += Comment("undo: " + Terminated(statement.undo));
  }
  return out;
}

std::string Heading(const SavedAction& action) {
  std::string line = ActionWords(action);
  if (!action.target.empty()) absl::StrAppend(&line, " -> ", action.target);
  absl::StrAppend(&line, "; ", Amount{action.rows, action.bytes, action.estimated}.Words(), "; ",
                  action.state);
  if (!action.blocked_by.empty()) absl::StrAppend(&line, " by ", action.blocked_by);
  return Comment(OneLine(line));
}

std::string Rewriting(const SavedAction& action) {
  if (action.forward.empty()) return "";
  std::string out = Comment(OneLine(absl::StrCat(
      "Rows go by binary COPY and are verified; the same, by name of column, INSERT INTO ",
      action.target, ":")));
  out += Comment(Terminated(action.forward), "  ");
  if (!action.inverse.empty()) {
    out += Comment("and rebuilt by:");
    out += Comment(Terminated(action.inverse), "  ");
  }
  return out;
}

}  // namespace

std::string PlanSql(const SavedPlan& plan) {
  std::string out =
      Comment(OneLine(absl::StrCat("Plan ", plan.name, plan.name.empty() ? "" : " ",
                                   "for database ", plan.database, ", planned by ", plan.planner)));
  if (!plan.sha256.empty()) out += Comment("SHA-256 " + plan.sha256);
  out += Comment("To be read, not to be run: regraft apply locks, verifies and records besides.");
  for (const SavedPreparation& preparation : plan.preparations)
    absl::StrAppend(&out, "\n", Comment(OneLine("prepare " + preparation.table)),
                    Statements(preparation.statements, true));
  for (const SavedAction& action : plan.actions) {
    absl::StrAppend(&out, "\n", Heading(action));
    for (const Finding& finding : action.findings)
      out += Comment(OneLine(absl::StrCat(finding.kind, " ", finding.code, ": ", finding.text)));
    absl::StrAppend(&out, Rewriting(action),
                    Statements(action.statements, action.state == "ready"));
  }
  return out;
}

}  // namespace regraft::cli

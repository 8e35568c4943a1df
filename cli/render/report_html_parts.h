// The sections of a report's page. Internal to this rendering; each is empty where it has nothing
// to say.
#pragma once

#include "engine/report/report.h"

#include <string>
#include <string_view>
#include <vector>

namespace regraft::cli::html {

// "<section id=…>" with heading and what it is about; empty without body.
struct Section {
  const char* id;
  std::string heading, about;
};
std::string Render(const Section& section, const std::string& body);

// The word on its colour. `style`: a state, or "equal", "different".
std::string State(std::string_view word, std::string_view style);
// The id, linked to its article.
std::string Link(std::string_view action);
std::string Links(const std::vector<std::string>& actions);
// Pairs of <dt> and <dd>; those without value are left out.
struct Fact {
  const char* name;
  std::string html;
};
std::string Facts(const std::vector<Fact>& facts);
// Whether and how it is proved.
std::string ProofState(const report::Action& action);
// "source → target", with where the rows are known by.
std::string WayOf(const report::Action& action);

// report_html_tables.cc
std::string AccountingSection(const report::Report& report);
std::string WholeSection(const report::Report& report);
std::string TimingSection(const report::Report& report);
std::string HazardSection(const report::Report& report);
std::string NoteSection(const report::Report& report);
std::string ApprovalSection(const report::Report& report);
std::string AnswerSection(const report::Report& report);

// report_html_actions.cc
std::string AttentionSection(const report::Report& report);
std::string ActionSection(const report::Report& report);

}  // namespace regraft::cli::html

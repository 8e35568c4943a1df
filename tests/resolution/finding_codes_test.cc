// docs/plan.md explains each code that a finding can have, and none that no finding has.

#include "engine/plan/mapping.h"
#include "tests/support/paths.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace regraft {
namespace {

using ::testing::ContainerEq;
using ::testing::SizeIs;

const std::filesystem::path kRoot = std::filesystem::path(support::TestData()).parent_path();

std::string ReadText(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::set<std::string> Matches(const std::string& text, const std::string& pattern) {
  std::set<std::string> found;
  const std::regex expression(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at)
    found.insert((*at)[1]);
  return found;
}

// Codes that the engine's source writes behind `words`.
std::set<std::string> InSource(const std::string& words) {
  std::set<std::string> codes;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "engine/resolution"))
    codes.merge(Matches(ReadText(entry.path()), "(?:" + words + ")\\s*\"([a-z-]+)\""));
  return codes;
}

// Codes in the first column of the table under a heading of docs/plan.md.
std::set<std::string> InDocument(const std::string& heading) {
  const std::string text = ReadText(kRoot / "docs/plan.md");
  const size_t from = text.find("\n## " + heading + "\n");
  EXPECT_NE(from, std::string::npos) << heading;
  std::istringstream lines(text.substr(from, text.find("\n## ", from + 1) - from));
  std::set<std::string> codes;
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("| `", 0) == 0)
      codes.merge(Matches(line.substr(0, line.find(" | ", 2)), "`([a-z-]+)`"));
  return codes;
}

TEST(FindingCodes, EveryRefusalIsExplained) {
  const auto codes = InSource("Refuse\\(|\"refusal\",");
  EXPECT_THAT(codes, SizeIs(::testing::Gt(40u)));
  EXPECT_THAT(InDocument("Refusals"), ContainerEq(codes));
}

TEST(FindingCodes, EveryHazardIsExplainedInBothDocuments) {
  std::set<std::string> hazards;
  const std::string format = ReadText(kRoot / "docs/plan-format.md");
  for (const std::string_view hazard : plan::HazardNames()) {
    hazards.emplace(hazard);
    EXPECT_NE(format.find("| `" + std::string(hazard) + "` |"), std::string::npos) << hazard;
  }
  EXPECT_THAT(InDocument("Hazards"), ContainerEq(hazards));
}

TEST(FindingCodes, EveryNoteIsExplained) {
  EXPECT_THAT(InDocument("Notes"), ContainerEq(InSource("Note\\(|\"note\",")));
}

}  // namespace
}  // namespace regraft

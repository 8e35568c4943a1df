// Resolves plans against a database of the test's own, and shows what was found.
#pragma once

#include "engine/plan/read_plan.h"
#include "engine/resolution/resolve_plan.h"
#include "engine/saved_plan/saved_plan_json.h"
#include "tests/support/postgres.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <string>
#include <vector>

namespace regraft::resolution {

class Resolving : public ::testing::Test {
 protected:
  // `actions`: what stands below "actions:"; `head`: in front of it.
  saved_plan::SavedPlan Resolve(const std::string& actions, const std::string& head = "",
                                ResolveOptions options = {}) {
    const std::string text = "regraft: 1\n" + head + "actions:\n" + actions;
    const auto plan = plan::ReadPlan(text, "plan.yaml");
    EXPECT_TRUE(plan.ok()) << plan.status() << "\n" << text;
    if (!plan.ok()) return {};
    options.plan_text = text;
    options.tool = "regraft test";
    options.planner = "Ada";
    auto saved = ResolvePlan(*plan, options, {.conninfo = database_.conninfo(), .role = "plan"});
    EXPECT_TRUE(saved.ok()) << saved.status();
    if (!saved.ok()) return {};
    EXPECT_TRUE(saved_plan::Seal(&*saved).ok());
    return *std::move(saved);
  }

  // "refusal code: text" of everything that was found, in order.
  static std::vector<std::string> Findings(const saved_plan::SavedPlan& plan) {
    std::vector<std::string> words;
    const auto add = [&](const auto& list) {
      for (const saved_plan::Finding& finding : list)
        words.push_back(finding.kind + " " + finding.code + ": " + finding.text);
    };
    add(plan.findings);
    for (const auto& preparation : plan.preparations) add(preparation.findings);
    for (const auto& action : plan.actions) add(action.findings);
    return words;
  }
  static std::vector<std::string> Refusals(const saved_plan::SavedPlan& plan) {
    std::vector<std::string> words = Findings(plan);
    words.erase(std::remove_if(words.begin(), words.end(),
                               [](const auto& each) { return each.rfind("refusal ", 0) != 0; }),
                words.end());
    for (std::string& each : words) each.erase(0, std::string("refusal ").size());
    return words;
  }
  static std::vector<std::string> Ids(const saved_plan::SavedPlan& plan) {
    std::vector<std::string> ids;
    for (const auto& action : plan.actions) ids.push_back(action.id);
    return ids;
  }
  static const saved_plan::SavedAction& Find(const saved_plan::SavedPlan& plan,
                                             const std::string& id) {
    static const saved_plan::SavedAction kNone;
    for (const auto& action : plan.actions)
      if (action.id == id) return action;
    ADD_FAILURE() << "no action " << id;
    return kNone;
  }

  support::TestDatabase database_;
};

}  // namespace regraft::resolution

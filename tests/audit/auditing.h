// A fixture that runs `regraft audit` on a database and a folder of its own.
#pragma once

#include "tests/support/copying.h"
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace regraft::audit {

class Auditing : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  Auditing() {
    std::string pattern = std::filesystem::temp_directory_path() / "regraft-audit-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    directory_ = pattern;
  }
  ~Auditing() override { std::filesystem::remove_all(directory_); }

  // `audits`: items of the list.
  support::ProgramResult Audit(const std::string& audits, Words more = {}) {
    const std::string plan = directory_ + "/plan.yaml";
    std::ofstream(plan) << "regraft: 1\nactions: []\naudits:\n" << audits;
    more.insert(more.begin(), {"audit", plan, "--dsn", database_.conninfo()});
    return support::RunProgram(
        {.arguments = more, .environment = {{"REGRAFT_JSON", {}}, {"REGRAFT_FORMAT", {}}}});
  }
  // What a single check found.
  nlohmann::json Check(const std::string& audit, support::Here here = {}) {
    const nlohmann::json document =
        support::Document(Audit(audit, {"--json", "--no-record"}), here);
    EXPECT_EQ(document["checks"].size(), 1U) << here.line << document.dump(1);
    return document["checks"].empty() ? nlohmann::json() : document["checks"][0];
  }
  int64_t Found(const std::string& audit, support::Here here = {}) {
    const nlohmann::json check = Check(audit, here);
    return check.is_null() ? -1 : check["found"].get<int64_t>();
  }
  [[nodiscard]] std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + name, std::ios::binary).rdbuf();
    return text.str();
  }

  support::TestDatabase database_;
  std::string directory_;
};

}  // namespace regraft::audit

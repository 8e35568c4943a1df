// Runs `regraft plan` and its kin on a database and a folder of the test's own.
#pragma once

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

namespace regraft {

class Planning : public testing::Test {
 protected:
  Planning() {
    char name[] = "/tmp/regraft-plan-XXXXXX";
    folder_ = mkdtemp(name);
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive; CREATE SCHEMA sales;
      CREATE TABLE app.old (id int PRIMARY KEY, name text);
      CREATE TABLE app.all (id int PRIMARY KEY, name text, origin text);
      CREATE TABLE app.asked (id int PRIMARY KEY, name text);
      INSERT INTO app.old VALUES (1, 'a'), (2, NULL);
      INSERT INTO app.all VALUES (10, 'there', NULL);
      INSERT INTO app.asked VALUES (7, 'x'), (8, '')
    )sql");
  }
  ~Planning() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  // The path of a new file.
  [[nodiscard]] std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
    return Path(name);
  }
  [[nodiscard]] std::string PlanFile(const std::string& actions,
                                     const std::string& head = "") const {
    return Write("plan.yaml", "regraft: 1\n" + head + "actions:\n" + actions);
  }
  [[nodiscard]] std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(Path(name)).rdbuf();
    return text.str();
  }

  // The verb, then the arguments. Nothing of the test's own environment decides.
  support::ProgramResult Run(std::vector<std::string> arguments, const std::string& user = "") {
    arguments.insert(arguments.begin() + 1,
                     {"--dsn", database_.conninfo() + (user.empty() ? "" : " user=" + user)});
    return support::RunProgram(
        {.arguments = arguments,
         .environment = {{"REGRAFT_JSON", {}}, {"REGRAFT_AS", {}}, {"REGRAFT_FORMAT", {}}}});
  }

  support::TestDatabase database_;
  std::string folder_;
};

inline constexpr const char* kGoodMerge = "- {merge: app.old, into: app.all, set: {origin: old}}\n";
inline constexpr const char* kRefusedMerge = "- {merge: app.old, into: app.all}\n";
inline constexpr const char* kQuestion =
    "- pending: app.asked\n  id: Q\n  question: Whose is it?\n  options:\n"
    "    sales: {move: sales.asked}\n"
    "    merged: [{merge: app.asked, into: app.all, set: {origin: asked}}]\n"
    "    stay: keep\n";

}  // namespace regraft

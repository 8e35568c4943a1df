// A fixture with a saved plan in a file that fits its database: app.orders with a trigger, moved to
// schema old. The program is run on both.
#pragma once

#include "engine/approval/staleness.h"
#include "engine/saved_plan/saved_plan_json.h"
#include "tests/saved_plan/sample_plan.h"
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace regraft::approval {

class SavedInDatabase : public ::testing::Test {
 protected:
  SavedInDatabase() {
    database_.Sql(
        "CREATE SCHEMA app; CREATE TABLE app.orders (id int PRIMARY KEY, note text);"
        "INSERT INTO app.orders SELECT g FROM generate_series(1, 10) g;"
        "CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
        "CREATE TRIGGER stamp BEFORE INSERT ON app.orders FOR EACH ROW "
        "EXECUTE FUNCTION app.stamp()");
    std::string pattern = std::filesystem::temp_directory_path() / "regraft-approval-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    directory_ = pattern;
    plan_ = saved_plan::SamplePlan();
    plan_.system_identifier = database_.Scalar("SELECT system_identifier FROM pg_control_system()");
    plan_.database = database_.name();
    plan_.database_oid = std::stoll(
        database_.Scalar("SELECT oid FROM pg_database WHERE datname = current_database()"));
    plan_.server_version = std::stoi(database_.Scalar("SHOW server_version_num"));
    TakeFingerprint();
    Save();
  }
  ~SavedInDatabase() override { std::filesystem::remove_all(directory_); }

  void TakeFingerprint() {
    pg::Connection connection = database_.Connect();
    const auto oid = std::stoul(database_.Scalar("SELECT 'app.orders'::regclass::oid"));
    const auto read = ReadFingerprint(connection, {static_cast<uint32_t>(oid)});
    ASSERT_TRUE(read.ok()) << read.status();
    plan_.fingerprint = *read;
  }
  // Writes plan_ to the file.
  void Save() {
    ASSERT_TRUE(saved_plan::Seal(&plan_).ok());
    Write("saved.json", *saved_plan::WriteSavedPlan(plan_));
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << text;
    return directory_ + "/" + name;
  }
  [[nodiscard]] std::string file() const { return directory_ + "/saved.json"; }

  support::ProgramResult Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--dsn", database_.conninfo()});
    return support::RunProgram({.arguments = arguments});
  }
  support::ProgramResult Approve(const std::string& by) const {
    return Run({"approve", file(), "--by", by});
  }
  [[nodiscard]] support::ProgramResult Approvals() const { return Run({"approvals", file()}); }

  // The exit code, and words of what the program printed on either stream, wherever lines were
  // wrapped.
  static void Expect(int code, const std::string& words, const support::ProgramResult& result,
                     support::Here here = {}) {
    EXPECT_EQ(result.exit_code, code) << here.line << "\n" << result.output << result.errors;
    std::string all;
    for (const char byte : result.output + result.errors)
      if (byte != '\n' && byte != ' ')
        all += byte;
      else if (!all.ends_with(' '))
        all += ' ';
    EXPECT_THAT(all, ::testing::HasSubstr(words)) << here.line;
  }

  support::TestDatabase database_;
  saved_plan::SavedPlan plan_;
  std::string directory_;
};

}  // namespace regraft::approval

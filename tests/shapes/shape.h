// A fixture that copies tables of any shape and compares them as the server prints their rows,
// with their duplicates: SQL that shares no code with the engine.
#pragma once

#include "tests/support/copying.h"

#include <initializer_list>
#include <string>

namespace regraft::support {

class Shape : public Copying {
 protected:
  // "copy SOURCE TARGET --json", on this database, and `flags`.
  [[nodiscard]] Invocation Command(const std::string& source, const std::string& target,
                                   const Flags& flags = {}) const {
    Invocation invocation{
        .arguments = {"copy", source, target, "--json", "--dsn", database_.conninfo()},
        .environment = {{"DATABASE_URL", std::nullopt}}};
    invocation.arguments.insert(invocation.arguments.end(), flags.begin(), flags.end());
    return invocation;
  }

  [[nodiscard]] ProgramResult CopyTable(const std::string& source, const std::string& target,
                                        const Flags& flags = {}) const {
    return RunProgram(Command(source, target, flags));
  }

  // The copy succeeds, each chunk is verified, and the document says `rows`.
  nlohmann::json ExpectCopied(int rows, const ProgramResult& result, Here here = {}) {
    ExpectExit(0, result, "", here);
    const nlohmann::json document = Document(result, here);
    if (document.value("rows", -1) != rows || document.value("verified", false) != true ||
        document.value("chunks", -1) != document.value("chunks_verified", -2))
      ADD_FAILURE_AT(here.file, here.line) << "not " << rows << " verified rows: " << document;
    return document;
  }

  // Both queries give the same rows, as the server prints them.
  void ExpectSameRows(const std::string& left, const std::string& right, Here here = {}) {
    for (const auto& [from, other] : {std::pair(left, right), std::pair(right, left)})
      if (const std::string odd =
              database_.Scalar("SELECT count(*) FROM (SELECT entire_row::text FROM (" + from +
                                   ") AS entire_row EXCEPT ALL SELECT entire_row::text FROM (" +
                                   other + ") AS entire_row) AS odd",
                               here);
          odd != "0")
        ADD_FAILURE_AT(here.file, here.line) << odd << " rows of " << from << " not in " << other;
  }

  [[nodiscard]] ProgramResult Verify(const std::string& target) const {
    return RunProgram({.arguments = {"verify", "--target", target, "--dsn", database_.conninfo()},
                       .environment = {{"DATABASE_URL", std::nullopt}}});
  }
};

}  // namespace regraft::support

// A fixture for tables of every type. It judges a copy by PostgreSQL's own image comparison and by
// text, neither of which the engine takes part in.
#pragma once

#include "tests/support/copying.h"
#include "tests/support/zoo_columns.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace regraft::support {

class Zoo : public Copying {
 protected:
  // Of the zoo's columns, those that COPY carries in binary, those of them that name no object of
  // their database, or all.
  enum class Kept { kPortable, kBinary, kAll };

  // app.source in `database`: column id, and the zoo's; in a row all of NULL too. `copies` times
  // the values, ids 1000 apart.
  static void MakeZoo(TestDatabase* database, Kept kept, int copies);
  // An empty app.target of the same columns, the types being there, and "origin text".
  static void MakeTarget(TestDatabase* database, Kept kept);
  static std::vector<ZooColumn> Columns(Kept kept);

  // (id, column) of the values of app.target that have another image than those of app.source. Rows
  // without a counterpart have the column "".
  std::set<std::pair<std::string, std::string>> DifferentImages(Kept kept);
  // Rows of app.source, as text, that are not in app.target or the other way round.
  std::string DifferentTexts(Kept kept);

  static std::string Digest(const TestDatabase& database, const std::string& table, Kept kept);
  static ProgramResult Verify(const TestDatabase& database, const Flags& flags = {});

 private:
  static std::string Definitions(Kept kept);
};

// "id, " and the columns.
std::string ZooNames(const std::vector<ZooColumn>& columns, const std::string& alias = "");
// "'value'::type", or "NULL::type".
std::string ZooLiteral(const char* value, const std::string& type);
// The value's text by the type's output function; of xml the stored document.
std::string ZooText(const ZooColumn& column, const std::string& alias = "");

}  // namespace regraft::support

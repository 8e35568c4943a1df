// Searches application source for tables that get another name: each place with what to write
// there. Reads files only; knows no database.
#pragma once

#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace regraft::code_search {

struct NameChange {
  pg::QualifiedName from, to;
};

struct SearchOptions {
  // Also names without schema, of tables whose name no other of the changes and none of `namesakes`
  // has. Finds variables and columns of that name too.
  bool bare_names = false;
  std::vector<std::string> namesakes;  // bare names of all other relations
  int64_t file_bytes_max = 8 << 20;    // larger ones are data or generated, and not read
};

struct Occurrence {
  std::string file;  // relative to the directory
  int64_t line = 0;  // from 1
  std::string text;  // the line, trimmed and cut; always UTF-8
  pg::QualifiedName old_name, new_name;
  bool bare = false;
};

struct CodeSearch {
  std::vector<Occurrence> found;  // by file and line; once per line and name
  // What was not searched, "path: reason": unreadable, too large. A match may hide there.
  std::vector<std::string> unread;
  // Directories that were left out on purpose: version control, dependencies, build output.
  std::vector<std::string> skipped;
  int64_t files = 0, bytes = 0;  // searched
};

// Follows no symbolic link: what one within the directory leads to is found where it is. Binary
// files (a NUL in their first 8 KiB) are passed over. Errors: BadPlan when `directory` is none.
absl::StatusOr<CodeSearch> SearchCode(const std::string& directory,
                                      const std::vector<NameChange>& names,
                                      const SearchOptions& options = {});

}  // namespace regraft::code_search

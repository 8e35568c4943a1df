// Finds names of tables in source text of any language: schema.name in any quoting that SQL, or the
// language around it, gives the two. All names in one pass. Pure; const calls from any thread.
#pragma once

#include "engine/pg/identifier.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace regraft::code_search {

class NameMatcher {
 public:
  // `bare`: positions in `names` whose name is looked for without its schema too. Only names of
  // letters, digits and underscores are found so.
  NameMatcher(const std::vector<pg::QualifiedName>& names, const std::vector<size_t>& bare);

  struct Match {
    size_t offset = 0;  // of the name, or of its schema
    size_t name = 0;    // position in `names`
    bool bare = false;
  };
  // By offset. A name is matched as it is written, and in any case where it needs no quotes.
  [[nodiscard]] std::vector<Match> Find(std::string_view text) const;

 private:
  using Keys = std::unordered_map<std::string, size_t>;
  void FindQualified(std::string_view text, std::vector<Match>* matches) const;
  void FindBare(std::string_view text, std::vector<Match>* matches) const;

  Keys qualified_;                         // schema, NUL, name
  Keys bare_;                              // name
  std::array<bool, 256> first_of_name_{};  // which bytes a name can begin with
};

}  // namespace regraft::code_search

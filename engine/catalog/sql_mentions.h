// Finds tables that SQL text names, where PostgreSQL tracks nothing: bodies of functions, jobs,
// settings. A small tokenizer, no parser: it knows comments, quotes and dollar quotes, and looks at
// the words around a name. Pure.
#pragma once

#include "engine/pg/identifier.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::catalog {

enum class Certainty {
  kMayName,  // inside a string that may be executed; a bare word that may be a column
  kNames,
};

struct Mention {
  size_t table = 0;  // position in `tables`
  Certainty certainty = Certainty::kMayName;
  std::string how;  // "app.orders", "orders, by search_path", "in a string"

  friend bool operator==(const Mention&, const Mention&) = default;
};

// What a bare name can stand for in a text: the table, and how sure that is where a table is
// expected. Names that resolve to none of the tables are not here.
struct BareMeaning {
  size_t table = 0;
  Certainty certainty = Certainty::kMayName;
};
using BareNames = std::map<std::string, BareMeaning, std::less<>>;

// At most one mention of each table, the surest, by position in `tables`.
std::vector<Mention> FindMentions(std::string_view sql,
                                  const std::vector<pg::QualifiedName>& tables,
                                  const BareNames& bare);

// The same for text of another language, such as Python: whatever looks like SQL in it may name.
std::vector<Mention> FindMentionsInText(std::string_view text,
                                        const std::vector<pg::QualifiedName>& tables,
                                        const BareNames& bare);

// The schemas of a search_path's text, in order, folded and unquoted; "$user" as it stands.
std::vector<std::string> ParseSearchPath(std::string_view text);

}  // namespace regraft::catalog

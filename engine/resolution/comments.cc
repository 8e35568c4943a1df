#include "engine/resolution/comments.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

namespace regraft::resolution {

absl::Status AddComment(Run* run, Work* work, const pg::QualifiedName& name,
                        const std::string& words) {
  std::optional<std::string>& comment = work->source->comment;
  if (!comment.has_value()) {
    ASSIGN_OR_RETURN(const pg::Result stored,
                     run->connection().Query("SELECT obj_description($1, 'pg_class')",
                                             {absl::StrCat(work->source->table.oid)}));
    comment = stored.IsNull(0, 0) ? "" : stored.Text(0, 0);
  }
  const auto literal = [&](const std::string& text) {
    return text.empty() ? "NULL" : run->connection().QuoteLiteral(text);
  };
  const std::string on = absl::StrCat("COMMENT ON TABLE ", pg::QuoteQualified(name), " IS ");
  const std::string before = *comment;
  comment = absl::StrCat(before, before.empty() ? "" : "\n", "regraft: ", words);
  work->saved.statements.push_back({on + literal(*comment), on + literal(before), ""});
  return absl::OkStatus();
}

}  // namespace regraft::resolution

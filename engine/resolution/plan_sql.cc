#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/volatile_function.h"
#include "engine/resolution/work.h"
#include "engine/sql_text/sql_text.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::resolution {
namespace {

absl::Status CheckFunctions(Run* run, Work* work, const std::string& what,
                            const std::vector<pg::QualifiedName>& functions) {
  ASSIGN_OR_RETURN(const std::string found, FindVolatile(run, functions));
  if (!found.empty())
    work->Refuse("volatile-sql",
                 absl::StrCat(what, ": ", found,
                              " is volatile: it could give another value at every reading"),
                 "write an expression that depends on the row alone");
  return absl::OkStatus();
}

absl::Status CheckRelations(Run* run, Work* work, const std::string& what,
                            const std::vector<pg::QualifiedName>& relations) {
  for (const pg::QualifiedName& name : relations) {
    if (name.schema.empty()) {
      work->Refuse("unqualified-name",
                   absl::StrCat(what, ": the table ", pg::DisplayName(name), " needs its schema"),
                   absl::StrCat("write schema.", pg::DisplayName(name)));
      continue;
    }
    ASSIGN_OR_RETURN(Relation * relation, run->world.Find(name));
    if (relation != nullptr) {
      if (!run->options.estimate) work->RefuseUnreadable(*relation);
      if (std::find(work->reads.begin(), work->reads.end(), relation) == work->reads.end())
        work->reads.push_back(relation);
      continue;
    }
    ASSIGN_OR_RETURN(const auto similar, catalog::SimilarRelations(run->connection(), name));
    work->Refuse("no-such-table", absl::StrCat(what, ": there is no table ", pg::DisplayName(name)),
                 similar.empty() ? "" : absl::StrCat("did you mean ", similar[0], "?"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> FindVolatile(Run* run,
                                         const std::vector<pg::QualifiedName>& functions) {
  return catalog::FindVolatileFunction(run->connection(), functions);
}

absl::Status CheckSql(Run* run, Work* work, const std::string& what, const std::string& sql,
                      SqlUse use) {
  const auto names = sql_text::ReadExpression(sql);
  if (!names.ok()) {
    work->Refuse("bad-sql", absl::StrCat(what, ": ", names.status().message()));
    return absl::OkStatus();
  }
  const size_t refusals = work->saved.findings.size();
  RETURN_IF_ERROR(CheckFunctions(run, work, what, names->functions));
  RETURN_IF_ERROR(CheckRelations(run, work, what, names->relations));
  if (work->saved.findings.size() > refusals) return absl::OkStatus();
  // An aggregate's argument is one value of one row: no set, no aggregate, no window of rows.
  const std::string source = absl::StrCat(work->source->FromSql(), " AS s");
  const auto accepted = Try(
      run->connection(),
      use == SqlUse::kValue ? absl::StrCat("EXPLAIN SELECT count((", sql, "\n)) FROM ", source)
                            : absl::StrCat("EXPLAIN SELECT FROM ", source, " WHERE (", sql, "\n)"));
  if (!accepted.ok())
    work->Refuse("bad-sql", absl::StrCat(what, ": ", accepted.status().message()));
  return absl::OkStatus();
}

}  // namespace regraft::resolution

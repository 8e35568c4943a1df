#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::copy {
namespace {

std::string JoinCondition(const catalog::ForeignKey& key) {
  std::vector<std::string> pairs;
  for (size_t i = 0; i < key.columns.size(); ++i)
    pairs.push_back(absl::StrCat("r.", pg::QuoteIdentifier(key.referenced_columns[i]), " ",
                                 key.equals[i], " ", analysis::SourceColumn(key.columns[i])));
  return absl::StrJoin(pairs, " AND ");
}

// MATCH SIMPLE: a row with any NULL in the key references nothing. MATCH FULL: all or none.
std::string Referencing(const catalog::ForeignKey& key) {
  const std::string columns =
      absl::StrJoin(key.columns, ", ", [](std::string* out, const std::string& column) {
        out->append(analysis::SourceColumn(column));
      });
  return key.match_type == 'f' ? absl::StrCat("num_nonnulls(", columns, ") > 0")
                               : absl::StrCat("num_nulls(", columns, ") = 0");
}

}  // namespace

absl::Status ProveForeignKeys(Job* job) {
  const std::string target = pg::QuoteQualified(job->plan.target.name);
  const std::string& provenance = job->plan.back.provenance;
  for (const catalog::ForeignKey& key : job->plan.target.foreign_keys) {
    ASSIGN_OR_RETURN(
        const pg::Result orphans,
        job->target_control->Execute(absl::StrCat(
            "SELECT count(*) FROM ", target, " AS s WHERE ", Referencing(key),
            provenance.empty() ? "" : " AND ", provenance, " AND NOT EXISTS (SELECT FROM ",
            pg::QuoteQualified(key.referenced), " AS r WHERE ", JoinCondition(key), ")")));
    if (orphans.Int64(0, 0) > 0)
      return Differences(absl::StrCat(
          orphans.Int64(0, 0), " copied rows reference nothing by the foreign key \"", key.name,
          "\" to ", pg::DisplayName(key.referenced), "; take them back with --discard"));
  }
  return absl::OkStatus();
}

}  // namespace regraft::copy

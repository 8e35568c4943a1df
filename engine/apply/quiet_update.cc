// An UPDATE that is no change to anybody: of a value's place, or of a number that a row gets.

#include "engine/apply/run.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

namespace regraft::apply {
namespace {

constexpr const char* kUpdateTriggers = R"sql(
SELECT string_agg(format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', tgrelid::regclass, tgname), '; '),
       string_agg(format('ALTER TABLE ONLY %s ENABLE %s TRIGGER %I', tgrelid::regclass,
                         CASE tgenabled WHEN 'A' THEN 'ALWAYS' END, tgname), '; ')
FROM pg_trigger
WHERE tgtype & 16 <> 0 AND tgenabled IN ('O', 'A') AND NOT tgisinternal
  AND tgrelid IN (SELECT $1::oid UNION SELECT relid FROM pg_partition_tree($1::oid))
)sql";

}  // namespace

absl::StatusOr<int64_t> UpdateQuietly(Run* run, uint32_t oid, const std::set<std::string>& allow,
                                      const std::string& sql) {
  ASSIGN_OR_RETURN(const pg::Result triggers,
                   run->connection.Query(kUpdateTriggers, {absl::StrCat(oid)}));
  const bool still =
      allow.contains(std::string(plan::kTriggersSuppressed)) && !triggers.IsNull(0, 0);
  if (still) RETURN_IF_ERROR(run->connection.Run(triggers.Text(0, 0)));
  const absl::StatusOr<pg::Result> updated = run->connection.Execute(sql);
  RETURN_IF_ERROR(Annotate(updated.status(), "at \"" + sql.substr(0, 120) + "\""));
  if (still) RETURN_IF_ERROR(run->connection.Run(triggers.Text(0, 1)));
  return updated->affected_rows();
}

}  // namespace regraft::apply

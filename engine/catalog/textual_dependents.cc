#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/dependent_parts.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <map>
#include <set>
#include <utility>

namespace regraft::catalog {
namespace {

using Path = std::vector<std::string>;

// Bodies that the catalog keeps as text. Functions of PostgreSQL itself name no user's table.
constexpr const char* kFunctionsQuery = R"sql(
SELECT p.oid::regprocedure::text,
       l.lanname, p.prosrc,
       (SELECT substr(c, 13) FROM unnest(p.proconfig) AS c WHERE c LIKE 'search\_path=%'),
       (SELECT string_agg(c, E'\n') FROM unnest(p.proconfig) AS c WHERE c NOT LIKE 'search\_path=%')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND l.lanname NOT IN ('internal', 'c')
  AND p.prosqlbody IS NULL
)sql";

// Settings of this database, and of roles in every database or this one.
constexpr const char* kSettingsQuery = R"sql(
SELECT concat_ws(' ', CASE WHEN s.setrole <> 0 THEN 'role ' || quote_ident(pg_get_userbyid(s.setrole)) END,
                 CASE WHEN s.setdatabase <> 0 THEN 'database ' || quote_ident(d.datname) END),
       pg_get_userbyid(s.setrole), split_part(setting, '=', 1),
       substr(setting, position('=' IN setting) + 1)
FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS setting
WHERE s.setdatabase = 0 OR d.datname = current_database()
)sql";

constexpr const char* kNamesakesQuery = R"sql(
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relname IN (SELECT relname FROM pg_class WHERE oid = ANY ($1::oid[]))
)sql";

class TextualReader {
 public:
  TextualReader(pg::Connection& connection, const std::vector<NamedTable>& tables,
                std::vector<std::string>* unseen)
      : connection_(connection), tables_(tables), unseen_(unseen) {
    for (const NamedTable& table : tables) names_.push_back(table.name);
  }

  absl::StatusOr<std::vector<Dependent>> Read() {
    RETURN_IF_ERROR(ReadNamesakes());
    RETURN_IF_ERROR(ReadSettings());
    RETURN_IF_ERROR(ReadFunctions());
    RETURN_IF_ERROR(ReadJobs());
    return std::move(dependents_);
  }

 private:
  absl::Status ReadNamesakes() {
    std::vector<uint32_t> oids;
    for (const NamedTable& table : tables_) oids.push_back(table.oid);
    ASSIGN_OR_RETURN(
        const pg::Result result,
        connection_.Query(kNamesakesQuery, {absl::StrCat("{", absl::StrJoin(oids, ","), "}")}));
    for (int row = 0; row < result.rows(); ++row) {
      pg::QualifiedName name = Cells(result, row).Name();
      namesakes_.emplace(std::move(name.schema), std::move(name.name));
    }
    return absl::OkStatus();
  }

  // What each table's bare name means under any of the paths.
  [[nodiscard]] BareNames Meanings(const std::vector<Path>& paths, Certainty certainty) const {
    BareNames meanings;
    for (size_t i = 0; i < names_.size(); ++i)
      for (const Path& path : paths)
        for (const std::string& schema : path) {
          if (namesakes_.count({schema, names_[i].name}) == 0) continue;
          if (schema == names_[i].schema) meanings[names_[i].name] = {i, certainty};
          break;
        }
    return meanings;
  }

  void Add(const std::vector<Mention>& mentions, DependentKind kind, const std::string& name) {
    for (const Mention& mention : mentions)
      dependents_.push_back({.of = tables_[mention.table].oid,
                             .kind = kind,
                             .name = name,
                             .detail = mention.how,
                             .certainty = mention.certainty});
  }

  void AddPath(const Path& path, const std::string& whose) {
    const std::set<std::string> schemas(path.begin(), path.end());
    for (const NamedTable& table : tables_)
      if (schemas.count(table.name.schema) > 0)
        dependents_.push_back({.of = table.oid,
                               .kind = DependentKind::kSetting,
                               .name = absl::StrCat("search_path of ", whose),
                               .detail = absl::StrJoin(path, ", "),
                               .certainty = Certainty::kMayName});
  }

  absl::Status ReadSettings() {
    ASSIGN_OR_RETURN(const pg::Result reset,
                     connection_.Query("SELECT reset_val, current_user FROM pg_settings "
                                       "WHERE name = 'search_path'",
                                       {}));
    usual_paths_.push_back(Resolve(ParseSearchPath(reset.Value(0, 0)), reset.Text(0, 1)));
    ASSIGN_OR_RETURN(const pg::Result result, connection_.Query(kSettingsQuery, {}));
    for (int row = 0; row < result.rows(); ++row) {
      Cells cells(result, row);
      const std::string whose = cells.Text(), role = cells.Text(), name = cells.Text();
      const std::string value = cells.Text();
      if (name == "search_path") {
        usual_paths_.push_back(Resolve(ParseSearchPath(value), role));
        AddPath(usual_paths_.back(), whose);
      } else {
        Add(FindMentions(value, names_, {}), DependentKind::kTextSetting,
            absl::StrCat(name, " of ", whose));
      }
    }
    return absl::OkStatus();
  }

  static Path Resolve(Path path, const std::string& role) {
    for (std::string& schema : path)
      if (schema == "$user") schema = role;
    return path;
  }

  // A function's own search_path decides for sure; the usual ones may be the caller's or not.
  absl::Status ReadFunctions() {
    const BareNames usual = Meanings(usual_paths_, Certainty::kMayName);
    ASSIGN_OR_RETURN(const pg::Result result, connection_.Query(kFunctionsQuery, {}));
    for (int row = 0; row < result.rows(); ++row) {
      Cells cells(result, row);
      const std::string name = cells.Text(), language = cells.Text(), body = cells.Text();
      const std::string path = cells.Text(), others = cells.Text();
      const bool own_path = !result.IsNull(row, 3);
      const BareNames bare =
          own_path ? Meanings({ParseSearchPath(path)}, Certainty::kNames) : usual;
      const bool is_sql = language == "sql" || language == "plpgsql";
      Add(is_sql ? FindMentions(body, names_, bare) : FindMentionsInText(body, names_, bare),
          DependentKind::kFunctionText, name);
      Add(FindMentions(others, names_, {}), DependentKind::kTextSetting,
          absl::StrCat("a setting of ", name));
    }
    return absl::OkStatus();
  }

  // pg_cron shows each role its own jobs only; under row_security = off it would be an error.
  absl::Status ReadJobs() {
    ASSIGN_OR_RETURN(const pg::Result there,
                     connection_.Query("SELECT has_table_privilege(c.oid, 'SELECT') AND "
                                       "has_schema_privilege(c.relnamespace, 'USAGE') AND NOT "
                                       "row_security_active(c.oid) FROM pg_class c "
                                       "WHERE c.oid = to_regclass('cron.job')",
                                       {}));
    if (there.rows() == 0) return absl::OkStatus();
    if (!there.Bool(0, 0)) {
      unseen_->push_back("the jobs in cron.job: this role may not read those of all roles");
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const pg::Result jobs,
                     connection_.Query("SELECT 'job ' || (to_jsonb(j) ->> 'jobid') || coalesce(' ' "
                                       "|| quote_ident(to_jsonb(j) ->> 'jobname'), ''), command "
                                       "FROM cron.job j WHERE coalesce(to_jsonb(j) ->> 'database', "
                                       "current_database()) = current_database()",
                                       {}));
    const BareNames usual = Meanings(usual_paths_, Certainty::kMayName);
    for (int row = 0; row < jobs.rows(); ++row) {
      Cells cells(jobs, row);
      const std::string name = cells.Text();
      Add(FindMentions(cells.Text(), names_, usual), DependentKind::kJob, name);
    }
    return absl::OkStatus();
  }

  pg::Connection& connection_;
  const std::vector<NamedTable>& tables_;
  std::vector<std::string>* unseen_;
  std::vector<pg::QualifiedName> names_;
  std::set<std::pair<std::string, std::string>> namesakes_;  // schema, name
  std::vector<Path> usual_paths_;
  std::vector<Dependent> dependents_;
};

}  // namespace

absl::StatusOr<std::vector<Dependent>> ReadTextualDependents(pg::Connection& connection,
                                                             const std::vector<NamedTable>& tables,
                                                             std::vector<std::string>* unseen) {
  return TextualReader(connection, tables, unseen).Read();
}

}  // namespace regraft::catalog

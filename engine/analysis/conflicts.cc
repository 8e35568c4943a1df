#include "engine/analysis/conflicts.h"

#include "engine/analysis/sql.h"
#include "engine/analysis/value_checks.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <set>

namespace regraft::analysis {
namespace {

using catalog::Column;
using catalog::Index;

// The query is a chain of common table expressions:
//   image      the source rows as they would stand in the target, one column per target column
//   out0       rows refused by themselves: NULL, CHECK, loss
//   key1, out1 the first unique index: its keys over the rows still in, and those that clash; and
//   so on
class QueryMaker {
 public:
  QueryMaker(const CopyPlan& plan, bool target_is_empty)
      : plan_(plan), target_is_empty_(target_is_empty) {}

  ConflictQuery Make() {
    AddOwnReasons();
    std::vector<const Index*> indexes;
    for (const Index& index : plan_.target.indexes)
      if (index.unique && !Proved(index) && CanBeTried(index)) indexes.push_back(&index);
    if (own_reasons_.empty() && indexes.empty()) return std::move(query_);
    AddImage();
    AddOut0();
    for (const Index* index : indexes) AddIndex(*index);
    query_.sql = absl::StrCat("WITH ", absl::StrJoin(steps_, ",\n"), "\n", Rejected());
    return std::move(query_);
  }

  [[nodiscard]] std::string SelectImage() const {
    std::vector<std::string> columns = {"s.tableoid", "s.ctid"};
    for (const Column& column : plan_.target.columns)
      columns.push_back(absl::StrCat(ImageOf(column), " AS ", pg::QuoteIdentifier(column.name)));
    return absl::StrCat("SELECT ", absl::StrJoin(columns, ", "), " ", FromWholeSource(plan_, ""));
  }

 private:
  struct OwnReason {
    std::string condition;  // over image
    std::string reason;
  };

  [[nodiscard]] const std::string* Forward(const std::string& column) const {
    for (const auto& [name, sql] : plan_.forward_sql)
      if (name == column) return &sql;
    return nullptr;
  }

  [[nodiscard]] bool IsConstant(const std::string& column) const {
    const auto& constants = plan_.request.mapping.constants;
    return std::any_of(constants.begin(), constants.end(),
                       [&](const plan::Constant& constant) { return constant.column == column; });
  }

  // The source column whose bytes the target column takes unchanged; null otherwise.
  [[nodiscard]] const Column* SourceOf(const std::string& target) const {
    for (const WrittenColumn& written : plan_.written) {
      if (written.target != target || written.origin != WrittenColumn::Origin::kField) continue;
      if (written.field < plan_.source_fields) return &plan_.source.columns[written.field];
    }
    return nullptr;
  }

  void AddOwnReasons() {
    for (size_t i = 0; i < plan_.value_checks.size(); ++i)
      own_reasons_.push_back(
          {LostFlag(i), absl::StrCat("loss ", plan_.value_checks[i].target_column)});
    for (const Column& column : plan_.target.columns) {
      if (!column.not_null || Forward(column.name) == nullptr || IsConstant(column.name)) continue;
      const Column* source = SourceOf(column.name);
      if (source != nullptr && source->not_null) continue;
      own_reasons_.push_back({absl::StrCat("num_nulls(", pg::QuoteIdentifier(column.name), ") = 1"),
                              absl::StrCat("not-null ", column.name)});
    }
    for (const catalog::Check& check : plan_.target.checks)
      own_reasons_.push_back({absl::StrCat("(", check.expression_sql, ") IS FALSE"),
                              absl::StrCat("check ", check.name)});
  }

  // A name beside those of the target's columns.
  [[nodiscard]] std::string Own(std::string_view name) const {
    std::string own = absl::StrCat("regraft_", absl::string_view(name.data(), name.size()));
    while (plan_.target.FindColumn(own) != nullptr) own.push_back('_');
    return own;
  }

  [[nodiscard]] std::string LostFlag(size_t i) const {
    return absl::StrCat(lost_, "[", i + 1, "]");
  }

  // A default that is drawn, not written down, cannot be known beforehand.
  static bool IsDrawn(const Column& column) {
    return column.identity != '\0' || column.default_sql.find('(') != std::string::npos;
  }

  std::string ImageOf(const Column& column) const {
    const std::string* forward = Forward(column.name);
    if (forward == nullptr) {
      const bool known = !column.default_sql.empty() && !IsDrawn(column);
      return known ? absl::StrCat("(", column.default_sql, ")::", column.type_sql)
                   : absl::StrCat("NULL::", column.type_sql);
    }
    // A lossy cast may raise an error: it is made only where nothing is lost.
    for (const ValueCheck& check : plan_.value_checks)
      if (check.target_column == column.name)
        return absl::StrCat("CASE WHEN NOT (", check.lost_sql, ") THEN ", *forward, " END");
    return *forward;
  }

  void AddImage() {
    std::vector<std::string> columns;
    for (const Column& column : plan_.target.columns)
      columns.push_back(absl::StrCat(ImageOf(column), " AS ", pg::QuoteIdentifier(column.name)));
    // One entry for all: the target's columns alone may be nearly as many as a SELECT can have.
    const std::string flags =
        absl::StrJoin(plan_.value_checks, ", ", [](std::string* out, const ValueCheck& check) {
          absl::StrAppend(out, "(", check.lost_sql, ")");
        });
    columns.push_back(absl::StrCat("ARRAY[", flags, "]::boolean[] AS ", lost_));
    steps_.push_back(absl::StrCat("image AS (SELECT s.tableoid AS ", leaf_, ", s.ctid AS ", ctid_,
                                  ", ", absl::StrJoin(columns, ", "), " ",
                                  FromWholeSource(plan_, ""), ")"));
  }

  void AddOut0() {
    std::string reason = "CASE";
    std::vector<std::string> conditions;
    for (const OwnReason& own : own_reasons_) {
      absl::StrAppend(&reason, " WHEN ", own.condition, " THEN ", Literal(own.reason));
      conditions.push_back(own.condition);
    }
    outs_.emplace_back("out0");
    if (own_reasons_.empty()) {
      steps_.emplace_back(
          "out0 AS (SELECT 0::oid AS leaf, '(0,0)'::tid AS row_ctid, ''::text AS reason, ''::text "
          "AS winner"
          " WHERE false)");
      return;
    }
    steps_.push_back(absl::StrCat("out0 AS (SELECT ", leaf_, " AS leaf, ", ctid_, " AS row_ctid, ",
                                  reason, " END AS reason, NULL::text AS winner FROM image WHERE ",
                                  absl::StrJoin(conditions, " OR "), ")"));
  }

  // No two copied rows, and no copied and present row, can meet in the index, if the source is
  // unique over the same columns, and either the target is empty or a discriminator stands in the
  // key.
  [[nodiscard]] bool Proved(const Index& index) const {
    bool has_discriminator = false;
    std::set<std::string> from_source;
    for (const std::string& column : index.key_columns) {
      if (column.empty()) return false;
      has_discriminator |= IsConstant(column);
      if (const Column* source = SourceOf(column); source != nullptr)
        from_source.insert(source->name);
    }
    const bool apart = target_is_empty_ || (has_discriminator && !plan_.back.provenance.empty());
    return apart && UniqueInSource(from_source);
  }

  [[nodiscard]] bool UniqueInSource(const std::set<std::string>& columns) const {
    if (plan_.source.relkind != 'r' || plan_.source.leaves.size() != 1) return false;
    return std::any_of(
        plan_.source.indexes.begin(), plan_.source.indexes.end(), [&](const Index& index) {
          return index.unique && index.immediate && index.predicate_sql.empty() &&
                 std::all_of(index.key_columns.begin(), index.key_columns.end(),
                             [&](const std::string& column) { return columns.contains(column); });
        });
  }

  [[nodiscard]] bool CanBeTried(const Index& index) {
    // An index of one partition alone binds the rows that are routed there, and which ones these
    // are only the server knows.
    if (plan_.target.relkind == 'p' && index.name.find('.') != std::string::npos) {
      query_.notes.push_back(absl::StrCat("index ", index.name,
                                          " stands on one partition only: a clash with it "
                                          "cannot be found beforehand and would stop the copy"));
      return false;
    }
    for (const std::string& name : index.key_columns) {
      const Column* column = plan_.target.FindColumn(name);
      if (column == nullptr || Forward(name) != nullptr) continue;
      if (!IsDrawn(*column) && (!column->default_sql.empty() || index.nulls_not_distinct)) continue;
      // The key is minted by the server (or NULL, which never clashes): nothing to try.
      return false;
    }
    return true;
  }

  void AddIndex(const Index& index) {
    const std::string number = absl::StrCat(outs_.size());
    const std::string predicate =
        index.predicate_sql.empty() ? "" : absl::StrCat(" AND (", index.predicate_sql, ")");
    std::vector<std::string> keys, equal, present, partition;
    for (size_t i = 0; i < index.key_sql.size(); ++i) {
      const std::string name = absl::StrCat("k", i);
      keys.push_back(absl::StrCat(index.key_sql[i], " AS ", name));
      const std::string& equals = index.key_equals[i];
      equal.push_back(absl::StrCat(
          "(k.", name, " ", equals.empty() ? "=" : equals, " t.", name,
          index.nulls_not_distinct ? absl::StrCat(" OR num_nulls(k.", name, ", t.", name, ") = 2")
                                   : "",
          ")"));
      present.push_back(absl::StrCat("num_nulls(", name, ") = 0"));
      partition.push_back(name);
    }
    const std::string comparable =
        index.nulls_not_distinct ? "true" : absl::StrJoin(present, " AND ");
    const std::string reason = Literal(absl::StrCat("unique ", index.name));
    steps_.push_back(absl::StrCat("keys", number, " AS (SELECT ", leaf_, " AS leaf, ", ctid_,
                                  " AS row_ctid, ", absl::StrJoin(keys, ", "), " FROM image WHERE ",
                                  StillIn(), predicate, ")"));
    std::string held =
        absl::StrCat("held", number,
                     " AS (SELECT 0::oid AS leaf, '(0,0)'::tid AS row_ctid, ''::text AS winner"
                     " WHERE false)");
    if (!target_is_empty_)
      held = absl::StrCat(
          "held", number,
          " AS (SELECT k.leaf, k.row_ctid, min('target row ' || t.row_ctid) AS winner FROM keys",
          number, " k JOIN (SELECT ctid AS row_ctid, ", absl::StrJoin(keys, ", "), " FROM ",
          plan_.target_sql.empty() ? pg::QuoteQualified(plan_.target.name) : plan_.target_sql,
          " AS there WHERE true", predicate, ") t ON ", absl::StrJoin(equal, " AND "),
          " GROUP BY 1, 2)");
    steps_.push_back(held);
    // Ties are decided by where the rows lie: the first in the source stays.
    steps_.push_back(absl::StrCat(
        "ranked", number,
        " AS (SELECT leaf, row_ctid, row_number() OVER w AS place, first_value(row_ctid) OVER w AS "
        "winner",
        " FROM keys", number, " k WHERE ", comparable, " AND NOT EXISTS (SELECT FROM held", number,
        " h WHERE h.leaf = k.leaf AND h.row_ctid = k.row_ctid) WINDOW w AS (PARTITION BY ",
        absl::StrJoin(partition, ", "), " ORDER BY leaf, row_ctid))"));
    steps_.push_back(absl::StrCat(
        "out", number, " AS (SELECT leaf, row_ctid, ", reason, "::text AS reason, winner FROM held",
        number, " UNION ALL SELECT leaf, row_ctid, ", reason,
        ", 'source row ' || winner FROM ranked", number, " WHERE place > 1)"));
    outs_.push_back(absl::StrCat("out", number));
  }

  // The rows of image that no earlier step has put out.
  [[nodiscard]] std::string StillIn() const {
    std::vector<std::string> absent;
    for (const std::string& out : outs_)
      absent.push_back(absl::StrCat("NOT EXISTS (SELECT FROM ", out, " o WHERE o.leaf = image.",
                                    leaf_, " AND o.row_ctid = image.", ctid_, ")"));
    return absl::StrJoin(absent, " AND ");
  }

  [[nodiscard]] std::string Rejected() const {
    return absl::StrJoin(outs_, "\nUNION ALL ", [](std::string* out, const std::string& name) {
      absl::StrAppend(out, "SELECT leaf, row_ctid, reason, winner FROM ", name);
    });
  }

  const CopyPlan& plan_;
  bool target_is_empty_;
  // Where a source row lies, and which of its values are lost.
  const std::string leaf_ = Own("leaf"), ctid_ = Own("ctid"), lost_ = Own("lost");
  std::vector<OwnReason> own_reasons_;
  std::vector<std::string> steps_;
  std::vector<std::string> outs_;
  ConflictQuery query_;
};

}  // namespace

std::string SelectImage(const CopyPlan& plan) { return QueryMaker(plan, false).SelectImage(); }

ConflictQuery FindConflicts(const CopyPlan& plan, bool target_is_empty) {
  return QueryMaker(plan, target_is_empty).Make();
}

}  // namespace regraft::analysis

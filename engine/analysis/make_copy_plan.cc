#include "engine/analysis/make_copy_plan.h"

#include "engine/analysis/column_reading.h"
#include "engine/analysis/encode.h"
#include "engine/analysis/generated.h"
#include "engine/analysis/hazards.h"
#include "engine/analysis/homes.h"
#include "engine/analysis/inverse.h"
#include "engine/analysis/overflow.h"
#include "engine/analysis/row_key.h"
#include "engine/analysis/sql.h"
#include "engine/analysis/type_pair.h"
#include "engine/analysis/value_map_sql.h"
#include "engine/analysis/zones.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <map>
#include <set>

namespace regraft::analysis {
namespace {

using catalog::Column;

// PostgreSQL's limit on the entries of a SELECT list.
constexpr size_t kSelectEntriesMax = 1664;

class PlanMaker {
 public:
  PlanMaker(CopyPlanInput input, pg::Connection& connection) : connection_(connection) {
    plan_.request = std::move(input.request);
    plan_.source = std::move(input.source);
    plan_.target = std::move(input.target);
    plan_.source_database = std::move(input.source_database);
    plan_.target_database = std::move(input.target_database);
    plan_.same_database = plan_.source_database == plan_.target_database;
  }

  absl::StatusOr<AnalysedCopy> Make() {
    RETURN_IF_ERROR(TryMaps());
    homes_ = FindHomes(mapping(), injective_, plan_.source, plan_.target);
    refusals_ = homes_.refusals;
    RETURN_IF_ERROR(PairHomes());
    absl::Status hazards = CheckHazards(&plan_);
    if (!hazards.ok()) refusals_.emplace_back(hazards.message());
    if (refusals_.empty()) RETURN_IF_ERROR(Assemble());
    return AnalysedCopy{std::move(plan_), std::move(refusals_)};
  }

 private:
  [[nodiscard]] const plan::Mapping& mapping() const { return plan_.request.mapping; }

  // Whether a map keeps the values apart is for the target's type to say: 1 and 01 are one integer.
  absl::Status TryMaps() {
    for (const plan::ValueMap& map : mapping().value_maps) {
      injective_.push_back(map.Injective());
      const Column* target = plan_.target.FindColumn(map.target);
      if (!injective_.back() || target == nullptr) continue;
      std::set<std::string> results;
      for (const auto& [key, value] : map.pairs) {
        ASSIGN_OR_RETURN(const std::string framed,
                         EncodeLiteral(connection_, *target, value, /*as_text=*/true));
        results.insert(framed);
      }
      ASSIGN_OR_RETURN(const std::string null,
                       EncodeLiteral(connection_, *target, map.when_null, /*as_text=*/true));
      results.insert(null);
      injective_.back() = results.size() == map.pairs.size() + 1;
    }
    return absl::OkStatus();
  }

  // A cast and its way back must be there before it can be tried on values.
  absl::Status CheckCast(const Home& home, TypePair* pair) {
    if (pair->transport != Transport::kCast) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        const bool castable,
        Accepts(connection_, absl::StrCat("SELECT (x::", home.target->type_sql,
                                          ")::", home.source->type_sql, " FROM (SELECT NULL::",
                                          home.source->type_sql, " AS x) AS one WHERE false")));
    if (!castable) *pair = {Transport::kRefused, false, "PostgreSQL has no cast there and back"};
    return absl::OkStatus();
  }

  absl::Status CheckZones() {
    for (std::string& refusal : UnfitZones(mapping(), homes_))
      refusals_.push_back(std::move(refusal));
    for (const plan::ZonedColumn& zoned : mapping().zones) {
      ASSIGN_OR_RETURN(
          const bool known,
          Accepts(connection_, absl::StrCat("SELECT now() AT TIME ZONE ", Literal(zoned.zone))));
      if (!known)
        refusals_.push_back(absl::StrCat(plan::MappingKey(mapping().wording, "zones", zoned.column),
                                         ": PostgreSQL knows no time zone \"", zoned.zone, "\""));
    }
    return absl::OkStatus();
  }

  // Decides the transport of each typed home, and whether the table must be written as text.
  absl::Status PairHomes() {
    for (const Home& home : homes_.typed) {
      TypePair pair = PairTypes(*home.source, *home.target, plan_.same_database);
      RETURN_IF_ERROR(CheckCast(home, &pair));
      pairs_.push_back(pair);
      if (pair.transport == Transport::kRefused)
        refusals_.push_back(absl::StrCat("column \"", home.source->name, "\" (",
                                         home.source->type_sql, ") into \"", home.target->name,
                                         "\" (", home.target->type_sql, "): ", pair.reason));
      if (home.target->generated == '\0') DecideFormat(*home.target);
    }
    for (const plan::Constant& constant : mapping().constants) DecideFormatOf(constant.column);
    for (const plan::ValueMap& map : mapping().value_maps) DecideFormatOf(map.target);
    for (const plan::Fill& fill : mapping().fills) DecideFormatOf(fill.column);
    return CheckZones();
  }

  void DecideFormatOf(const std::string& column) {
    if (const Column* found = plan_.target.FindColumn(column); found != nullptr)
      DecideFormat(*found);
  }

  void DecideFormat(const Column& target) {
    std::string reason;
    if (!target.type.binary_io)
      reason = absl::StrCat(target.type.no_binary_io, " has no binary form");
    if (target.type.is_xml) reason = "binary COPY rewrites the encoding declaration of xml";
    if (!plan_.same_database && target.type.contains_object_oid)
      reason = absl::StrCat(target.type_sql,
                            " is a number that names another object in another database");
    if (reason.empty() || plan_.text_format) return;
    plan_.text_format = true;
    plan_.text_reason = absl::StrCat("column \"", target.name, "\": ", reason);
  }

  absl::Status Assemble() {
    RETURN_IF_ERROR(AddSourceColumns());
    for (size_t i = 0; i < homes_.typed.size(); ++i) AddTyped(homes_.typed[i], pairs_[i]);
    for (const plan::Constant& constant : mapping().constants)
      RETURN_IF_ERROR(AddConstant(constant));
    for (const plan::ValueMap& map : mapping().value_maps) RETURN_IF_ERROR(AddMap(map));
    for (const plan::Fill& fill : mapping().fills) RETURN_IF_ERROR(AddFill(fill));
    if (!homes_.overflowing.empty()) AddOverflow();
    AddGenerated();
    for (const Column* column : homes_.unwritten) plan_.back.unwritten.push_back(ReadBack(*column));
    AddInverses({homes_, pairs_, injective_, read_as_text_}, &plan_);
    if (plan_.select.size() > kSelectEntriesMax)
      refusals_.push_back(absl::StrCat(
          "the copy needs a SELECT of ", plan_.select.size(), " entries; PostgreSQL's limit is ",
          kSelectEntriesMax, plan_.text_format ? " (text format: " + plan_.text_reason + ")" : ""));
    RefuseUnsayable();
    if (plan_.text_format) plan_.notes.push_back("written in text format: " + plan_.text_reason);
    for (std::string& note : ZoneNotes(mapping(), homes_)) plan_.notes.push_back(std::move(note));
    return absl::OkStatus();
  }

  // COPY has no words for rows of which the server fills every column.
  void RefuseUnsayable() {
    const auto plain = [](const Column& column) { return column.generated == '\0'; };
    const auto& columns = plan_.target.columns;
    if (plan_.written.empty() && std::any_of(columns.begin(), columns.end(), plain))
      refusals_.emplace_back(
          "no column of the target would be written, and COPY needs one; give it a value with "
          "--set");
  }

  [[nodiscard]] bool HasTypedHome(const Column& column) const {
    return std::any_of(homes_.typed.begin(), homes_.typed.end(),
                       [&](const Home& home) { return home.source == &column; });
  }

  // A user-defined type may be missing, or another, in the target's database. What keeps its values
  // there is their text, so their text is what is compared. And a table written as text is read as
  // text where both forms together would not fit a SELECT.
  absl::StatusOr<ColumnReading> ReadSource(const Column& column) const {
    ASSIGN_OR_RETURN(ColumnReading reading, ReadColumn(column, !plan_.same_database));
    const bool foreign = !plan_.same_database && !column.type.is_builtin && !HasTypedHome(column);
    const bool crowded = plan_.text_format && 2 * plan_.source.columns.size() > kSelectEntriesMax;
    if (foreign || crowded)
      reading = {.expression = TextExpression(column), .shape = {}, .as_text = true};
    return reading;
  }

  absl::Status AddSourceColumns() {
    for (const Column& column : plan_.source.columns) {
      ASSIGN_OR_RETURN(const ColumnReading reading, ReadSource(column));
      read_as_text_[column.name] = reading.as_text;
      plan_.select.push_back(reading.expression);
      plan_.back.source_columns.push_back(column.name);
      plan_.back.source_text.push_back(TextExpression(column));
      plan_.back.source_shapes.push_back(reading.shape);
    }
    plan_.source_fields = plan_.select.size();
    plan_.back.source_select = plan_.select;
    plan_.back.key = KeyOf(plan_.source);
    plan_.back.where = plan_.where();
    return absl::OkStatus();
  }

  // The select entry that gives `expression`, added unless it is there.
  size_t Field(const std::string& expression) {
    const auto found = std::find(plan_.select.begin(), plan_.select.end(), expression);
    if (found != plan_.select.end()) return static_cast<size_t>(found - plan_.select.begin());
    plan_.select.push_back(expression);
    return plan_.select.size() - 1;
  }

  // What COPY IN takes for this expression of the target column's type.
  std::string Sendable(const std::string& expression, const Column& target) const {
    return plan_.text_format ? OutputText(expression, target.type.is_xml) : expression;
  }

  std::string ReadBack(const Column& target) const {
    const std::string field = SourceColumn(target.name);
    const bool readable = target.type.binary_io && !target.type.is_xml;
    return plan_.text_format || !readable ? OutputText(field, target.type.is_xml) : field;
  }

  copy_format::TypeShape ShapeWritten(const Column& target) const {
    return plan_.text_format ? copy_format::TypeShape{} : target.type.shape;
  }

  void AddWritten(const Column& target, WrittenColumn column) {
    column.target = target.name;
    plan_.back.written_shapes.push_back(ShapeWritten(target));
    plan_.written.push_back(std::move(column));
    plan_.back.written.push_back(ReadBack(target));
  }

  void AddTyped(const Home& home, const TypePair& pair) {
    const std::string source = SourceColumn(home.source->name);
    const bool cast = pair.transport == Transport::kCast;
    const std::string value =
        cast ? CastBetween(mapping(), home, source, home.target->type_sql) : source;
    if (pair.check_values)
      plan_.value_checks.push_back({home.source->name, home.source->type_sql, home.target->name,
                                    home.target->type_sql, LostBetween(mapping(), home, source)});
    if (home.target->generated != '\0') return;  // computed by the server, compared by the inverse
    // By way of text from enum to enum, between which there is no cast.
    const bool enums =
        !home.source->type.enum_labels_sql.empty() && !home.target->type.enum_labels_sql.empty();
    plan_.forward_sql.emplace_back(
        home.target->name, enums ? absl::StrCat("(", source, ")::text::", home.target->type_sql)
                                 : CastBetween(mapping(), home, source, home.target->type_sql));
    AddWritten(*home.target, {.origin = WrittenColumn::Origin::kField,
                              .field = Field(Sendable(value, *home.target))});
  }

  void AddGenerated() {
    const auto others = plan_.forward_sql;
    for (const Home& home : homes_.typed)
      if (home.target->generated != '\0')
        plan_.forward_sql.emplace_back(home.target->name,
                                       GeneratedForward(*home.target, plan_.target, others));
  }

  absl::Status AddConstant(const plan::Constant& constant) {
    const Column& target = *plan_.target.FindColumn(constant.column);
    ASSIGN_OR_RETURN(std::string framed,
                     EncodeLiteral(connection_, target, constant.value, plan_.text_format));
    AddWritten(target, {.origin = WrittenColumn::Origin::kConstant, .framed = std::move(framed)});
    const std::string literal = TypedLiteral(constant.value, target);
    plan_.forward_sql.emplace_back(constant.column, literal);
    ASSIGN_OR_RETURN(const std::string holds, HoldsLiteral(connection_, target, constant.value));
    absl::StrAppend(&plan_.back.provenance, plan_.back.provenance.empty() ? "" : " AND ", holds);
    return absl::OkStatus();
  }

  // A length, precision or scale is left for the server to enforce: a cast would cut silently.
  absl::Status AddFill(const plan::Fill& fill) {
    const Column& target = *plan_.target.FindColumn(fill.column);
    if (!fill.is_sql) {
      ASSIGN_OR_RETURN(std::string framed,
                       EncodeLiteral(connection_, target, fill.value, plan_.text_format));
      AddWritten(target, {.origin = WrittenColumn::Origin::kConstant, .framed = std::move(framed)});
      plan_.forward_sql.emplace_back(fill.column, TypedLiteral(fill.value, target));
      return absl::OkStatus();
    }
    const std::string value = absl::StrCat(
        "(", fill.value, "\n)::", pg::QuoteQualified({target.type.schema, target.type.name}));
    AddWritten(target,
               {.origin = WrittenColumn::Origin::kField, .field = Field(Sendable(value, target))});
    plan_.forward_sql.emplace_back(fill.column, value);
    return absl::OkStatus();
  }

  absl::Status AddMap(const plan::ValueMap& map) {
    const Column& target = *plan_.target.FindColumn(map.target);
    const Column& source = *plan_.source.FindColumn(map.source);
    ResolvedMap resolved{
        .source = map.source, .target = map.target, .injective = injective_[plan_.maps.size()]};
    const auto encode = [&](const std::optional<std::string>& value) {
      return EncodeLiteral(connection_, target, value, plan_.text_format);
    };
    for (const auto& [key, value] : map.pairs) {
      ASSIGN_OR_RETURN(std::string framed, encode(value));
      resolved.framed.emplace_back(key, std::move(framed));
    }
    if (map.otherwise.has_value()) {
      ASSIGN_OR_RETURN(resolved.otherwise_framed, encode(map.otherwise));
    }
    ASSIGN_OR_RETURN(resolved.null_framed, encode(map.when_null));
    const std::string text = OutputText(SourceColumn(map.source), source.type.is_xml);
    plan_.forward_sql.emplace_back(map.target, MapForward(map, text, target));
    AddWritten(
        target,
        {.origin = WrittenColumn::Origin::kMap, .field = Field(text), .map = plan_.maps.size()});
    plan_.maps.push_back(std::move(resolved));
    return absl::OkStatus();
  }

  void AddOverflow() {
    const Column& target = *plan_.target.FindColumn(mapping().overflow);
    const std::string object = OverflowForward(homes_.overflowing, !target.not_null,
                                               /*portable=*/!plan_.same_database);
    plan_.forward_sql.emplace_back(target.name, object);
    AddWritten(target,
               {.origin = WrittenColumn::Origin::kField, .field = Field(Sendable(object, target))});
  }

  pg::Connection& connection_;
  CopyPlan plan_;
  Homes homes_;
  std::vector<bool> injective_;               // one per value map
  std::vector<TypePair> pairs_;               // one per typed home
  std::map<std::string, bool> read_as_text_;  // source columns
  std::vector<std::string> refusals_;
};

}  // namespace

absl::StatusOr<AnalysedCopy> AnalyseCopy(CopyPlanInput input, pg::Connection& target_connection) {
  return PlanMaker(std::move(input), target_connection).Make();
}

absl::StatusOr<CopyPlan> MakeCopyPlan(CopyPlanInput input, pg::Connection& target_connection) {
  ASSIGN_OR_RETURN(AnalysedCopy analysed, AnalyseCopy(std::move(input), target_connection));
  if (analysed.refusals.empty()) return std::move(analysed.plan);
  return BadPlan(absl::StrCat(pg::DisplayName(analysed.plan.source.name), " cannot be copied into ",
                              pg::DisplayName(analysed.plan.target.name), ":\n  - ",
                              absl::StrJoin(analysed.refusals, "\n  - ")));
}

}  // namespace regraft::analysis

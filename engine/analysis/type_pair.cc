#include "engine/analysis/type_pair.h"

#include "absl/strings/str_cat.h"

namespace regraft::analysis {
namespace {

using catalog::Column;

// Type OIDs of pg_type.dat that the rules below name.
constexpr uint32_t kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kFloat4 = 700, kFloat8 = 701,
                   kVarchar = 1043, kVarbit = 1562, kNumeric = 1700;

int32_t EffectiveTypmod(const Column& column) {
  return column.type.is_domain ? column.type.base_typmod : column.typmod;
}

bool IsTextual(const Column& column) {
  return column.type.base_oid == kText || column.type.base_oid == kVarchar;
}
bool IsEnum(const Column& column) { return !column.type.enum_labels_sql.empty(); }

bool SameType(const Column& source, const Column& target, bool same_database) {
  if (source.type.base_oid == target.type.base_oid &&
      (same_database || source.type.base_oid < 16384))
    return true;
  return !same_database && source.type.structure == target.type.structure;
}

// An enum's binary form is its label's text, which the target looks up among its own labels. A
// domain may forbid some of them, so it is left to the cast.
bool NeedsLabels(const Column& source, const Column& target) {
  return IsEnum(target) && !target.type.is_domain && (IsEnum(source) || IsTextual(source));
}

bool SameBytes(const Column& source, const Column& target, bool same_database) {
  const bool textual_source = IsTextual(source) || IsEnum(source);
  return SameType(source, target, same_database) || (textual_source && IsTextual(target)) ||
         NeedsLabels(source, target);
}

// The receive function applies the target's typmod: it truncates, pads or rounds without a word, so
// the typmods must be equal, or the target's absent, or a longer maximum of the same kind.
bool TypmodHolds(const Column& source, const Column& target) {
  const int32_t from = EffectiveTypmod(source);
  const int32_t to = EffectiveTypmod(target);
  if (to == -1 || from == to) return source.type.base_oid != 1042 || from == to;  // char(n) pads
  const bool maximum = target.type.base_oid == kVarchar || target.type.base_oid == kVarbit;
  return maximum && source.type.base_oid == target.type.base_oid && from != -1 && from <= to;
}

bool IsInteger(uint32_t oid) { return oid == kInt2 || oid == kInt4 || oid == kInt8; }
bool IsNumber(uint32_t oid) {
  return IsInteger(oid) || oid == kNumeric || oid == kFloat4 || oid == kFloat8;
}

// The condition under which the cast cannot raise an overflow; empty if it never can or is unknown.
std::string SafeRange(const std::string& expression, const Column& source, const Column& target) {
  if (!IsNumber(source.type.base_oid)) return "";
  const std::string value = absl::StrCat("(", expression, ")::numeric");
  switch (target.type.base_oid) {
    case kInt2:
      return absl::StrCat(value, " BETWEEN -32768 AND 32767");
    case kInt4:
      return absl::StrCat(value, " BETWEEN -2147483648 AND 2147483647");
    case kInt8:
      return absl::StrCat(value, " BETWEEN -9223372036854775808 AND 9223372036854775807");
    default:
      break;
  }
  const int32_t typmod = EffectiveTypmod(target);
  if (target.type.base_oid != kNumeric || typmod < 4) return "";
  const int32_t precision = ((typmod - 4) >> 16) & 0xffff;
  // The scale is an 11-bit signed number since PostgreSQL 15; before, a small positive one: the
  // same bits.
  const int32_t scale = (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
  return absl::StrCat("(", value, " = 'NaN' OR abs(round(nullif(nullif(", value,
                      ", 'Infinity'), '-Infinity'), ", scale, ")) < 1e", precision - scale, ")");
}

}  // namespace

TypePair PairTypes(const Column& source, const Column& target, bool same_database) {
  if (source.type.contains_xml || target.type.contains_xml)
    return {Transport::kRefused, false,
            "xml inside an array or composite cannot be carried without change"};
  if (SameBytes(source, target, same_database) && TypmodHolds(source, target)) {
    if (!SameType(source, target, same_database) && NeedsLabels(source, target))
      return {Transport::kAsIs, /*check_values=*/true, ""};
    // A domain of another database cannot be tried on the source's server; COPY IN tries it.
    const bool other_domain = target.type.is_domain && source.type.oid != target.type.oid &&
                              (same_database || target.type.is_builtin);
    return {Transport::kAsIs, other_domain, ""};
  }
  if (!same_database && !(target.type.is_builtin && source.type.is_builtin))
    return {Transport::kRefused, false,
            "the types differ, and a user-defined type cannot be cast to one of another database"};
  return {Transport::kCast, true, ""};
}

std::string LossCondition(const std::string& expression, const Column& source,
                          const Column& target) {
  // Numbers of types may be equal by chance in two databases.
  const bool same_enum = source.type.base_oid == target.type.base_oid &&
                         (source.type.is_domain || source.type.structure == target.type.structure);
  if (NeedsLabels(source, target) && !same_enum)
    return absl::StrCat("num_nulls(", expression, ") = 0 AND format('%s', ", expression,
                        ") COLLATE \"C\" <> ALL (ARRAY[", target.type.enum_labels_sql,
                        "]::text[])");
  const std::string there_and_back =
      absl::StrCat("((", expression, ")::", target.type_sql, ")::", source.type_sql);
  const std::string lost =
      absl::StrCat("NOT (ROW(", expression, ")::record *= ROW(", there_and_back, ")::record)");
  const std::string range = SafeRange(expression, source, target);
  if (range.empty()) return lost;
  return absl::StrCat("CASE WHEN num_nulls(", expression, ") = 1 THEN false WHEN ", range, " THEN ",
                      lost, " ELSE true END");
}

}  // namespace regraft::analysis

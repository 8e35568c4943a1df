#include "engine/analysis/type_pair.h"

#include "absl/strings/str_cat.h"

namespace regraft::analysis {
namespace {

using catalog::Column;

// Type OIDs of pg_type.dat that the rules below name.
constexpr uint32_t kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kFloat4 = 700, kFloat8 = 701, kVarchar = 1043,
                   kVarbit = 1562, kNumeric = 1700;

int32_t EffectiveTypmod(const Column& column) {
  return column.type.is_domain ? column.type.base_typmod : column.typmod;
}

bool SameBytes(const Column& source, const Column& target, bool same_database) {
  if (source.type.base_oid == target.type.base_oid && (same_database || source.type.base_oid < 16384))
    return true;
  const auto textual = [](uint32_t oid) { return oid == kText || oid == kVarchar; };
  if (textual(source.type.base_oid) && textual(target.type.base_oid)) return true;
  return !same_database && source.type.structure == target.type.structure;
}

// The receive function applies the target's typmod: it truncates, pads or rounds without a word, so the
// typmods must be equal, or the target's absent, or a longer maximum of the same kind.
bool TypmodHolds(const Column& source, const Column& target) {
  const int32_t from = EffectiveTypmod(source);
  const int32_t to = EffectiveTypmod(target);
  if (to == -1 || from == to) return source.type.base_oid != 1042 || from == to;  // char(n) pads
  const bool maximum = target.type.base_oid == kVarchar || target.type.base_oid == kVarbit;
  return maximum && source.type.base_oid == target.type.base_oid && from != -1 && from <= to;
}

bool IsInteger(uint32_t oid) { return oid == kInt2 || oid == kInt4 || oid == kInt8; }
bool IsNumber(uint32_t oid) { return IsInteger(oid) || oid == kNumeric || oid == kFloat4 || oid == kFloat8; }

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
  // The scale is an 11-bit signed number since PostgreSQL 15; before, a small positive one: the same bits.
  const int32_t scale = (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
  return absl::StrCat("(", value, " = 'NaN' OR abs(round(nullif(nullif(", value, ", 'Infinity'), '-Infinity'), ",
                      scale, ")) < 1e", precision - scale, ")");
}

}  // namespace

TypePair PairTypes(const Column& source, const Column& target, bool same_database) {
  if (source.type.contains_xml || target.type.contains_xml)
    return {Transport::kRefused, false, "xml inside an array or composite cannot be carried without change"};
  if (SameBytes(source, target, same_database) && TypmodHolds(source, target)) {
    const bool other_domain = target.type.is_domain && source.type.oid != target.type.oid;
    return {Transport::kAsIs, other_domain, ""};
  }
  if (!same_database && !(target.type.is_builtin && source.type.is_builtin))
    return {Transport::kRefused, false,
            "the types differ, and a user-defined type cannot be cast to one of another database"};
  return {Transport::kCast, true, ""};
}

std::string LossCondition(const std::string& expression, const Column& source, const Column& target) {
  const std::string there_and_back =
      absl::StrCat("((", expression, ")::", target.type_sql, ")::", source.type_sql);
  const std::string lost =
      absl::StrCat("NOT (ROW(", expression, ")::record *= ROW(", there_and_back, ")::record)");
  const std::string range = SafeRange(expression, source, target);
  if (range.empty()) return lost;
  return absl::StrCat("CASE WHEN num_nulls(", expression, ") = 1 THEN false WHEN ", range, " THEN ", lost,
                      " ELSE true END");
}

std::string OutputText(const std::string& expression, bool is_xml) {
  if (is_xml) return absl::StrCat("(", expression, ")::text");
  return absl::StrCat("CASE WHEN num_nulls(", expression, ") = 0 THEN format('%s', ", expression, ") END");
}

}  // namespace regraft::analysis

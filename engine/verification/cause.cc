#include "engine/verification/cause.h"

#include "engine/copy_format/type_shape.h"
#include "engine/verification/cause_parts.h"

#include <algorithm>

namespace regraft::verification {
namespace {

// OIDs of pg_type.dat; they are the same in every server.
enum TypeOid : uint32_t {
  kUnknown = 0,
  kBytea = 17,
  kSingleChar = 18,
  kName = 19,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kJson = 114,
  kXml = 142,
  kCidr = 650,
  kFloat4 = 700,
  kFloat8 = 701,
  kMoney = 790,
  kInet = 869,
  kBpchar = 1042,
  kVarchar = 1043,
  kDate = 1082,
  kTime = 1083,
  kTimestamp = 1114,
  kTimestamptz = 1184,
  kInterval = 1186,
  kTimetz = 1266,
  kNumeric = 1700,
  kJsonb = 3802,
};

constexpr std::string_view kJsonbVersion = "\1";

bool Printable(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\r' || c == '\t';
  });
}

std::string_view WithoutTrailingZeroBytes(std::string_view bytes) {
  return bytes.substr(0, bytes.find_last_not_of('\0') + 1);
}

std::string ByteaCause(std::string_view a, std::string_view b) {
  if (WithoutTrailingZeroBytes(a) == WithoutTrailingZeroBytes(b)) return "trailing zero bytes";
  const std::string_view shorter = a.size() < b.size() ? a : b;
  const std::string_view longer = a.size() < b.size() ? b : a;
  return !shorter.empty() && longer.starts_with(shorter) ? "cut short" : "";
}

// inet := family(int8) netmask_bits(int8) is_cidr(int8) address_bytes(int8) address
std::string InetCause(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.size() < 4 || a.substr(2) != b.substr(2) || a[0] != b[0]) return "";
  return "netmask";
}

// An image of jsonb is its text behind a version byte.
bool SameJsonOfTwoTypes(std::string_view a, std::string_view b) {
  const auto same = [](std::string_view jsonb, std::string_view text) {
    return jsonb.starts_with(kJsonbVersion) && jsonb.substr(1) == text;
  };
  return same(a, b) || same(b, a);
}

// Enums, citext and the like are sent as text; of an unknown type only the bytes can tell.
std::string UnknownTypeCause(std::string_view a, std::string_view b) {
  return Printable(a) && Printable(b) ? internal::TextCause(a, b) : "";
}

std::string ValueCause(uint32_t type_oid, std::string_view a, std::string_view b) {
  switch (type_oid) {
    case kSingleChar:
    case kName:
    case kText:
    case kJson:
    case kXml:
    case kBpchar:
    case kVarchar:
      return internal::TextCause(a, b);
    case kJsonb:
      return internal::TextCause(a.substr(std::min<size_t>(1, a.size())),
                                 b.substr(std::min<size_t>(1, b.size())));
    case kInt2:
    case kInt4:
    case kInt8:
    case kMoney:
      return internal::IntegerCause(a, b);
    case kFloat4:
    case kFloat8:
      return internal::FloatCause(a, b);
    case kNumeric:
      return internal::NumericCause(a, b);
    case kTimestamp:
    case kTimestamptz:
      return internal::TimestampCause(a, b);
    case kTime:
    case kTimetz:
      return internal::TimeCause(a, b);
    case kDate:
      return internal::DateCause(a, b);
    case kInterval:
      return internal::IntervalCause(a, b);
    case kBytea:
      return ByteaCause(a, b);
    case kInet:
    case kCidr:
      return InetCause(a, b);
    default:
      return type_oid == kUnknown || type_oid >= copy_format::kFirstUserOid ? UnknownTypeCause(a, b)
                                                                            : "";
  }
}

}  // namespace

std::string CauseOf(uint32_t type_oid, std::optional<std::string_view> a,
                    std::optional<std::string_view> b) {
  if (a == b) return "";
  if (!a.has_value() || !b.has_value())
    return (a.has_value() ? a : b)->empty() ? "NULL against empty" : "NULL against a value";
  if (SameJsonOfTwoTypes(*a, *b)) return "same text, one jsonb";
  return ValueCause(type_oid, *a, *b);
}

}  // namespace regraft::verification

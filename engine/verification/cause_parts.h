// The causes by family of types; CauseOf chooses. Each returns "" when it recognises nothing, also
// for images that do not have the form of their type.
#pragma once

#include <string>
#include <string_view>

namespace regraft::verification::internal {

std::string TextCause(std::string_view a, std::string_view b);
std::string NumericCause(std::string_view a, std::string_view b);
std::string FloatCause(std::string_view a, std::string_view b);    // float4 and float8
std::string IntegerCause(std::string_view a, std::string_view b);  // int2, int4, int8, money

std::string TimestampCause(std::string_view a, std::string_view b);  // with and without time zone
std::string TimeCause(std::string_view a, std::string_view b);       // with and without time zone
std::string DateCause(std::string_view a, std::string_view b);
std::string IntervalCause(std::string_view a, std::string_view b);

}  // namespace regraft::verification::internal

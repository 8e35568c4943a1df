// Why two values of one type differ, in a few words for people. A guess from the two images alone:
// it explains a difference, it never excuses one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace regraft::verification {

// `type_oid`: the built-in type whose binary images a and b are (of a domain its base type, `text`
// for values read as text); 0 if unknown. nullopt is NULL. Empty when nothing is recognised.
std::string CauseOf(uint32_t type_oid, std::optional<std::string_view> a,
                    std::optional<std::string_view> b);

}  // namespace regraft::verification

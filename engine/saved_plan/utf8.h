// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace regraft::saved_plan {

// How many bytes from the beginning are whole characters; the text's size where all are.
size_t ValidUtf8Prefix(std::string_view text);

}  // namespace regraft::saved_plan

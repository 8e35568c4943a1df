// SHA-256, by OpenSSL's libcrypto.
#pragma once

#include <string>
#include <string_view>

namespace regraft::saved_plan {

// 64 lower-case hex digits.
std::string Sha256(std::string_view bytes);

}  // namespace regraft::saved_plan

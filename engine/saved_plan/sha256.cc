#include "engine/saved_plan/sha256.h"

#include "absl/strings/escaping.h"
#include <openssl/evp.h>

#include <array>
#include <cstdlib>

namespace regraft::saved_plan {

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const bool done =
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1;
  // Only memory or the library itself can be at fault; no digest at all would equal any other.
  if (!done) std::abort();
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(digest.data()), size));
}

}  // namespace regraft::saved_plan

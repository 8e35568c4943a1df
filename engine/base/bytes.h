// Big-endian integers in byte buffers: the one place that knows byte order.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace regraft {

// Between the machine's byte order and big-endian, either way. 1, 2, 4 or 8 bytes.
template <typename Integer>
inline Integer SwapBig(Integer value) {
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof value == 2)
      value = static_cast<Integer>(__builtin_bswap16(static_cast<uint16_t>(value)));
    if constexpr (sizeof value == 4)
      value = static_cast<Integer>(__builtin_bswap32(static_cast<uint32_t>(value)));
    if constexpr (sizeof value == 8)
      value = static_cast<Integer>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
  return value;
}

template <typename Integer>
inline Integer LoadBig(const char* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return SwapBig(value);
}

template <typename Integer>
inline void StoreBig(char* to, Integer value) {
  value = SwapBig(value);
  std::memcpy(to, &value, sizeof value);
}

template <typename Integer>
inline void AppendBig(std::string* out, Integer value) {
  char bytes[sizeof value];
  StoreBig(bytes, value);
  out->append(bytes, sizeof bytes);
}

}  // namespace regraft

// Rows in binary COPY form for the benchmarks: three shapes, the same bytes in every run.
#pragma once

#include "engine/base/bytes.h"
#include "engine/copy_format/tuple.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::bench {

struct SampleColumn {
  int bytes_min = 0;
  int bytes_max = 0;
  int null_percent = 0;
};

struct SampleShape {
  std::string_view name;
  std::vector<SampleColumn> columns;

  [[nodiscard]] int16_t field_count() const { return static_cast<int16_t>(columns.size()); }
};

// 39 bytes; 260 on average, in 19 columns of keys, times, flags, URLs and some NULLs; and 5,000.
inline const std::vector<SampleShape>& SampleShapes() {
  static const auto* const kShapes = new std::vector<SampleShape>{
      {"39_bytes", {{8, 8, 0}, {8, 8, 0}, {9, 9, 0}}},
      {"260_bytes",
       {{8, 8, 0},
        {8, 8, 0},
        {30, 80, 0},
        {16, 16, 0},
        {5, 12, 0},
        {1, 1, 0},
        {4, 4, 10},
        {8, 8, 0},
        {8, 8, 30},
        {8, 8, 70},
        {4, 4, 0},
        {2, 2, 20},
        {4, 14, 5},
        {6, 20, 50},
        {1, 1, 0},
        {8, 8, 40},
        {10, 40, 60},
        {4, 8, 0},
        {8, 8, 0}}},
      {"5000_bytes",
       {{8, 8, 0}, {16, 16, 0}, {8, 8, 0}, {20, 60, 10}, {4600, 5100, 0}, {8, 8, 50}}},
  };
  return *kShapes;
}

// Whole rows without header and trailer, at least `bytes_min` of them.
inline std::string SampleRows(const SampleShape& shape, size_t bytes_min) {
  std::mt19937 random(20260101);  // NOLINT(cert-msc51-cpp): the same bytes in every run
  const auto between = [&random](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  std::string rows;
  rows.reserve(bytes_min + 8192);
  while (rows.size() < bytes_min) {
    AppendBig<int16_t>(&rows, shape.field_count());
    for (const SampleColumn& column : shape.columns) {
      if (between(1, 100) <= column.null_percent) {
        copy_format::AppendField(&rows, std::nullopt);
        continue;
      }
      std::string value(static_cast<size_t>(between(column.bytes_min, column.bytes_max)), '\0');
      std::generate(value.begin(), value.end(),
                    [&] { return static_cast<char>(between('!', '~')); });
      copy_format::AppendField(&rows, value);
    }
  }
  return rows;
}

// One slab as a reader hands it on.
inline constexpr size_t kSlabBytes = size_t{8} << 20;

}  // namespace regraft::bench

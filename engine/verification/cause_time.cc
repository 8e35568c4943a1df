#include "engine/base/bytes.h"
#include "engine/verification/cause_parts.h"

#include "absl/strings/str_cat.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace regraft::verification::internal {
namespace {

// Times are microseconds, dates days; the infinities are the integers' ends.
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
// From the westernmost zone (-12) to the easternmost (+14).
constexpr int64_t kZonesApartMax = 26 * kHour;

bool Infinite(int64_t time) { return time == INT64_MIN || time == INT64_MAX; }

// a is b with its fraction cut or rounded, or the other way round.
std::string PrecisionCause(int64_t a, int64_t b) {
  constexpr std::array<std::pair<int64_t, const char*>, 2> kUnits = {
      {{1'000, "milliseconds"}, {kSecond, "seconds"}}};
  for (const auto& [unit, name] : kUnits) {
    if ((a % unit == 0) == (b % unit == 0)) continue;
    int64_t apart = 0;
    if (!__builtin_sub_overflow(a, b, &apart) && -unit < apart && apart < unit)
      return absl::StrCat("cut or rounded to ", name);
  }
  return "";
}

}  // namespace

std::string TimestampCause(std::string_view a, std::string_view b) {
  if (a.size() != 8 || b.size() != 8) return "";
  const auto left = LoadBig<int64_t>(a.data());
  const auto right = LoadBig<int64_t>(b.data());
  if (Infinite(left) || Infinite(right)) return "";
  int64_t apart = 0;
  if (__builtin_sub_overflow(right, left, &apart)) return "";
  if (apart > kZonesApartMax || apart < -kZonesApartMax) return "";
  if (apart % kHour == 0) return absl::StrCat("time zone: ", apart / kHour, " h apart");
  if (apart % kMinute == 0) return absl::StrCat("time zone: ", apart / kMinute, " min apart");
  return PrecisionCause(left, right);
}

// time := microseconds(int64); with time zone, seconds west of Greenwich (int32) follow
std::string TimeCause(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || (a.size() != 8 && a.size() != 12)) return "";
  const auto left = LoadBig<int64_t>(a.data());
  const auto right = LoadBig<int64_t>(b.data());
  if (a.size() == 12 && a.substr(8) != b.substr(8)) {
    const int64_t zone_apart =
        (int64_t{LoadBig<int32_t>(a.data() + 8)} - LoadBig<int32_t>(b.data() + 8)) * kSecond;
    return (left - right + zone_apart) % kDay == 0 ? "same time, other time zone" : "time zone";
  }
  return PrecisionCause(left, right);
}

std::string DateCause(std::string_view a, std::string_view b) {
  if (a.size() != 4 || b.size() != 4) return "";
  const int64_t apart = int64_t{LoadBig<int32_t>(a.data())} - LoadBig<int32_t>(b.data());
  return std::abs(apart) == 1 ? "one day apart: time zone" : "";
}

// interval := microseconds(int64) days(int32) months(int32); `=` takes a day for 24 hours and a
// month for 30 days.
std::string IntervalCause(std::string_view a, std::string_view b) {
  if (a.size() != 16 || b.size() != 16) return "";
  const auto length = [](std::string_view image) {
    const auto microseconds = LoadBig<int64_t>(image.data());
    const int64_t rest = (microseconds % kDay + kDay) % kDay;
    const int64_t days = LoadBig<int32_t>(image.data() + 8) +
                         int64_t{30} * LoadBig<int32_t>(image.data() + 12) + microseconds / kDay -
                         (microseconds % kDay < 0 ? 1 : 0);
    return std::pair(days, rest);
  };
  if (length(a) == length(b)) return "same length, other units";
  if (a.substr(8) != b.substr(8)) return "";
  return PrecisionCause(LoadBig<int64_t>(a.data()), LoadBig<int64_t>(b.data()));
}

}  // namespace regraft::verification::internal

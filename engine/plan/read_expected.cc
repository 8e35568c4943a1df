#include "engine/plan/read_expected.h"

#include "engine/base/status_macros.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <cmath>
#include <string>

namespace regraft::plan {
namespace {

// `10`, or `5%` of the rows.
int64_t ReadTolerance(YamlMap* map, int64_t rows) {
  const std::string text = map->Text("tolerance");
  int64_t number = 0;
  if (text.empty()) return 0;
  if (absl::SimpleAtoi(text, &number) && number >= 0) return number;
  double percent = 0;
  if (absl::EndsWith(text, "%") && absl::SimpleAtod(text.substr(0, text.size() - 1), &percent) &&
      percent >= 0 && percent <= 100)
    return static_cast<int64_t>(std::ceil(static_cast<double>(rows) * percent / 100));
  map->problems().Add(map->place(),
                      absl::StrCat("\"tolerance\" is a number of rows or a share such as "
                                   "5%, not \"",
                                   text, "\""));
  return 0;
}

}  // namespace

std::optional<ExpectedRows> ReadExpected(YamlMap* map, std::string_view key) {
  const auto node = map->Find(key);
  if (!node.has_value()) return std::nullopt;
  ExpectedRows expected;
  if (node->IsMap()) {
    YamlMap inner(*node, absl::StrCat("\"", AsAbsl(key), "\""), &map->problems());
    inner.Require("rows");
    expected.rows = inner.Whole("rows", 0);
    expected.tolerance_rows = ReadTolerance(&inner, expected.rows);
    inner.Finish();
  } else {
    expected.rows = map->Whole(key, 0);
  }
  return expected;
}

}  // namespace regraft::plan

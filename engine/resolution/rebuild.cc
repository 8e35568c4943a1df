#include "engine/resolution/rebuild.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::resolution {
namespace {

// The originals travel beside the image under names that no image column has.
std::string Original(const Rebuild& rebuild, size_t i) {
  std::string name = absl::StrCat("regraft original ", i);
  const auto is_taken = [&](const auto& column) { return column.first == name; };
  while (std::any_of(rebuild.forward.begin(), rebuild.forward.end(), is_taken)) name += "_";
  return name;
}

// The image of each row, computed once: OFFSET 0 keeps the planner from computing it per column.
std::string ImageWithOriginals(const Rebuild& rebuild) {
  std::vector<std::string> columns;
  for (size_t i = 0; i < rebuild.columns.size(); ++i)
    columns.push_back(absl::StrCat(rebuild.columns[i].original, " AS ",
                                   pg::QuoteIdentifier(Original(rebuild, i))));
  for (const auto& [name, sql] : rebuild.forward)
    columns.push_back(absl::StrCat(sql, " AS ", pg::QuoteIdentifier(name)));
  return absl::StrCat("(SELECT ", absl::StrJoin(columns, ", "), " ", rebuild.from,
                      " OFFSET 0) AS s");
}

// record_image_ne over one column: NULLs, −0, 1.0 and 1.00 are told apart.
std::string Differs(const Rebuild& rebuild, size_t i) {
  return absl::StrCat("pg_catalog.record_image_ne(ROW(s.",
                      pg::QuoteIdentifier(Original(rebuild, i)), "), ROW(",
                      rebuild.columns[i].inverse, "))");
}

}  // namespace

std::string ForwardSelect(const Rebuild& rebuild) {
  return absl::StrCat("SELECT ",
                      absl::StrJoin(rebuild.forward, ", ",
                                    [](std::string* out, const auto& column) {
                                      absl::StrAppend(out, column.second, " AS ",
                                                      pg::QuoteIdentifier(column.first));
                                    }),
                      " ", rebuild.from);
}

absl::Status ProveRebuild(Run* run, Work* work, const Rebuild& rebuild) {
  std::vector<std::string> tests;
  for (size_t i = 0; i < rebuild.columns.size(); ++i) {
    const std::string differs = Differs(rebuild, i);
    tests.push_back(absl::StrCat("count(*) FILTER (WHERE ", differs, "), min(format('%s', s.",
                                 pg::QuoteIdentifier(Original(rebuild, i)), ")) FILTER (WHERE ",
                                 differs, ")"));
  }
  const auto result = Try(run->connection(), absl::StrCat("SELECT ", absl::StrJoin(tests, ", "),
                                                          " FROM ", ImageWithOriginals(rebuild)));
  if (!result.ok()) {
    work->Refuse("not-invertible", absl::StrCat("the rows cannot be rebuilt from their image: ",
                                                result.status().message()));
    return absl::OkStatus();
  }
  work->saved.proved = true;
  for (size_t i = 0; i < rebuild.columns.size(); ++i) {
    const int column = static_cast<int>(2 * i);
    if (result->Int64(0, column) == 0) continue;
    work->saved.proved = false;
    work->Refuse("not-invertible",
                 absl::StrCat("column \"", rebuild.columns[i].name, "\" does not survive in ",
                              Count(result->Int64(0, column)), " rows, such as \"",
                              result->Text(0, column + 1).substr(0, 200), "\""),
                 "send the original to the overflow column as well");
  }
  return absl::OkStatus();
}

}  // namespace regraft::resolution

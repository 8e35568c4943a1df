#include "engine/audit/rows.h"

#include "engine/audit/csv_reader.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

namespace regraft::audit {

absl::Status CopyCsv(pg::Connection& connection, const std::string& query,
                     const std::function<absl::Status(std::string_view)>& take) {
  ASSIGN_OR_RETURN(pg::CopyOut stream, connection.StartCopyOut(absl::StrCat(
                                           "COPY (", query, ") TO STDOUT (FORMAT csv, HEADER)")));
  std::string_view piece;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, stream.Next(&piece));
    if (!more) return absl::OkStatus();
    RETURN_IF_ERROR(take(piece));
  }
}

absl::StatusOr<Samples> ReadSamples(pg::Connection& connection, const std::string& query,
                                    int rows) {
  std::string csv;
  RETURN_IF_ERROR(CopyCsv(connection, absl::StrCat("SELECT * FROM (", query, ") AS f LIMIT ", rows),
                          [&](std::string_view piece) {
                            csv.append(piece);
                            return absl::OkStatus();
                          }));
  auto lines = ReadCsv(csv);
  Samples samples;
  if (lines.empty()) return samples;
  for (const auto& name : lines[0]) samples.columns.push_back(name.value_or(""));
  samples.rows.assign(lines.begin() + 1, lines.end());
  return samples;
}

}  // namespace regraft::audit

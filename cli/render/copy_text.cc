#include "cli/render/copy_text.h"

#include "absl/strings/str_format.h"

#include <cstdio>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

std::string Verified(const copy::CopyReport& report) {
  if (!report.verified.has_value()) return "not verified (--no-verify)";
  return absl::StrFormat("%d of %d chunks verified in %.1f s", report.chunks_verified,
                         report.chunks, report.seconds_verify);
}

}  // namespace

void PrintCopyText(const copy::CopyReport& report, bool discarded) {
  if (discarded) {
    std::printf("removed %lld rows that the copy from %s had written into %s\n",
                static_cast<long long>(report.rows), report.source.c_str(), report.target.c_str());
    return;
  }
  const double seconds = report.seconds_copy > 0 ? report.seconds_copy : 1;
  std::string text =
      absl::StrFormat("%s -> %s%s: %d rows, %.1f MB%s\n", report.source, report.target,
                      report.provenance.empty() ? "" : " (" + report.provenance + ")", report.rows,
                      static_cast<double>(report.bytes) / 1e6,
                      report.already_done ? ", copied before; nothing changed" : "");
  if (!report.already_done)
    text += absl::StrFormat("  copied in %.1f s: %.0f rows/s, %.1f MB/s, %d lanes\n",
                            report.seconds_copy, static_cast<double>(report.rows) / seconds,
                            static_cast<double>(report.bytes) / 1e6 / seconds, report.jobs);
  text += absl::StrFormat("  %s\n", Verified(report));
  text += absl::StrFormat("  %d rows in the source = %d in the target + %d set aside%s\n",
                          report.rows_source, report.rows, report.rows_remainder,
                          report.remainder_table.empty() ? "" : " in " + report.remainder_table);
  text += absl::StrFormat("  source digest %s, written digest %s\n", report.source_digest,
                          report.written_digest);
  std::fputs(text.c_str(), stdout);
}

ordered_json CopyJson(const copy::CopyReport& report) {
  ordered_json json;
  json["source"] = report.source;
  json["target"] = report.target;
  json["discriminator"] = report.provenance;
  json["rows"] = report.rows;
  json["bytes"] = report.bytes;
  json["chunks"] = report.chunks;
  json["chunks_verified"] = report.chunks_verified;
  json["verified"] =
      report.verified.has_value() ? ordered_json(*report.verified) : ordered_json(nullptr);
  json["already_done"] = report.already_done;
  json["source_digest"] = report.source_digest;
  json["written_digest"] = report.written_digest;
  json["rows_source"] = report.rows_source;
  json["rows_remainder"] = report.rows_remainder;
  json["remainder_table"] =
      report.remainder_table.empty() ? ordered_json(nullptr) : ordered_json(report.remainder_table);
  json["rows_target_before"] = report.rows_target_before;
  json["seconds"] = {{"copy", report.seconds_copy},
                     {"verify", report.seconds_verify},
                     {"total", report.seconds_total}};
  json["jobs"] = report.jobs;
  json["max_memory_bytes"] = report.max_memory_bytes;
  json["differences"] = report.differences;
  return json;
}

}  // namespace regraft::cli

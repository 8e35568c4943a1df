// A running COPY … FROM STDIN. Move-only; lives shorter than its Connection. Rows count only after
// Finish(); a CopyIn that is destroyed before makes the server fail the COPY: nothing half done.
#pragma once

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <string_view>

struct pg_conn;

namespace regraft::pg {

class CopyIn {
 public:
  CopyIn(pg_conn* borrowed, std::string role);
  ~CopyIn();
  CopyIn(CopyIn&& other) noexcept;
  CopyIn& operator=(CopyIn&&) = delete;

  // Queues bytes; they may be cut anywhere. Success proves nothing, only Finish() does.
  absl::Status Put(std::string_view bytes);
  // Gives the rows up, at once, and returns why the server had failed them; a cancellation if it
  // had not.
  absl::Status Abandon();
  // Ends the stream and returns the number of rows that the server says it stored.
  absl::StatusOr<int64_t> Finish();

 private:
  absl::Status Failure();

  pg_conn* connection_;  // null when the stream has ended
  std::string role_;
};

}  // namespace regraft::pg

// A running COPY … TO STDOUT. Move-only; lives shorter than its Connection. The stream ends well
// only by Next() returning false. A CopyOut that is destroyed before cancels its statement and
// drains.
#pragma once

#include "absl/status/statusor.h"

#include <string>
#include <string_view>

struct pg_conn;

namespace regraft::pg {

class CopyOut {
 public:
  CopyOut(pg_conn* borrowed, std::string role);
  ~CopyOut();
  CopyOut(CopyOut&& other) noexcept;
  CopyOut& operator=(CopyOut&&) = delete;

  // Gives the next CopyData message (in binary format: one row; the first also holds the header,
  // the last may be the trailer alone). `message` stays valid until the next call. False at the end
  // of the stream, after the server has confirmed it.
  absl::StatusOr<bool> Next(std::string_view* message);

 private:
  absl::Status Confirm();
  void FreeMessage();

  pg_conn* connection_;  // null when the stream has ended
  char* message_ = nullptr;
  std::string role_;
};

}  // namespace regraft::pg

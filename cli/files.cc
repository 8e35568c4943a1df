#include "cli/files.h"

#include "engine/base/failure_kind.h"

#include "absl/strings/str_cat.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace regraft::cli {
namespace {

absl::Status CannotDo(const char* what, const std::string& path) {
  const int error = errno;
  return BadPlan(absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    errno = EISDIR;
    return CannotDo("read", path);
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return CannotDo("read", path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return CannotDo("read", path);
  return text;
}

absl::Status WriteTextFile(const std::string& path, const std::string& text) {
  const std::string beside = absl::StrCat(path, ".", getpid(), ".new");
  errno = 0;
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  const bool written = !file.fail();
  if (written && std::rename(beside.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const absl::Status failed = CannotDo("write", path);
  std::remove(beside.c_str());
  return failed;
}

}  // namespace regraft::cli

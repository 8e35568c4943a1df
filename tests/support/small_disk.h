// A file system of 4 MB that the server owns. Needs root.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <pwd.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

namespace regraft::support {

class SmallDisk {
 public:
  SmallDisk() {
    if (mkdtemp(path_) == nullptr) return;
    const struct passwd* owner = getpwnam("postgres");
    mounted_ = owner != nullptr && mount("tmpfs", path_, "tmpfs", 0, "size=4m,mode=0700") == 0;
    error_ = errno;
    if (mounted_ && chown(path_, owner->pw_uid, owner->pw_gid) != 0) error_ = errno;
  }
  ~SmallDisk() {
    if (mounted_) umount2(path_, MNT_DETACH);
    rmdir(path_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] std::string path() const { return path_; }
  [[nodiscard]] std::string error() const { return std::strerror(error_); }

 private:
  char path_[32] = "/tmp/regraft-disk.XXXXXX";
  bool mounted_ = false;
  int error_ = 0;
};

}  // namespace regraft::support

// A target on a disk that is too small.
#include "tests/support/copying.h"

#include "gtest/gtest.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <pwd.h>
#include <sys/mount.h>
#include <unistd.h>

namespace regraft::support {
namespace {

// A file system of 4 MB that the server owns.
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

class CopyOntoASmallDisk : public Copying {};

TEST_F(CopyOntoASmallDisk, FailsWithDiskFullAndGoesOnWhenThereIsRoom) {
  const SmallDisk disk;
  if (!disk.mounted())
    GTEST_SKIP() << "cannot mount a small file system (needs root): " << disk.error();
  MakeTables(60000);
  const std::string tablespace = database_.name() + "_small";
  database_.Sql("CREATE TABLESPACE " + tablespace + " LOCATION '" + disk.path() + "'");
  database_.Sql("ALTER TABLE app.target SET TABLESPACE " + tablespace);
  const ProgramResult full = Copy({"--chunk-bytes", "128KiB", "--jobs", "2"});
  ExpectExit(1, full, "SQLSTATE 53100");
  ExpectExit(1, full, "app.source chunk");
  EXPECT_EQ(Document(full)["error"]["sqlstate"], "53100");
  ExpectNoHalfChunk();
  EXPECT_GT(std::stoi(DoneChunks()), 2);
  database_.Sql("ALTER TABLE app.target SET TABLESPACE pg_default");
  database_.Sql("DROP TABLESPACE " + tablespace);
  ExpectExit(0, Copy(), "continuing run");
  ExpectExact();
}

}  // namespace
}  // namespace regraft::support

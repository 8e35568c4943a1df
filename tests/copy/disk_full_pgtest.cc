// A target on a disk that is too small.
#include "tests/support/copying.h"
#include "tests/support/small_disk.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

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

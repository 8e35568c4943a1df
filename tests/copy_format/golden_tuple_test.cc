// The tuple reader on streams that PostgreSQL wrote, whole and damaged.
#include "tests/golden/golden.h"

#include "gtest/gtest.h"

#include <set>

namespace regraft::copy_format {
namespace {

// What AppendField makes of the fields that ReadField finds.
std::string Reframe(std::string_view fields, int16_t field_count) {
  const char* at = fields.data();
  std::string framed;
  std::optional<std::string_view> field;
  for (int i = 0; i < field_count; ++i) {
    EXPECT_TRUE(ReadField(&at, fields.data() + fields.size(), &field));
    AppendField(&framed, field);
  }
  return framed;
}

// Bits 0-15 of the header's flags: the format says that a reader ignores them.
bool IsIgnored(size_t byte) { return byte == 13 || byte == 14; }

struct Golden {
  std::string name;
  std::string stream = golden::Stream(name);
  int16_t field_count = golden::FieldCount(stream);
  golden::Content original = golden::Read(stream, field_count).value();
};

// Calls `examine` with each golden file; failures name it.
template <typename Examine>
void ForEachGolden(Examine examine) {
  const std::vector<std::string> names = golden::Names();
  ASSERT_GT(names.size(), 80U);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    examine(Golden{name});
  }
}

TEST(GoldenTuples, AreReadToTheTrailer) {
  ForEachGolden([](const Golden& golden) { EXPECT_TRUE(golden.original.saw_trailer); });
}

TEST(GoldenTuples, AreWrittenBackAsTheSameBytes) {
  ForEachGolden([](const Golden& golden) {
    std::string written(kHeader);
    for (const std::string_view row : golden.original.rows) {
      AppendBig<int16_t>(&written, golden.field_count);
      written += Reframe(row, golden.field_count);
    }
    written += kTrailer;
    EXPECT_EQ(written, golden.stream);
  });
}

TEST(GoldenTuples, AreNotMistakenWhenABitIsFlipped) {
  ForEachGolden([](const Golden& golden) {
    std::string damaged = golden.stream;
    for (size_t byte = 0; byte < damaged.size(); ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        damaged[byte] = static_cast<char>(golden.stream[byte] ^ (1 << bit));
        EXPECT_EQ(golden::PassesAs(golden.original, damaged, golden.field_count), IsIgnored(byte))
            << "byte " << byte << " bit " << bit;
      }
      damaged[byte] = golden.stream[byte];
    }
  });
}

TEST(GoldenTuples, AreNotMistakenWhenCut) {
  ForEachGolden([](const Golden& golden) {
    for (size_t length = 0; length < golden.stream.size(); ++length) {
      const std::string cut = golden.stream.substr(0, length);
      EXPECT_FALSE(golden::PassesAs(golden.original, cut, golden.field_count)) << length;
    }
  });
}

TEST(GoldenTuples, AreNotMistakenWhenAByteIsMissing) {
  ForEachGolden([](const Golden& golden) {
    for (size_t byte = 0; byte < golden.stream.size(); ++byte) {
      std::string damaged = golden.stream;
      damaged.erase(byte, 1);
      EXPECT_FALSE(golden::PassesAs(golden.original, damaged, golden.field_count)) << byte;
    }
  });
}

TEST(GoldenTuples, HaveRowsOfDifferentDigests) {
  ForEachGolden([](const Golden& golden) {
    if (golden.field_count == 0) return;  // rows without columns are equal
    std::set<digest::Digest128> digests;
    for (const std::string_view row : golden.original.rows) digests.insert(digest::HashRow(row));
    EXPECT_EQ(digests.size(), golden.original.rows.size());
  });
}

}  // namespace
}  // namespace regraft::copy_format

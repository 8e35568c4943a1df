#include "engine/copy_format/tuple.h"

#include "engine/base/bytes.h"

#include "gtest/gtest.h"

namespace regraft::copy_format {
namespace {

using namespace std::string_literals;

std::string FramedTuple(const std::vector<std::optional<std::string_view>>& fields) {
  std::string tuple;
  AppendBig<int16_t>(&tuple, static_cast<int16_t>(fields.size()));
  for (const auto& field : fields) AppendField(&tuple, field);
  return tuple;
}

std::string HeaderWith(uint32_t flags, int32_t extension_length) {
  std::string header(kHeader.substr(0, 11));
  AppendBig<uint32_t>(&header, flags);
  AppendBig<int32_t>(&header, extension_length);
  return header;
}

TEST(ParseHeader, ThePlainHeaderHasNineteenBytes) {
  EXPECT_EQ(*ParseHeader(kHeader), 19);
  EXPECT_EQ(*ParseHeader(std::string(kHeader) + "rows behind it"), 19);
}

TEST(ParseHeader, AnExtensionIsSkipped) {
  EXPECT_EQ(*ParseHeader(HeaderWith(0, 5) + "abcdefgh"), 24);
}

TEST(ParseHeader, HarmlessFlagsAreIgnored) {
  EXPECT_EQ(*ParseHeader(HeaderWith(0x0000ffff, 0)), 19);
}

TEST(ParseHeader, EachCriticalFlagIsAnError) {
  for (int bit = 16; bit < 32; ++bit) {
    EXPECT_EQ(ParseHeader(HeaderWith(1U << bit, 0)).status().code(),
              absl::StatusCode::kUnimplemented);
  }
}

TEST(ParseHeader, AnExtensionLongerThanTheBytesIsAnError) {
  EXPECT_FALSE(ParseHeader(HeaderWith(0, 5) + "abcd").ok());
  EXPECT_FALSE(ParseHeader(HeaderWith(0, INT32_MAX)).ok());
  EXPECT_FALSE(ParseHeader(HeaderWith(0, -1)).ok());
  EXPECT_FALSE(ParseHeader(HeaderWith(0, INT32_MIN)).ok());
}

TEST(ParseHeader, EveryShorterHeaderIsAnError) {
  for (size_t length = 0; length < kHeader.size(); ++length) {
    EXPECT_FALSE(ParseHeader(kHeader.substr(0, length)).ok()) << length;
  }
}

TEST(ReadField, TellsNullEmptyAndBytesApart) {
  std::string bytes;
  AppendField(&bytes, std::nullopt);
  AppendField(&bytes, "");
  AppendField(&bytes, "a\0b"s);
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  std::optional<std::string_view> field;
  ASSERT_TRUE(ReadField(&at, end, &field));
  EXPECT_EQ(field, std::nullopt);
  ASSERT_TRUE(ReadField(&at, end, &field));
  EXPECT_EQ(field, "");
  ASSERT_TRUE(ReadField(&at, end, &field));
  EXPECT_EQ(field, "a\0b"s);
  EXPECT_EQ(at, end);
  EXPECT_FALSE(ReadField(&at, end, &field));
}

TEST(ReadField, RefusesEveryLengthThatDoesNotFit) {
  for (const int32_t length : {-2, INT32_MIN, 4, INT32_MAX}) {
    std::string bytes;
    AppendBig<int32_t>(&bytes, length);
    bytes += "abc";
    const char* at = bytes.data();
    std::optional<std::string_view> field;
    EXPECT_FALSE(ReadField(&at, at + bytes.size(), &field)) << length;
    EXPECT_EQ(at, bytes.data()) << length;
    EXPECT_EQ(SkipFields(at, at + bytes.size(), 1), nullptr) << length;
  }
}

TEST(SkipFields, WalksOverNoneSomeAndAll) {
  const std::string bytes = FramedTuple({"ab", std::nullopt, ""}).substr(2);
  const char* const at = bytes.data();
  const char* const end = at + bytes.size();
  EXPECT_EQ(SkipFields(at, end, 0), at);
  EXPECT_EQ(SkipFields(at, end, 1), at + 6);
  EXPECT_EQ(SkipFields(at, end, 2), at + 10);
  EXPECT_EQ(SkipFields(at, end, 3), end);
  EXPECT_EQ(SkipFields(at, end, 4), nullptr);
}

TEST(TupleReader, GivesTheFieldsOfEachRowThenTheEnd) {
  const std::string rows = FramedTuple({"1", std::nullopt}) + FramedTuple({"", "x"});
  TupleReader reader(rows, 2);
  Tuple tuple(2);
  ASSERT_TRUE(*reader.Next(&tuple));
  EXPECT_EQ(std::string_view(tuple), FramedTuple({"1", std::nullopt}).substr(2));
  ASSERT_TRUE(*reader.Next(&tuple));
  EXPECT_EQ(std::string_view(tuple), FramedTuple({"", "x"}).substr(2));
  EXPECT_FALSE(*reader.Next(&tuple));
  EXPECT_FALSE(reader.saw_trailer());
}

TEST(Tuple, GivesRunsOfFields) {
  const std::string rows = FramedTuple({"1", std::nullopt, "xyz"});
  TupleReader reader(rows, 3);
  Tuple tuple(3);
  ASSERT_TRUE(*reader.Next(&tuple));
  EXPECT_EQ(tuple.Fields(0, 2), FramedTuple({"1", std::nullopt}).substr(2));
  EXPECT_EQ(tuple.Fields(2, 3), FramedTuple({"xyz"}).substr(2));
  EXPECT_EQ(tuple.Fields(1, 1), "");
  EXPECT_EQ(tuple.Fields(0, 3), std::string_view(tuple));
}

TEST(TupleReader, StopsAtTheTrailerAndStaysThere) {
  const std::string rows = FramedTuple({"1"}) + std::string(kTrailer);
  TupleReader reader(rows, 1);
  Tuple tuple(1);
  ASSERT_TRUE(*reader.Next(&tuple));
  EXPECT_FALSE(reader.saw_trailer());
  EXPECT_FALSE(*reader.Next(&tuple));
  EXPECT_TRUE(reader.saw_trailer());
  EXPECT_FALSE(*reader.Next(&tuple));
}

TEST(TupleReader, ReadsRowsWithoutColumns) {
  const std::string rows = FramedTuple({}) + FramedTuple({});
  TupleReader reader(rows, 0);
  Tuple tuple(0);
  EXPECT_TRUE(*reader.Next(&tuple));
  EXPECT_TRUE(*reader.Next(&tuple));
  EXPECT_EQ(std::string_view(tuple), "");
  EXPECT_FALSE(*reader.Next(&tuple));
}

TEST(TupleReader, NoBytesAreNoRows) {
  TupleReader reader({}, 3);
  Tuple tuple(3);
  EXPECT_FALSE(*reader.Next(&tuple));
}

TEST(TupleReader, NamesTheRowWithAnotherFieldCount) {
  const std::string rows = FramedTuple({"1"}) + FramedTuple({"1", "2"});
  TupleReader reader(rows, 1);
  Tuple tuple(1);
  ASSERT_TRUE(*reader.Next(&tuple));
  EXPECT_EQ(reader.Next(&tuple).status().message(),
            "binary COPY: the tuple at byte 7 has 2 fields, expected 1");
  EXPECT_FALSE(reader.Next(&tuple).ok()) << "an error must not go away";
}

TEST(TupleReader, RefusesAnotherNegativeFieldCountThanTheTrailers) {
  TupleReader reader("\377\376", 1);
  Tuple tuple(1);
  EXPECT_FALSE(reader.Next(&tuple).ok());
}

TEST(TupleReader, RefusesBytesBehindTheTrailer) {
  const std::string rows = std::string(kTrailer) + FramedTuple({"1"});
  TupleReader reader(rows, 1);
  Tuple tuple(1);
  EXPECT_EQ(reader.Next(&tuple).status().message(),
            "binary COPY: 7 bytes follow the trailer at byte 0");
  EXPECT_FALSE(reader.saw_trailer());
}

TEST(TupleReaderDeathTest, AnExpectedCountBelowZeroWouldMakeARowOfTheTrailer) {
  EXPECT_DEATH(TupleReader(kTrailer, -1), "");
}

TEST(TupleReader, RefusesARowCutAnywhere) {
  const std::string row = FramedTuple({"abc", std::nullopt, ""});
  for (size_t length = 1; length < row.size(); ++length) {
    const std::string cut =
        row.substr(0, length);  // a copy, so that asan sees the first byte behind
    TupleReader reader(cut, 3);
    Tuple tuple(3);
    EXPECT_FALSE(reader.Next(&tuple).ok()) << length;
  }
}

}  // namespace
}  // namespace regraft::copy_format

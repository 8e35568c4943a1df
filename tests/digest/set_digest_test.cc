// What a set digest sees and what it does not care for, on random rows.
#include "engine/copy_format/tuple.h"
#include "engine/digest/digest.h"
#include "tests/digest/seed.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace regraft::digest {
namespace {

constexpr int kRounds = 200;
constexpr size_t kFields = 5;

using Row = std::vector<std::optional<std::string>>;

SetDigest Sum(const std::vector<Row>& rows) {
  SetDigest set;
  for (const Row& row : rows) {
    std::string fields;
    for (const auto& field : row) copy_format::AppendField(&fields, field);
    set.Add(fields);
  }
  return set;
}

std::vector<Row> Sorted(std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

// Random rows, and the choices a test makes among them.
class SetDigestProperty : public testing::Test {
 protected:
  size_t Below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  // Few distinct bytes and lengths, so that equal and nearly equal values are common.
  std::string Value(size_t length_min) {
    std::string value(length_min + Below(4), '\0');
    for (char& byte : value) byte = static_cast<char>(Below(3));
    return value;
  }

  std::vector<Row> Rows() {
    std::vector<Row> rows(2 + Below(30), Row(kFields));
    for (Row& row : rows) {
      for (auto& field : row) {
        if (Below(4) != 0) field = Value(0);
      }
    }
    return rows;
  }

  std::mt19937_64 random_ = SeededRandom();
};

TEST_F(SetDigestProperty, OrderDoesNotMatter) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    const SetDigest before = Sum(rows);
    std::shuffle(rows.begin(), rows.end(), random_);
    ASSERT_EQ(Sum(rows), before);
  }
}

TEST_F(SetDigestProperty, SumsAddUpOverAnySplit) {
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Row> rows = Rows();
    std::vector<std::vector<Row>> parts(1 + Below(8));
    for (const Row& row : rows) parts[Below(parts.size())].push_back(row);
    SetDigest total;
    for (const auto& part : parts) total += Sum(part);
    ASSERT_EQ(total, Sum(rows));
  }
}

TEST_F(SetDigestProperty, SubtractingAPartLeavesTheRest) {
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Row> rows = Rows();
    const auto cut = rows.begin() + static_cast<ptrdiff_t>(Below(rows.size()));
    Digest128 rest = Sum(rows).sum;
    rest -= Sum({rows.begin(), cut}).sum;
    ASSERT_EQ(rest, Sum({cut, rows.end()}).sum);
  }
}

TEST_F(SetDigestProperty, ADroppedRowIsSeen) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    const Digest128 before = Sum(rows).sum;
    rows.erase(rows.begin() + static_cast<ptrdiff_t>(Below(rows.size())));
    ASSERT_NE(Sum(rows).sum, before);
  }
}

TEST_F(SetDigestProperty, RowsDoubledAndTripledAreSeen) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    const Digest128 once = Sum(rows).sum;
    const Row row = rows[Below(rows.size())];
    rows.push_back(row);
    const Digest128 twice = Sum(rows).sum;
    rows.push_back(row);
    ASSERT_NE(twice, once);
    ASSERT_NE(Sum(rows).sum, once) << "a pair of equal rows must not cancel out";
  }
}

TEST_F(SetDigestProperty, ARowReplacedByACopyOfAnotherIsSeen) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    const SetDigest before = Sum(rows);
    const size_t lost = Below(rows.size());
    const size_t doubled = Below(rows.size());
    if (rows[lost] == rows[doubled]) continue;
    rows[lost] = rows[doubled];
    ASSERT_NE(Sum(rows).sum, before.sum);
  }
}

TEST_F(SetDigestProperty, ValuesSwappedBetweenTwoRowsAreSeen) {
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Row> before = Rows();
    std::vector<Row> after = before;
    const size_t field = Below(kFields);
    std::swap(after[0][field], after[1][field]);
    // Equal values, or rows that differ in this field only: the same rows as before.
    ASSERT_EQ(Sum(after).sum == Sum(before).sum, Sorted(after) == Sorted(before));
  }
}

TEST_F(SetDigestProperty, ValuesSwappedBetweenTwoColumnsAreSeen) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    const Digest128 before = Sum(rows).sum;
    Row& row = rows[Below(rows.size())];
    const size_t column = Below(kFields - 1);
    if (row[column] == row[column + 1]) continue;
    std::swap(row[column], row[column + 1]);
    ASSERT_NE(Sum(rows).sum, before);
  }
}

TEST_F(SetDigestProperty, BytesMovedToTheNextFieldAreSeen) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    Row& row = rows[Below(rows.size())];
    row[1] = Value(1);
    row[2] = Value(0);
    const SetDigest before = Sum(rows);
    row[2]->insert(row[2]->begin(), row[1]->back());
    row[1]->pop_back();
    const SetDigest after = Sum(rows);
    ASSERT_EQ(after.bytes, before.bytes);
    ASSERT_NE(after.sum, before.sum);
  }
}

TEST_F(SetDigestProperty, EmptyInPlaceOfNullIsSeen) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    auto& field = rows[Below(rows.size())][Below(kFields)];
    field = std::nullopt;
    const SetDigest before = Sum(rows);
    field = "";
    const SetDigest after = Sum(rows);
    ASSERT_EQ(after.bytes, before.bytes);
    ASSERT_NE(after.sum, before.sum);
  }
}

TEST_F(SetDigestProperty, OneFlippedBitIsSeen) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Row> rows = Rows();
    auto& field = rows[Below(rows.size())][Below(kFields)];
    field = Value(1);
    const Digest128 before = Sum(rows).sum;
    char& byte = (*field)[Below(field->size())];
    byte = static_cast<char>(byte ^ (1 << Below(8)));
    ASSERT_NE(Sum(rows).sum, before);
  }
}

}  // namespace
}  // namespace regraft::digest

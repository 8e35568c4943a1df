// Reads one row of an answer from left to right, in the order of the SELECT list that stands above
// the reader. Borrowed from the Result; a value to pass by copy.
#pragma once

#include "engine/pg/identifier.h"
#include "engine/pg/result.h"

#include <cstdint>
#include <string>
#include <utility>

namespace regraft::catalog {

class Cells {
 public:
  Cells(const pg::Result& result, int row) : result_(&result), row_(row) {}

  std::string Text() { return result_->Text(row_, column_++); }  // empty for NULL
  bool Bool() { return result_->Bool(row_, column_++); }         // false for NULL
  int64_t Int64() { return result_->Int64(row_, column_++); }    // 0 for NULL
  int32_t Int32() { return static_cast<int32_t>(Int64()); }
  int16_t Int16() { return static_cast<int16_t>(Int64()); }
  uint32_t Oid() { return static_cast<uint32_t>(Int64()); }
  // A "char" of the catalog: '\0' where it is empty or NULL.
  char Char() {
    const std::string text = Text();
    return text.empty() ? '\0' : text[0];
  }
  // Two columns: schema, name.
  pg::QualifiedName Name() {
    std::string schema = Text();
    return {std::move(schema), Text()};
  }

 private:
  const pg::Result* result_;
  int row_;
  int column_ = 0;
};

}  // namespace regraft::catalog

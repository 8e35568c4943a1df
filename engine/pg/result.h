// The answer to one statement. Move-only owner of a PGresult.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct pg_result;

namespace regraft::pg {

class Result {
 public:
  explicit Result(pg_result* owned);

  [[nodiscard]] int rows() const;
  [[nodiscard]] int columns() const;
  [[nodiscard]] bool IsNull(int row, int column) const;
  // The column's type; its modifier is -1 where it has none.
  [[nodiscard]] uint32_t type_oid(int column) const;
  [[nodiscard]] int32_t type_modifier(int column) const;
  // Text or binary value as the statement asked; empty for NULL. Valid as long as this result.
  [[nodiscard]] std::string_view Value(int row, int column) const;
  [[nodiscard]] std::string Text(int row, int column) const {
    return std::string(Value(row, column));
  }
  // REQUIRES: text format and an integer value that fits.
  [[nodiscard]] int64_t Int64(int row, int column) const;
  // The same; nullopt for NULL.
  [[nodiscard]] std::optional<int64_t> OptionalInt64(int row, int column) const;
  [[nodiscard]] bool Bool(int row, int column) const { return Value(row, column) == "t"; }
  // "COMMIT", "INSERT 0 1" …
  [[nodiscard]] std::string_view command_tag() const;
  // Rows that the statement inserted, deleted, copied; 0 where the tag has none.
  [[nodiscard]] int64_t affected_rows() const;

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

}  // namespace regraft::pg

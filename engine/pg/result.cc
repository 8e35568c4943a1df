#include "engine/pg/result.h"

#include <libpq-fe.h>

#include <charconv>

namespace regraft::pg {

void Result::Clear::operator()(pg_result* result) const { PQclear(result); }

Result::Result(pg_result* owned) : result_(owned) {}

int Result::rows() const { return PQntuples(result_.get()); }
int Result::columns() const { return PQnfields(result_.get()); }
bool Result::IsNull(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

uint32_t Result::type_oid(int column) const { return PQftype(result_.get(), column); }
int32_t Result::type_modifier(int column) const { return PQfmod(result_.get(), column); }

std::string_view Result::Value(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

int64_t Result::Int64(int row, int column) const {
  const std::string_view text = Value(row, column);
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<int64_t> Result::OptionalInt64(int row, int column) const {
  return IsNull(row, column) ? std::nullopt : std::optional(Int64(row, column));
}

std::string_view Result::command_tag() const { return PQcmdStatus(result_.get()); }

int64_t Result::affected_rows() const {
  const std::string_view text = PQcmdTuples(result_.get());
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace regraft::pg

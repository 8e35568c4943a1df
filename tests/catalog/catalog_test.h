// What the catalog's tests share: a database, a session of the engine, and reading a relation by
// name.
#pragma once

#include "engine/catalog/table.h"
#include "tests/support/postgres.h"

#include "gtest/gtest.h"

#include <string>
#include <string_view>

namespace regraft::catalog {

class CatalogTest : public ::testing::Test {
 protected:
  // `name` as SQL spells it, such as "public.orders". A failure to read throws and ends the test.
  Table Read(const std::string& name) {
    const std::string oid =
        database_.Scalar("SELECT '" + name + "'::regclass::oid");  // no quotes in these names
    auto table = ReadTable(connection_, static_cast<uint32_t>(std::stoul(oid)));
    return std::move(table).value();
  }

  support::TestDatabase database_;
  pg::Connection connection_ = database_.Connect("catalog/1");
};

}  // namespace regraft::catalog

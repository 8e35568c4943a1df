#include "tests/proof/proving.h"

#include <fstream>
#include <iterator>
#include <map>

namespace regraft::proof {
namespace {

using nlohmann::json;

TEST_F(ProvingAll, ReceiptsProveRowsWhoseSourceIsGone) {
  Expect(0, "", Verify({"--receipt", receipts()}));
  EXPECT_EQ(database_.Scalar("SELECT string_agg(action_id, ' ' ORDER BY receipt_id) FROM "
                             "regraft.receipt"),
            "A M1 M2 J C");
  Expect(0, "5 actions as they must be", Against());
  database_.Sql("DROP TABLE archive.app_orders_2023, archive.app_notes");
  database_.Sql("VACUUM FULL app.orders");
  Expect(0, "M1: merge app.orders_2023 -> app.orders: equal, 200 rows = 197 + 3 set aside",
         Against());
  Expect(0, "its source is gone; compared with what the ledger keeps", Verify());
  database_.Sql("UPDATE app.orders SET note = 'x' WHERE id = 50");
  Expect(2,
         "M1: 1 of 1 buckets are not what the receipt says: bucket 0: 200 rows then, 200 rows "
         "now of other values",
         Against());
  Expect(0, "", Against({"--action", "J"}));
  database_.Sql("UPDATE app.orders SET note = 'o50' WHERE id = 50; DROP SCHEMA regraft CASCADE");
  Expect(78, "give its file: regraft verify SAVED.json --against", Against());
  Expect(0, "5 actions as they must be", Run({"verify", file(), "--against", receipts()}));
  database_.Sql("DROP TABLE archive.app_old");
  Expect(2, "A: the table of app.old is gone", Run({"verify", file(), "--against", receipts()}));
}

TEST_F(ProvingAll, ForgedReceiptsAreFound) {
  Expect(0, "", Verify({"--receipt", receipts()}));
  std::ifstream in(receipts());
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto write = [&](const std::string& forged) { std::ofstream(receipts()) << forged; };
  json document = json::parse(text);
  document["receipts"][1]["buckets"][0]["digest"] = std::string(32, '0');
  write(document.dump(2));
  Expect(2, "the file is forged", Against());
  Expect(2, "M1: the receipt is forged", Against());
  document = json::parse(text);
  document["receipts"].erase(0);
  write(document.dump(2));
  Expect(2, "the file is forged: its root is not its own", Against());
  write("[]");
  Expect(78, "holds no receipts", Against());
  write(text);
  support::TestDatabase other;
  const auto elsewhere = support::RunProgram(
      {.arguments = {"verify", "--against", receipts(), "--dsn", other.conninfo()}});
  Expect(2, "A: the receipt is of database " + database_.name(), elsewhere);
}

TEST_F(ProvingAll, ShowsThatItSeesDamage) {
  const std::string before = State();
  const auto proved = Verify({"--prove", "--json"});
  Expect(0, "", proved);
  EXPECT_EQ(State(), before);
  const json document = json::parse(proved.output);
  std::map<std::string, std::map<std::string, std::string>> said;
  for (const json& action : document["actions"])
    for (const json& damage : action["damages"]) {
      EXPECT_EQ(damage["tried"], damage["caught"]) << damage;
      if (damage["tried"]) said[action["id"]][damage["kind"]] = damage["words"];
    }
  EXPECT_EQ(said["M1"].size(), 7U);
  EXPECT_THAT(said["M1"]["one bit of one value flipped"], HasSubstr("changed, note: "));
  EXPECT_THAT(said["M1"]["two rows' values swapped"], HasSubstr("swapped between two rows"));
  EXPECT_THAT(said["M1"]["one row dropped"], HasSubstr(": missing"));
  EXPECT_THAT(said["M1"]["one row duplicated"], HasSubstr(": duplicated"));
  EXPECT_THAT(said["M1"]["NULL for empty text, or the reverse"], HasSubstr("NULL against empty"));
  EXPECT_THAT(said["M1"]["a trailing zero added to a number"], HasSubstr("trailing zeros"));
  EXPECT_THAT(said["M1"]["one time shifted by a zone"], HasSubstr("time zone"));
  EXPECT_GE(said["J"].size(), 4U);
  EXPECT_GE(said["C"].size(), 4U);
}

}  // namespace
}  // namespace regraft::proof

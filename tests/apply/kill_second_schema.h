// The second schema's plan of all eight kinds, whose execution and undo are killed at chosen writes
// to the ledger, run again, and compared with those that were never killed.
#pragma once

#include "tests/apply/killing.h"
#include "tests/support/paths.h"

namespace regraft::apply {

class KillingASecondSchema : public Killing {
 protected:
  KillingASecondSchema() {
    EXPECT_EQ(Shell("psql -qX -o /dev/null -v ON_ERROR_STOP=1 -d \"" + database_.conninfo() +
                    "\" -f '" + support::TestData() + "/apply/second_schema.sql' 2>/dev/null"),
              0);
    WritePlan();
    Expect(0, "", Run({"plan", directory_ + "/plan.yaml", "-o", file()}));
    EXPECT_THAT(LeftOut(ReadMinted(kMakers)),
                ::testing::ElementsAre("\"Lager Süd\".\"Bewegung\".Id"));
    LearnWhatIsToBe();
  }

 private:
  // Numbered in an order without ties, which the rows' places would decide: every undo leaves them
  // in other places.
  void WritePlan() {
    std::ostringstream text;
    text << std::ifstream(support::TestData() + "/apply/second_schema.yaml").rdbuf();
    std::ofstream(directory_ + "/plan.yaml") << std::regex_replace(
        text.str(), std::regex(R"(order_by: \[Zeit\])"), "order_by: [Zeit, Text]");
  }
};

}  // namespace regraft::apply

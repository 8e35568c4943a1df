#include "engine/base/failure_kind.h"
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <string>

namespace regraft::plan {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHead = "regraft: 1\nactions: []\nclean:\n";
const std::string kAll = R"y(
- backfill: app.firms
  column: domain
  or_empty: true
  from: app.known
  from_where: live
  join: {firm: id}
- export_duplicates: app.people
  columns: [email]
  collation: und-x-icu
- match_domain: app.people
  column: firm
  email: mail
  in: app.firms
  domain: domain
  value: id
- dedupe: app.people
  id: D
  columns: [email, region]
  ignore_empty: true
  order_by: [seen desc, id]
  references:
  - {table: app.slots, join: {person: id}}
  archive: archive."Odd name"
  expect_rows: {rows: 100, tolerance: 5%}
  allow: [triggers-suppressed]
  reason: twice
- archive_orphans: app.slots
  where: kind <> 'x'
  of: app.people
  join: {person: id}
  archive: archive.slots
)y";

TEST(ReadRepairs, ReadsEveryKindWithItsKeys) {
  const auto plan = ReadPlan(kHead + kAll, "p.yaml");
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->repairs.size(), 5U);
  const Repair& backfill = plan->repairs[0];
  EXPECT_EQ(backfill.id, "backfill app.firms");
  EXPECT_EQ(backfill.value, "domain") << "the column's own name unless said otherwise";
  EXPECT_TRUE(backfill.or_empty);
  EXPECT_EQ(backfill.other_where, "live");
  EXPECT_EQ(plan->repairs[1].collation, "und-x-icu");
  EXPECT_EQ(plan->repairs[2].email, "mail");
  const Repair& dedupe = plan->repairs[3];
  EXPECT_THAT(dedupe.columns, ElementsAre("email", "region"));
  EXPECT_THAT(dedupe.order_by, ElementsAre("seen desc", "id"));
  ASSERT_EQ(dedupe.references.size(), 1U);
  EXPECT_EQ(dedupe.references[0].join[0].source, "person");
  EXPECT_EQ(dedupe.archive->name, "Odd name");
  EXPECT_EQ(dedupe.expected->tolerance_rows, 5);
  EXPECT_THAT(dedupe.allow, ElementsAre("triggers-suppressed"));
  EXPECT_EQ(plan->repairs[4].where, "kind <> 'x'");
}

TEST(ReadRepairs, WritesWhatItReads) {
  const auto plan = ReadPlan(kHead + kAll, "p.yaml");
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::string text = WritePlan(*plan, {});
  const auto again = ReadPlan(text, "p.yaml");
  ASSERT_TRUE(again.ok()) << again.status() << text;
  EXPECT_EQ(WritePlan(*again, {}), text);
  EXPECT_EQ(again->repairs[3].references[0].table.name, "slots");
}

TEST(ReadRepairs, ReportsEveryMistakeWithItsPlace) {
  const auto plan = ReadPlan(
      kHead +
          "- {dedup: app.t}\n"
          "- {dedupe: app.t, columns: [a], order_by: [b]}\n"
          "- {archive_orphans: app.t, of: app.u, archive: a.t}\n"
          "- {backfill: app.t, column: a, from: app.u, join: {a: b}, allow: [no-provenance]}\n"
          "- {export_duplicates: app.t, id: X, columns: [a]}\n"
          "- {export_duplicates: app.u, id: X, columns: [a]}\n",
      "p.yaml");
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(KindOf(plan.status()), FailureKind::kBadPlan);
  EXPECT_THAT(std::string(plan.status().message()),
              AllOf(HasSubstr("p.yaml:4:3: a repair begins with its kind, not with \"dedup\"; did "
                              "you mean \"dedupe\"?"),
                    HasSubstr("archive"), HasSubstr("needs \"join\""),
                    HasSubstr("a repair has no hazard \"no-provenance\""),
                    HasSubstr("that of the repair in line 8 too")));
}

}  // namespace
}  // namespace regraft::plan

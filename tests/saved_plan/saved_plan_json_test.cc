#include "engine/saved_plan/saved_plan_json.h"

#include "engine/base/failure_kind.h"
#include "engine/saved_plan/sha256.h"
#include "tests/digest/seed.h"
#include "tests/saved_plan/random_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <functional>
#include <string>

namespace regraft::saved_plan {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

SavedPlan Sample() {
  SavedPlan plan;
  plan.tool = "regraft 0.2.0";
  plan.planner = "ada";
  plan.actions.push_back({.id = "1", .kind = "move", .source = "app.a", .target = "old.a"});
  plan.actions[0].rows = 7;
  plan.fingerprint.push_back({.oid = 16384, .relation = "app.a", .facts = {{"columns", {"id"}}}});
  return plan;
}

std::string Written(const SavedPlan& plan) {
  const absl::StatusOr<std::string> text = WriteSavedPlan(plan);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.value_or("");
}

// The message with which the text is refused.
std::string Refusal(const std::string& text) {
  const absl::StatusOr<SavedPlan> read = ReadSavedPlan(text, "saved.json");
  EXPECT_FALSE(read.ok()) << text;
  EXPECT_EQ(KindOf(read.status()), FailureKind::kBadPlan);
  return std::string(read.status().message());
}

// The sample as JSON, changed, in the form in which it would be written.
std::string Changed(const std::function<void(json*)>& change) {
  json document = json::parse(Written(Sample()));
  change(&document);
  return document.dump(2) + "\n";
}

TEST(Sha256, MatchesPublishedAnswers) {
  EXPECT_EQ(Sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(SavedPlanJson, WhatIsReadIsWhatWasWritten) {
  std::mt19937_64 random = SeededRandom();
  for (int round = 0; round < 300; ++round) {
    SavedPlan plan = RandomPlan(&random).Next();
    ASSERT_TRUE(Seal(&plan).ok());
    const absl::StatusOr<SavedPlan> read = ReadSavedPlan(Written(plan), "saved.json");
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_TRUE(*read == plan) << Written(plan);
    ASSERT_EQ(Written(*read), Written(plan));
  }
}

TEST(SavedPlanJson, DifferentValuesHaveDifferentHashes) {
  std::mt19937_64 random = SeededRandom();
  std::map<std::string, SavedPlan> seen;
  for (int round = 0; round < 300; ++round) {
    SavedPlan plan = RandomPlan(&random).Next();
    ASSERT_TRUE(Seal(&plan).ok());
    const auto [same, is_new] = seen.emplace(plan.sha256, plan);
    ASSERT_TRUE(is_new || same->second == plan);
  }
}

TEST(SavedPlanJson, KeysAreSortedIndentedByTwoAndTheTextEndsWithANewline) {
  SavedPlan plan;
  plan.findings.push_back({.kind = "note", .code = "c", .text = "ü \"q\"", .remedy = ""});
  EXPECT_THAT(Written(plan), StartsWith("{\n  \"actions\": [],\n  \"answers\": [],\n"));
  EXPECT_THAT(Written(plan), HasSubstr("  \"findings\": [\n"
                                       "    {\n"
                                       "      \"code\": \"c\",\n"
                                       "      \"kind\": \"note\",\n"
                                       "      \"remedy\": \"\",\n"
                                       "      \"text\": \"ü \\\"q\\\"\"\n"
                                       "    }\n"
                                       "  ],\n"));
  EXPECT_THAT(Written(plan), ::testing::EndsWith("\"tool\": \"\"\n}\n"));
}

TEST(SavedPlanJson, TheHashIsOfTheTextWithoutTheLineThatHoldsIt) {
  const std::string text = Written(Sample());
  const size_t begin = text.find("  \"sha256\": \"");
  const size_t end = text.find('\n', begin) + 1;
  const std::string without = text.substr(0, begin) + text.substr(end);
  EXPECT_THAT(text, HasSubstr("  \"sha256\": \"" + Sha256(without) + "\",\n"));
}

TEST(SavedPlanJson, EachAlteredByteIsRefused) {
  const std::string text = Written(Sample());
  for (size_t at = 0; at < text.size(); ++at) {
    for (const int bit : {0, 3, 5, 7}) {
      std::string altered = text;
      altered[at] = static_cast<char>(static_cast<unsigned char>(altered[at]) ^ (1U << bit));
      EXPECT_THAT(Refusal(altered), HasSubstr("saved.json")) << "byte " << at << " bit " << bit;
    }
  }
}

TEST(SavedPlanJson, EachCutIsRefused) {
  const std::string text = Written(Sample());
  for (size_t size = 0; size < text.size(); ++size)
    EXPECT_THAT(Refusal(text.substr(0, size)), HasSubstr("regraft plan PLAN.yaml -o saved.json"));
  EXPECT_THAT(Refusal(text + "x"), HasSubstr("not JSON"));
}

TEST(SavedPlanJson, TextThatIsNotJsonIsRefusedWithLineAndColumn) {
  EXPECT_THAT(Refusal("{\n  \"a\": nonsense\n}"), StartsWith("saved.json:2:9: this is not JSON"));
  EXPECT_THAT(Refusal(""), StartsWith("saved.json:1:1: this is not JSON"));
}

TEST(SavedPlanJson, JsonOfOthersIsRefusedAsSuch) {
  for (const char* text : {"[]", "7", "{}", "null", "{\"format\": \"x\", \"sha256\": \"\"}"})
    EXPECT_THAT(Refusal(text), HasSubstr("JSON, but not a saved plan"));
}

TEST(SavedPlanJson, AnotherFormatIsRefusedWithBothNumbers) {
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["format"] = 2; })),
              HasSubstr("a saved plan of format 2; this program reads format 1: use a newer"));
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["format"] = 0; })),
              HasSubstr("a saved plan of format 0; this program reads format 1: save it again"));
  EXPECT_THAT(Refusal("{\"format\": 3, \"sha256\": 1, \"what\": []}"), HasSubstr("format 3"));
}

TEST(SavedPlanJson, MembersTooManyTooFewAndOfAnotherTypeAreNamedWithTheirPlace) {
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["actions"][0].erase("rows"); })),
              HasSubstr("actions[0] has no member \"rows\""));
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["actions"][0]["more"] = 1; })),
              HasSubstr("actions[0] has an unknown member \"more\""));
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["planner"] = 1; })),
              HasSubstr("planner must be text"));
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["actions"][0]["rows"] = 7.0; })),
              HasSubstr("actions[0].rows must be a whole number"));
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["actions"][0]["rows"] = 1ULL << 63; })),
              HasSubstr("actions[0].rows must be a whole number"));
  EXPECT_THAT(Refusal(Changed([](json* plan) { (*plan)["fingerprint"][0]["oid"] = -1; })),
              HasSubstr("fingerprint[0].oid must be a whole number from 0 to 4294967295"));
  EXPECT_THAT(
      Refusal(Changed([](json* plan) { (*plan)["fingerprint"][0]["facts"]["columns"] = 1; })),
      HasSubstr("fingerprint[0].facts.columns must be a list"));
}

TEST(SavedPlanJson, AnAlteredValueIsRefusedWithBothHashes) {
  SavedPlan forged = Sample();
  forged.planner = "eve";
  ASSERT_TRUE(Seal(&forged).ok());
  SavedPlan sample = Sample();
  ASSERT_TRUE(Seal(&sample).ok());
  const std::string refusal = Refusal(Changed([](json* plan) { (*plan)["planner"] = "eve"; }));
  EXPECT_THAT(refusal,
              HasSubstr("its content has SHA-256 " + forged.sha256 + ", it says " + sample.sha256));
}

TEST(SavedPlanJson, AnotherFormOfTheSameContentIsRefusedWithItsPlace) {
  const json document = json::parse(Written(Sample()));
  EXPECT_THAT(Refusal(document.dump()),
              HasSubstr("saved.json:1:2: the same content in another form"));
  std::string twice = Written(Sample());
  twice.insert(twice.find("  \"planner\""), "  \"planner\": \"eve\",\n");
  EXPECT_THAT(Refusal(twice), HasSubstr("a member twice"));
}

TEST(SavedPlanJson, TextThatIsNotUtf8IsRefusedWithItsPlace) {
  for (const char* bad : {"a\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    SavedPlan plan = Sample();
    plan.actions[0].source = bad;
    const absl::StatusOr<std::string> text = WriteSavedPlan(plan);
    ASSERT_FALSE(text.ok());
    EXPECT_EQ(KindOf(text.status()), FailureKind::kBadPlan);
    EXPECT_THAT(std::string(text.status().message()), HasSubstr("actions[0].source is not UTF-8"));
  }
  SavedPlan plan = Sample();
  plan.fingerprint[0].facts["\xff"] = {};
  EXPECT_FALSE(WriteSavedPlan(plan).ok());
  EXPECT_FALSE(Seal(&plan).ok());
}

TEST(Utf8OrEscaped, KeepsUtf8AndShowsEveryOtherByteInHex) {
  EXPECT_EQ(Utf8OrEscaped("Zürich \xf0\x9f\x90\x98"), "Zürich \xf0\x9f\x90\x98");
  EXPECT_EQ(Utf8OrEscaped("Z\xfcrich\xff"), "Z\\xfcrich\\xff");
  EXPECT_EQ(Utf8OrEscaped("\xe2\x82"), "\\xe2\\x82");
}

}  // namespace
}  // namespace regraft::saved_plan

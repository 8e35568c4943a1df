// What the verbs print: documents, exit codes, help, and errors that say what to do.
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <string>

namespace regraft::support {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class CopyOutput : public Copying {
 protected:
  // Every member that users may rely on, of the right kind, on success and on failure.
  static void ExpectWhole(const json& document, Here here = {}) {
    const testing::ScopedTrace trace(here.file, here.line, document.dump());
    for (const char* number : {"rows", "bytes", "chunks", "chunks_verified", "rows_source",
                               "rows_remainder", "jobs", "max_memory_bytes"})
      EXPECT_TRUE(document.at(number).is_number_integer()) << number;
    for (const char* text : {"source", "target", "discriminator"})
      EXPECT_TRUE(document.at(text).is_string()) << text;
    EXPECT_TRUE(document.at("verified").is_boolean() || document.at("verified").is_null());
    EXPECT_TRUE(document.at("already_done").is_boolean());
    for (const char* part : {"copy", "verify", "total"})
      EXPECT_TRUE(document.at("seconds").at(part).is_number()) << part;
    const json& error = document.at("error");
    if (error.is_null()) return;
    EXPECT_TRUE(error.at("message").is_string());
    EXPECT_TRUE(error.at("sqlstate").is_string() || error.at("sqlstate").is_null());
    EXPECT_TRUE(error.at("exit_code").is_number_integer());
  }

  static void ExpectDigests(const json& document, Here here = {}) {
    for (const char* digest : {"source_digest", "written_digest"})
      if (!testing::Matches(MatchesRegex("[0-9a-f]{32}"))(document.at(digest).get<std::string>()))
        ADD_FAILURE_AT(here.file, here.line) << digest << ": " << document.at(digest);
  }

  // Runs the program on this database; the words of `errors` are what it says there.
  [[nodiscard]] ProgramResult Say(const Flags& arguments) const {
    Invocation invocation{.arguments = arguments,
                          .environment = {{"DATABASE_URL", database_.conninfo()}}};
    return RunProgram(invocation);
  }
};

TEST_F(CopyOutput, OfASuccessHasEveryMember) {
  MakeTables(5000);
  const ProgramResult result =
      Copy({"--chunk-bytes", "64KiB", "--jobs", "2", "--max-memory", "64MiB"});
  ExpectExit(0, result);
  const json document = Document(result);
  ExpectWhole(document);
  ExpectDigests(document);
  EXPECT_EQ(document["error"], nullptr);
  EXPECT_EQ(document["rows"], 5000);
  EXPECT_EQ(document["rows_source"], 5000);
  EXPECT_GT(document["chunks"], 3);
  EXPECT_EQ(document["chunks"], document["chunks_verified"]);
  EXPECT_EQ(document["verified"], true);
  EXPECT_EQ(document["already_done"], false);
  EXPECT_EQ(document["jobs"], 2);
  EXPECT_EQ(document["max_memory_bytes"], 64 << 20);
  EXPECT_EQ(document["discriminator"], "origin=x");
  // As sent: each value with 4 bytes of length before it, the discriminator included.
  EXPECT_EQ(std::to_string(document["bytes"].get<int64_t>()),
            database_.Scalar(
                "SELECT sum(20 + 4 + octet_length(name) + coalesce(octet_length(numeric_send("
                "amount)), 0) + octet_length(note) + 1) FROM app.source"));
  EXPECT_EQ(result.output.back(), '\n');
  EXPECT_NE(result.output[result.output.size() - 2], '\n');
}

TEST_F(CopyOutput, OfTheSameCommandAgainSaysThatItWasDone) {
  MakeTables(3000);
  const json first = Document(Copy());
  const ProgramResult again = Copy();
  ExpectExit(0, again);
  const json document = Document(again);
  ExpectWhole(document);
  EXPECT_EQ(document["already_done"], true);
  for (const char* member : {"rows", "bytes", "chunks", "chunks_verified", "verified",
                             "source_digest", "written_digest", "rows_source"})
    EXPECT_EQ(document[member], first[member]) << member;
}

TEST_F(CopyOutput, OfAnEmptySourceIsOneChunkOfNoRows) {
  MakeTables(0);
  const ProgramResult result = Copy();
  ExpectExit(0, result);
  const json document = Document(result);
  ExpectWhole(document);
  ExpectDigests(document);
  EXPECT_EQ(document["rows"], 0);
  EXPECT_EQ(document["bytes"], 0);
  EXPECT_EQ(document["chunks"], 1);
  EXPECT_EQ(document["chunks_verified"], 1);
  EXPECT_EQ(document["verified"], true);
}

TEST_F(CopyOutput, OfAFailureTellsWhatWasDoneAndOfTheNextRunCoversBoth) {
  MakeTables(5000);
  AddFuse(2500);
  const ProgramResult failed = Copy({"--chunk-bytes", "64KiB", "--jobs", "1"});
  ExpectExit(1, failed, "P0001");
  const json before = Document(failed);
  ExpectWhole(before);
  EXPECT_EQ(before["error"]["sqlstate"], "P0001");
  EXPECT_EQ(before["error"]["exit_code"], 1);
  EXPECT_EQ(before["verified"], nullptr);
  EXPECT_GT(before["rows"], 0);
  EXPECT_LT(before["rows"], 2501);
  RemoveFuse();
  const ProgramResult continued = Copy();
  ExpectExit(0, continued, "continuing run");
  const json after = Document(continued);
  ExpectWhole(after);
  EXPECT_EQ(after["rows"], 5000);
  EXPECT_EQ(after["already_done"], false);
  EXPECT_EQ(after["chunks"], before["chunks"]);
  EXPECT_EQ(after["chunks"], after["chunks_verified"]);
  EXPECT_GT(after["seconds"]["copy"], before["seconds"]["copy"]);
  ExpectExact();
}

// The rows are there, though their index is not: the document must not say that nothing is.
TEST_F(CopyOutput, OfAFailureBehindTheLastRowHasTheTotals) {
  MakeTables(500);
  database_.Sql(
      "DROP TABLE app.target; CREATE FUNCTION app.fail(int) RETURNS int IMMUTABLE LANGUAGE plpgsql "
      "AS 'BEGIN IF current_setting(''application_name'') LIKE ''regraft/%'' THEN RAISE ''no "
      "index''; END IF; RETURN $1; END'; CREATE INDEX ON app.source (app.fail(id))");
  const ProgramResult result = Copy({"--create"});
  ExpectExit(1, result, "no index");
  const json document = Document(result);
  ExpectWhole(document);
  ExpectDigests(document);
  EXPECT_EQ(document["rows"], 500);
  EXPECT_EQ(document["verified"], nullptr);
}

TEST_F(CopyOutput, OfARefusalIsADocumentToo) {
  MakeTables(10);
  for (const Flags& flags :
       {Flags{"--column", "nope=name"}, Flags{"--where", "nope"}, Flags{"--max-memory", "1MiB"},
        Flags{"--allow", "nothing"}, Flags{"--map", "name=nope:{}"}}) {
    const ProgramResult result = Copy(flags);
    ExpectExit(78, result);
    const json document = Document(result);
    ExpectWhole(document);
    EXPECT_EQ(document["error"]["exit_code"], 78);
    EXPECT_EQ(document["verified"], nullptr);
    EXPECT_EQ(result.output.back(), '\n');
  }
}

TEST_F(CopyOutput, OfWrongUsageIsADocumentToo) {
  const ProgramResult result = Say({"copy", "app.source", "--json"});
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_EQ(Document(result)["error"]["exit_code"], 64);
  EXPECT_THAT(Document(result)["error"]["message"].get<std::string>(), HasSubstr("TARGET"));
}

TEST_F(CopyOutput, AsTextTellsTheEquationAndTheDigests) {
  MakeTables(5000);
  const ProgramResult result =
      Say({"copy", "app.source", "app.target", "--set", "origin=x", "--chunk-bytes", "64KiB"});
  ExpectExit(0, result);
  for (const std::string words :
       {"app.source -> app.target (origin=x): 5000 rows, ", " rows/s, ", " MB/s, ",
        " chunks verified in ", "5000 rows in the source = 5000 in the target + 0 set aside",
        "source digest ", "written digest "})
    EXPECT_THAT(result.output, HasSubstr(words));
  EXPECT_EQ(result.output.back(), '\n');
  EXPECT_THAT(result.errors, HasSubstr("writers of app.source wait about "));
}

TEST_F(CopyOutput, OfVerifyAsTextAndAsADocument) {
  MakeTables(3000);
  ExpectExit(0, Copy({"--chunk-bytes", "64KiB"}));
  ProgramResult text = Say({"verify"});
  ExpectExit(0, text);
  EXPECT_THAT(text.output, HasSubstr("app.source -> app.target (origin=x): verified\n"));
  EXPECT_THAT(text.output, HasSubstr("3000 rows written, 3000 found; "));
  EXPECT_THAT(text.output, HasSubstr("source unchanged\n"));
  ProgramResult document = Say({"verify", "--json"});
  ExpectExit(0, document);
  const json good = Document(document)["copies"].at(0);
  EXPECT_EQ(good["rows"], 3000);
  EXPECT_EQ(good["rows_found"], 3000);
  EXPECT_EQ(good["chunks"], good["chunks_verified"]);
  EXPECT_EQ(good["verified"], true);
  EXPECT_EQ(good["source_state"], "unchanged");
  EXPECT_EQ(Document(document)["error"], nullptr);
  EXPECT_EQ(document.output.back(), '\n');

  database_.Sql("UPDATE app.target SET note = 'forged' WHERE ctid = '(0,3)'");
  text = Say({"verify"});
  ExpectExit(2, text, "1 of 1 copies are not what was copied: app.source -> app.target");
  EXPECT_THAT(text.output, HasSubstr("DIFFERENT"));
  EXPECT_THAT(text.output, HasSubstr("forged"));
  document = Say({"verify", "--json"});
  ExpectExit(2, document);
  const json bad = Document(document)["copies"].at(0);
  EXPECT_EQ(bad["verified"], false);
  EXPECT_LT(bad["chunks_verified"], bad["chunks"]);
  ASSERT_FALSE(bad["rows_different"].empty());
  EXPECT_TRUE(std::any_of(bad["rows_different"].begin(), bad["rows_different"].end(),
                          [](const json& row) { return row.at("chunk").is_number_integer(); }));
  EXPECT_EQ(Document(document)["error"]["exit_code"], 2);
}

TEST_F(CopyOutput, OfBenchIsThreeLinesAndNothingStaysBehind) {
  MakeTables(4000);
  ExpectExit(0, Copy());
  const std::string ledger =
      "SELECT (SELECT count(*) FROM regraft.copy) || ' ' || (SELECT count(*) FROM regraft.run) || "
      "' ' || (SELECT count(*) FROM regraft.chunk) || ' ' || (SELECT count(*) FROM "
      "regraft.chunk_done) || ' ' || (SELECT count(*) FROM regraft.worker)";
  const std::string before = database_.Scalar(ledger);
  const ProgramResult text = Say({"bench", "app.source", "--seconds", "1"});
  ExpectExit(0, text);
  for (const std::string line : {"app.source: 4000 rows, ", "\n  copy, verified ",
                                 "\n  copy, unverified ", "\n  INSERT ... SELECT, unverified "})
    EXPECT_THAT(text.output, HasSubstr(line));
  const ProgramResult document = Say({"bench", "app.source", "--seconds", "1", "--json"});
  ExpectExit(0, document);
  const json measured = Document(document);
  EXPECT_EQ(measured["rows"], 4000);
  ASSERT_EQ(measured["measured"].size(), 3U);
  for (const json& line : measured["measured"]) {
    EXPECT_EQ(line["seconds"].size(), measured["rounds"].get<size_t>());
    EXPECT_GT(line["seconds_median"], 0.0);
    EXPECT_GT(line["rows_per_second"], 0.0);
    EXPECT_GT(line["megabytes_per_second"], 0.0);
  }
  EXPECT_EQ(database_.Scalar(ledger), before);
  EXPECT_EQ(
      database_.Scalar("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'regraft_bench%'"),
      "0");
  ExpectExit(0, Say({"verify"}));  // still that of the copy
}

TEST_F(CopyOutput, OfBenchOnATableThatCannotBeCopiedCleansUpToo) {
  database_.Sql("CREATE TABLE app.source (id int, regraft_bench text)");
  EXPECT_NE(Say({"bench", "app.source", "--seconds", "1"}).exit_code, 0);
  ExpectExit(78, Say({"bench", "app.absent", "--seconds", "1"}), "there is no table app.absent");
  EXPECT_EQ(
      database_.Scalar("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'regraft_bench%'"),
      "0");
}

TEST_F(CopyOutput, OfHelpHasAnExampleForEveryVerb) {
  for (const std::string verb : {"copy", "verify", "digest", "diff", "bench"}) {
    const ProgramResult result = Say({verb, "--help"});
    EXPECT_EQ(result.exit_code, 0) << verb;
    EXPECT_THAT(result.output, HasSubstr("Example")) << verb;
    EXPECT_THAT(result.output, HasSubstr("regraft " + verb + " ")) << verb;
    EXPECT_EQ(result.errors, "") << verb;
  }
  EXPECT_THAT(Say({"--help"}).output, HasSubstr("regraft copy app.orders_2023 app.orders"));
  EXPECT_THAT(Say({"--version"}).output, MatchesRegex("regraft [0-9.]+\n"));
}

TEST_F(CopyOutput, OfWrongUsageIs64AndPointsToHelp) {
  for (const Flags& wrong :
       {Flags{}, Flags{"nonsense"}, Flags{"copy"}, Flags{"copy", "a"},
        Flags{"copy", "a", "b", "--nonsense"}, Flags{"copy", "a", "b", "c"},
        Flags{"copy", "a", "b", "--jobs", "0"}, Flags{"copy", "a", "b", "--jobs", "65"},
        Flags{"copy", "a", "b", "--jobs", "many"}, Flags{"copy", "a", "b", "--again", "--discard"},
        Flags{"copy", "a", "b", "--children", "perhaps"}, Flags{"bench", "a", "--seconds", "0"},
        Flags{"verify", "saved.json", "app.target"}}) {
    const ProgramResult result = Say(wrong);
    EXPECT_EQ(result.exit_code, 64) << testing::PrintToString(wrong) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("--help")) << testing::PrintToString(wrong);
    EXPECT_EQ(result.output, "") << testing::PrintToString(wrong);
  }
}

TEST_F(CopyOutput, OfAWrongNameTellsPlaceCauseAndWhatToDo) {
  MakeTables(10);
  const auto expect_error = [&](const Flags& arguments, const Flags& words, Here here = {}) {
    Flags all = {"copy"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const ProgramResult result = Say(all);
    ExpectExit(78, result, "", here);
    for (const std::string& word : words)
      if (result.errors.find(word) == std::string::npos)
        ADD_FAILURE_AT(here.file, here.line) << "no \"" << word << "\" in: " << result.errors;
  };
  expect_error({"app.sorce", "app.target"}, {"no table app.sorce", "did you mean app.source"});
  expect_error({"app.source", "app.targt"},
               {"no table app.targt", "did you mean app.target", "--create would make it"});
  expect_error({"app..source", "app.target"}, {"app..source"});
  expect_error({"app.\"source", "app.target"}, {"app.\"source"});
  expect_error({"a.b.c.d", "app.target"}, {"a.b.c.d"});
  expect_error({"", "app.target"}, {"name"});
  expect_error({"app.source", "app.target", "--set", "orgin=x"}, {"orgin", "origin"});
  expect_error({"app.source", "app.target", "--set", "origin"}, {"--set", "origin", "="});
  expect_error({"app.source", "app.target", "--set", "origin=x", "--column", "nme=name"},
               {"nme", "name"});
  expect_error({"app.source", "app.target", "--set", "origin=x", "--overflow", "nope"}, {"nope"});
  expect_error({"app.source", "app.target", "--map", "origin=nme:{\"a\":\"b\"}"}, {"nme"});
  expect_error({"app.source", "app.target", "--map", "origin=name:{a}"},
               {"--map", "origin=name:{a}"});
  expect_error({"app.source", "app.target", "--set", "origin=x", "--where", "nme = 'x'"},
               {"--where nme = 'x'", "column \"nme\" does not exist"});
  expect_error({"app.source", "app.target", "--set", "origin=x", "--allow", "everything"},
               {"everything", "trigger-fires"});
  expect_error({"app.source", "app.target", "--set", "origin=x", "--remainder", "a.b.c"},
               {"a.b.c"});
  expect_error({"app.source", "app.source"}, {"share app.source"});
}

TEST_F(CopyOutput, OfAServerThatIsNotThereNamesTheConnection) {
  const ProgramResult result =
      RunProgram({.arguments = {"copy", "a.b", "c.d", "--json", "--dsn", "host=/nowhere port=1"},
                  .environment = {{"DATABASE_URL", std::nullopt}}});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("/nowhere"));
  ExpectWhole(Document(result));
}

}  // namespace
}  // namespace regraft::support

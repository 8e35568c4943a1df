// regraft decide: answers a question that a plan asks.

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/files.h"
#include "cli/render/words.h"
#include "cli/user_name.h"
#include "engine/approval/answers.h"
#include "engine/base/status_macros.h"
#include "engine/plan/read_plan.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Answer a question of a plan (a pending action). The answer is kept in the database's ledger; "
    "the file stays as it is.\n"
    "It holds for the question as it is asked now: whoever edits the question or its options asks "
    "anew.\n"
    "Example:\n"
    "  regraft decide plan.yaml 'pending app.source_urls' --choose stay --reason 'nobody else "
    "reads "
    "them'";

struct DecideFlags {
  std::string file, id, choice, reason, by;
};

std::string Text(const DecideFlags& flags, const approval::Answered& answered) {
  std::string text = absl::StrCat(flags.id, ": ", flags.choice, ", by ", flags.by,
                                  answered.is_new ? "" : "; that was the answer already");
  if (const auto& before = answered.superseded)
    absl::StrAppend(&text, "; takes the place of ", before->choice, ", by ", before->by, ": ",
                    before->reason);
  if (answered.in_file)
    absl::StrAppend(&text, "; ", flags.file, " says the same, and is what the saved plan quotes");
  return Wrapped({}, "", text) +
         Wrapped({.indent = 0, .label_width = 10}, "next",
                 absl::StrCat("regraft plan ", ShellWord(flags.file), " -o saved.json"));
}

absl::Status Decide(const Session& session, const DecideFlags& flags, ordered_json* document) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(flags.file));
  ASSIGN_OR_RETURN(const plan::Plan plan, plan::ReadPlan(text, flags.file));
  absl::StatusOr<const plan::Action*> question = approval::FindQuestion(plan, flags.id);
  if (!question.ok()) return Annotate(question.status(), flags.file);
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("decide")));
  const absl::StatusOr<approval::Answered> answered = approval::StoreAnswer(
      connection, **question,
      {.id = flags.id, .choice = flags.choice, .by = flags.by, .reason = flags.reason});
  if (!answered.ok()) return Annotate(answered.status(), flags.file);
  *document = {{"id", flags.id},
               {"choice", flags.choice},
               {"by", flags.by},
               {"reason", flags.reason},
               {"question_digest", approval::QuestionDigest(**question)},
               {"new", answered->is_new},
               {"superseded", nullptr},
               {"in_file", answered->in_file}};
  if (const auto& before = answered->superseded)
    (*document)["superseded"] = {
        {"choice", before->choice}, {"by", before->by}, {"reason", before->reason}};
  if (!session.json) std::fputs(Text(flags, *answered).c_str(), stdout);
  return absl::OkStatus();
}

int Run(const Session& session, const DecideFlags& flags) {
  ordered_json document;
  const absl::Status status = Decide(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddDecide(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("decide", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<DecideFlags>();
  flags->by = UserName();
  verb->add_option("plan", flags->file, "the plan file")->type_name("PLAN.yaml")->required();
  verb->add_option("id", flags->id, "id of the pending action")->type_name("ID")->required();
  verb->add_option("--choose", flags->choice, "one of its options")->type_name("X")->required();
  verb->add_option("--reason", flags->reason, "why")->required();
  AddBy(verb, &flags->by)->capture_default_str();
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli

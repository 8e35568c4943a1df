// regraft lock, regraft unlock: the leaf lock, its check and its proof.

#include "cli/commands/commands.h"
#include "cli/confirm.h"
#include "cli/files.h"
#include "cli/render/lock_text.h"
#include "cli/render/words.h"
#include "cli/user_name.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/plan/read_plan.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAboutLock =
    "Fill the registry from the plan's \"lock\" and lock its schemas: no relation appears, "
    "disappears or changes its\n"
    "structure there unless it is registered, an approved plan does it, or the lock is opened. "
    "Rows stay free.\n"
    "--check compares catalog, registry and guard (exit code 2: drift). --test tries every way "
    "around the lock, on\n"
    "tables of its own, and rolls back.\n"
    "Examples:\n"
    "  regraft lock plan.yaml --yes\n"
    "  regraft lock --check\n"
    "  regraft lock --test";
constexpr const char* kAboutUnlock =
    "With --for, open the leaf lock for a while; what is made meanwhile goes to the registry as "
    "UNCLASSIFIED. Without,\n"
    "lift it: owners and privileges become what they were; the registry stays.\n"
    "Examples:\n"
    "  regraft unlock --for 30m --reason 'release 4.2 adds a table'\n"
    "  regraft unlock --plan sales.yaml --reason 'its schemas are given up' --yes\n"
    "  regraft unlock --reason 'the schemas are given up' --yes";

struct LockFlags {
  std::string file, by;
  bool check = false, test = false, yes = false, reserve = false;
  int lock_wait_seconds = 30;
};
struct UnlockFlags {
  std::string duration, reason, by, plan;
  bool yes = false, all = false;
  int lock_wait_seconds = 30;
};

Answered AnsweredBy(bool yes) { return yes ? Answered::kByYes : Answered::kByNobody; }

void Say(const std::string& words) { std::fprintf(stderr, "%s\n", words.c_str()); }

// "1h 30m" is not one of them: a plan's durations have one unit too.
absl::StatusOr<int64_t> Seconds(const std::string& text) {
  const size_t digits = text.find_first_not_of("0123456789");
  const std::string unit = digits == std::string::npos ? "" : text.substr(digits);
  const int64_t per_unit = unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
  const bool is_duration = digits != 0 && digits <= 5 && per_unit > 0;
  const int64_t seconds = is_duration ? per_unit * std::stoll(text.substr(0, digits)) : 0;
  if (seconds > 0) return seconds;
  return WithKind(absl::InvalidArgumentError(
                      absl::StrCat("--for ", text, " is no duration such as 30m, 2h or 1d")),
                  FailureKind::kBadPlan);
}

absl::Status Lock(const Session& session, const LockFlags& flags, ordered_json* document) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(flags.file));
  ASSIGN_OR_RETURN(const plan::Plan plan, plan::ReadPlan(text, flags.file));
  if (!plan.lock.has_value()) return BadPlan(flags.file + " has no \"lock\": nothing to lock");
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("lock")));
  RETURN_IF_ERROR(
      AskFirst(session, AnsweredBy(flags.yes),
               absl::StrCat("Lock ", absl::StrJoin(plan.lock->schemas, ", "), " now?")));
  leaf_lock::FreezeReport report;
  const absl::Status done =
      leaf_lock::Freeze(connection, *plan.lock,
                        {.plan_name = plan.name.empty() ? flags.file : plan.name,
                         .by = flags.by,
                         .reserve = flags.reserve,
                         .lock_wait_seconds = flags.lock_wait_seconds,
                         .say = Say},
                        &report);
  if (!done.ok()) return KindOf(done) == FailureKind::kBadPlan ? Annotate(done, flags.file) : done;
  *document = FreezeJson(report);
  if (!session.json) std::fputs(FreezeText(report).c_str(), stdout);
  return absl::OkStatus();
}

absl::Status Check(const Session& session, ordered_json* document) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("lock-check")));
  ASSIGN_OR_RETURN(const leaf_lock::CheckReport report, leaf_lock::Check(connection));
  *document = CheckJson(report);
  if (!session.json) std::fputs(CheckText(report).c_str(), stdout);
  if (report.drift.empty()) return absl::OkStatus();
  return Differences(absl::StrCat(
      "the leaf lock has drifted: ",
      Counted(static_cast<int64_t>(report.drift.size()), "difference", "differences")));
}

absl::Status Test(const Session& session, ordered_json* document) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("lock-test")));
  ASSIGN_OR_RETURN(const leaf_lock::AttemptsReport report, leaf_lock::TryBypasses(connection));
  *document = AttemptsJson(report);
  if (!session.json) std::fputs(AttemptsText(report).c_str(), stdout);
  const auto wrong = std::count_if(report.attempts.begin(), report.attempts.end(),
                                   [](const auto& attempt) { return !attempt.as_expected(); });
  if (wrong == 0) return absl::OkStatus();
  return Differences(absl::StrCat(Counted(wrong, "attempt", "attempts"),
                                  " came out otherwise than the lock promises"));
}

absl::StatusOr<std::string> OpenForAWhile(pg::Connection& connection, const std::string& duration,
                                          const leaf_lock::LiftOptions& options,
                                          ordered_json* document) {
  ASSIGN_OR_RETURN(const int64_t seconds, Seconds(duration));
  ASSIGN_OR_RETURN(const leaf_lock::Window window,
                   leaf_lock::OpenWindow(connection, options, seconds));
  (*document)["expires_at"] = window.expires_at;
  return absl::StrCat("the leaf lock is open until ", window.expires_at,
                      "\nnext: regraft lock --check names what came meanwhile\n");
}

// Whose lock goes is to be said where several plans have locked.
absl::Status CheckWhich(const leaf_lock::LockState& lock, const UnlockFlags& flags) {
  if (lock.parts.size() < 2 || flags.all || !flags.plan.empty()) return absl::OkStatus();
  return BadPlan(absl::StrCat("nothing was done: ", lock.parts.size(), " plans have locked, ",
                              lock.plan_name,
                              "; --plan NAME lifts the lock of one, --all those of all"));
}

absl::Status AskToLift(const Session& session, const UnlockFlags& flags) {
  return AskFirst(session, AnsweredBy(flags.yes),
                  flags.plan.empty()
                      ? "Lift the leaf lock for good?"
                      : absl::StrCat("Lift the lock of ", OneLine(flags.plan), " for good?"));
}

absl::StatusOr<std::string> LiftForGood(pg::Connection& connection,
                                        const leaf_lock::LiftOptions& options,
                                        ordered_json* document) {
  ASSIGN_OR_RETURN(const leaf_lock::LiftReport report, leaf_lock::Lift(connection, options));
  (*document)["lost"] = report.lost;
  (*document)["stay"] = report.stay;
  return absl::StrCat(report.stay.empty() ? "the leaf lock is lifted"
                                          : absl::StrCat("the lock of ", OneLine(options.plan_name),
                                                         " is lifted; in force stays that of ",
                                                         OneLine(absl::StrJoin(report.stay, "; "))),
                      "; owners and privileges are as they were before it",
                      report.lost.empty() ? "\n" : ", but for what could not be given back\n");
}

absl::Status Unlock(const Session& session, const UnlockFlags& flags, ordered_json* document) {
  const leaf_lock::LiftOptions options{.by = flags.by,
                                       .reason = flags.reason,
                                       .plan_name = flags.plan,
                                       .lock_wait_seconds = flags.lock_wait_seconds,
                                       .say = Say};
  if (flags.reason.find_first_not_of(" \t") == std::string::npos)
    return BadPlan("--reason wants a reason");
  const bool lifts = flags.duration.empty();
  if (!lifts) RETURN_IF_ERROR(Seconds(flags.duration).status());
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("unlock")));
  ASSIGN_OR_RETURN(const std::optional<leaf_lock::LockState> lock,
                   leaf_lock::FindWholeLock(connection));
  *document = {{"was_locked", lock.has_value()}, {"lifted", lifts}, {"expires_at", nullptr}};
  std::string text = "nothing is locked in this database\n";
  if (!lifts) {
    ASSIGN_OR_RETURN(text, OpenForAWhile(connection, flags.duration, options, document));
  } else if (lock.has_value()) {
    RETURN_IF_ERROR(CheckWhich(*lock, flags));
    RETURN_IF_ERROR(AskToLift(session, flags));
    ASSIGN_OR_RETURN(text, LiftForGood(connection, options, document));
  }
  if (!session.json) std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

int RunLock(const Session& session, const LockFlags& flags) {
  ordered_json document;
  const absl::Status status = flags.check  ? Check(session, &document)
                              : flags.test ? Test(session, &document)
                                           : Lock(session, flags, &document);
  return Conclude(session, status, document);
}

int RunUnlock(const Session& session, const UnlockFlags& flags) {
  ordered_json document;
  const absl::Status status = Unlock(session, flags, &document);
  return Conclude(session, status, document);
}

void AddWait(CLI::App* verb, int* seconds) {
  verb->add_option("--lock-wait", *seconds, "how long to try for the tables' locks")
      ->envname("REGRAFT_LOCK_WAIT")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

}  // namespace

void AddLock(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("lock", kAboutLock);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<LockFlags>();
  flags->by = UserName();
  CLI::Option* file =
      verb->add_option("plan", flags->file, "the plan file")->type_name("PLAN.yaml");
  CLI::Option* check = verb->add_flag("--check", flags->check, "compare, change nothing");
  CLI::Option* test = verb->add_flag("--test", flags->test, "try every way around the lock");
  check->excludes(file)->excludes(test);
  test->excludes(file);
  verb->add_flag("--reserve", flags->reserve, "leaves that are not there yet keep their place");
  verb->add_flag("--yes", flags->yes, kYesHelp);
  verb->add_option("--by", flags->by, "who locks")->type_name("NAME")->capture_default_str();
  AddWait(verb, &flags->lock_wait_seconds);
  verb->callback([session, flags] {
    if (flags->file.empty() && !flags->check && !flags->test)
      throw CLI::ValidationError("lock", "wants PLAN.yaml, --check or --test");
    session->run = [session, flags] { return RunLock(*session, *flags); };
  });
}

void AddUnlock(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("unlock", kAboutUnlock);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<UnlockFlags>();
  flags->by = UserName();
  CLI::Option* duration =
      verb->add_option("--for", flags->duration, "how long; without it the lock is lifted")
          ->type_name("30m|2h|1d");
  verb->add_option("--reason", flags->reason, "why; kept")->type_name("TEXT")->required();
  CLI::Option* plan =
      verb->add_option("--plan", flags->plan, "lift what this plan has locked, and nothing else")
          ->type_name("NAME")
          ->excludes(duration);  // a window is one in the whole lock
  verb->add_flag("--all", flags->all, "lift the locks of all plans, where several have locked")
      ->excludes(plan);
  verb->add_option("--by", flags->by, "who unlocks")->type_name("NAME")->capture_default_str();
  verb->add_flag("--yes", flags->yes, kYesHelp);
  AddWait(verb, &flags->lock_wait_seconds);
  verb->callback([session, flags] {
    session->run = [session, flags] { return RunUnlock(*session, *flags); };
  });
}

}  // namespace regraft::cli

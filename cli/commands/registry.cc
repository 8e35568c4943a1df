// regraft register, regraft registry: which relation is what, and the tree of all of them.

#include "engine/leaf_lock/registry.h"

#include "cli/commands/commands.h"
#include "cli/render/lock_text.h"
#include "cli/render/words.h"
#include "cli/user_name.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAboutRegister =
    "Say which table is what: its sub-hub and leaf type. A table that is still to be made may be "
    "registered first;\n"
    "in a locked schema it must be. Register a table again to say something else of it.\n"
    "Example:\n"
    "  regraft register sales.order_notes --sub-hub sales --leaf-type SUPPORTING";
constexpr const char* kAboutRegistry =
    "Show the registry as a tree: hub, sub-hub, leaves with rows and sizes. Rows are the server's "
    "estimate (~), or\n"
    "counted with --count.\n"
    "Example:\n"
    "  regraft registry --count";

struct RegisterFlags {
  std::string table;
  leaf_lock::Registration registration;
};

absl::Status Register(const Session& session, RegisterFlags flags, ordered_json* document) {
  leaf_lock::Registration& what = flags.registration;
  ASSIGN_OR_RETURN(what.table, pg::ParseQualifiedName(flags.table));
  if (what.table.schema.empty())
    return BadPlan(absl::StrCat(flags.table, " needs its schema: SCHEMA.TABLE"));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("register")));
  ASSIGN_OR_RETURN(const leaf_lock::Registered done, leaf_lock::Register(connection, what));
  const std::string name = pg::DisplayName(what.table);
  *document = {{"table", name},         {"sub_hub", what.sub_hub}, {"leaf_type", what.leaf_type},
               {"path", what.path},     {"by", what.by},           {"exists", done.exists},
               {"locked", done.locked}, {"was", done.was}};
  if (!session.json)
    std::fputs(absl::StrCat(OneLine(name), ": ", what.leaf_type, " of ", OneLine(what.sub_hub),
                            done.was.empty() ? "" : "; it was " + OneLine(done.was),
                            done.exists ? "" : "; it is not there yet, and may now be made", "\n")
                   .c_str(),
               stdout);
  return absl::OkStatus();
}

absl::Status Show(const Session& session, bool count, ordered_json* document) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("registry")));
  ASSIGN_OR_RETURN(const std::optional<leaf_lock::LockState> lock, leaf_lock::FindLock(connection));
  ASSIGN_OR_RETURN(const std::vector<leaf_lock::LeafEntry> leaves,
                   leaf_lock::ReadRegistry(connection, count));
  *document = RegistryJson(lock, leaves);
  if (!session.json) std::fputs(RegistryText(lock, leaves, count).c_str(), stdout);
  return absl::OkStatus();
}

int RunRegister(const Session& session, const RegisterFlags& flags) {
  ordered_json document;
  const absl::Status status = Register(session, flags, &document);
  return Conclude(session, status, document);
}

int RunShow(const Session& session, bool count) {
  ordered_json document;
  const absl::Status status = Show(session, count, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddRegister(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("register", kAboutRegister);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<RegisterFlags>();
  leaf_lock::Registration& what = flags->registration;
  what.by = UserName();
  verb->add_option("table", flags->table, "SCHEMA.TABLE")->type_name("TABLE")->required();
  verb->add_option("--sub-hub", what.sub_hub, "the branch of the tree")
      ->type_name("NAME")
      ->required();
  verb->add_option("--leaf-type", what.leaf_type,
                   "CANONICAL, ERROR, MV, REGISTRY, ARCHIVE, STAGING, QUEUE, AUDIT, SUPPORTING, "
                   "SYSTEM")
      ->type_name("TYPE")
      ->required();
  verb->add_option("--path", what.path, "where in the tree; default: the sub-hub")
      ->type_name("A/B/C");
  verb->add_option("--by", what.by, "who says so")->type_name("NAME")->capture_default_str();
  verb->callback([session, flags] {
    session->run = [session, flags] { return RunRegister(*session, *flags); };
  });
}

void AddRegistry(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("registry", kAboutRegistry);
  AddCommonFlags(verb, session);
  auto count = std::make_shared<bool>(false);
  verb->add_flag("--count", *count, "count every row");
  verb->callback(
      [session, count] { session->run = [session, count] { return RunShow(*session, *count); }; });
}

}  // namespace regraft::cli

#include "tests/support/copying.h"

#include <thread>

namespace regraft::support {
namespace {

constexpr std::chrono::milliseconds kLookAgain{5};

// A copy of a few thousand rows takes a second; this only ends what hangs.
constexpr std::chrono::milliseconds kPatience{120'000};

ProgramResult RunPatiently(const Invocation& invocation) {
  RunningProgram program = Start(invocation);
  if (auto result = program.Wait(Deadline::After(kPatience)); result.has_value()) return *result;
  program.Kill(SIGKILL);
  ADD_FAILURE() << "the copy hung; it said: " << program.ReadErrors();
  return *program.Wait(Deadline::After(kPatience));
}

}  // namespace

Copying::Copying() { database_.Sql("CREATE SCHEMA app"); }

Copying::~Copying() {
  for (const std::string& role : roles_)
    database_.Sql("REASSIGN OWNED BY " + role + " TO CURRENT_USER; DROP OWNED BY " + role +
                  "; DROP ROLE " + role);
}

void Copying::MakeTables(int rows) {
  database_.Sql(
      "CREATE TABLE app.source (id int, name text, amount numeric, note text);"
      "CREATE TABLE app.target (id int, name text, amount numeric, note text, origin text);"
      "INSERT INTO app.source SELECT i - i % 7 / 6, 'name ' || i - i % 7 / 6, "
      "CASE WHEN i % 5 > 0 THEN (i - i % 7 / 6) / 8.0 END, repeat('n', 60) "
      "FROM generate_series(1, " +
      std::to_string(rows) + ") AS i");
}

void Copying::AddGate(int free_rows) {
  database_.Sql(
      "CREATE SEQUENCE app.passed; GRANT USAGE ON SEQUENCE app.passed TO PUBLIC; CREATE FUNCTION "
      "app.pass_gate() RETURNS int LANGUAGE plpgsql AS "
      "$$BEGIN IF nextval('app.passed') > " +
      std::to_string(free_rows) +
      " THEN PERFORM pg_advisory_xact_lock_shared(4711); END IF; RETURN 0; END$$;"
      "ALTER TABLE app.target ADD gate int; "
      "ALTER TABLE app.target ALTER gate SET DEFAULT app.pass_gate()");
}

void Copying::AddFuse(int rows) {
  database_.Sql(
      "CREATE SEQUENCE app.burnt; CREATE FUNCTION app.burn() RETURNS int LANGUAGE plpgsql AS "
      "$$BEGIN IF nextval('app.burnt') > " +
      std::to_string(rows) +
      " THEN RAISE 'the fuse has blown'; END IF; RETURN 0; END$$;"
      "ALTER TABLE app.target ADD fuse int; "
      "ALTER TABLE app.target ALTER fuse SET DEFAULT app.burn()");
}

void Copying::RemoveFuse() { database_.Sql("ALTER TABLE app.target ALTER fuse DROP DEFAULT"); }

Invocation Copying::CopyCommand(const Flags& flags) const {
  Invocation invocation{.arguments = {"copy", "app.source", "app.target", "--set", "origin=x",
                                      "--json", "--dsn", database_.conninfo()},
                        .environment = {{"DATABASE_URL", std::nullopt}}};
  invocation.arguments.insert(invocation.arguments.end(), flags.begin(), flags.end());
  return invocation;
}

Invocation Copying::CopyCommandAs(const std::string& role, const Flags& flags) const {
  Invocation invocation = CopyCommand(flags);
  for (std::string& argument : invocation.arguments)
    if (argument == database_.conninfo()) argument += " user=" + role;
  return invocation;
}

ProgramResult Copying::Copy(const Flags& flags) const { return RunPatiently(CopyCommand(flags)); }

RunningProgram Copying::StartCopy(const Flags& flags) const { return Start(CopyCommand(flags)); }

std::string Copying::MakeRole(const std::string& suffix, const std::string& options) {
  const std::string role = database_.name() + "_" + suffix;
  database_.Sql("CREATE ROLE " + role + " LOGIN " + options);
  roles_.push_back(role);
  return role;
}

void Copying::ExpectExact(Here here) {
  const std::string source = "SELECT id, name, amount::text, note, 'x' AS origin FROM app.source";
  const std::string target =
      "SELECT id, name, amount::text, note, origin FROM app.target WHERE origin = 'x'";
  const auto differences = [&](const std::string& left, const std::string& right) {
    return database_.Scalar("SELECT count(*) FROM ((" + left + ") EXCEPT ALL (" + right + ")) AS d",
                            here);
  };
  if (const std::string lost = differences(source, target); lost != "0")
    ADD_FAILURE_AT(here.file, here.line) << lost << " rows of the source are not in the target";
  if (const std::string extra = differences(target, source); extra != "0")
    ADD_FAILURE_AT(here.file, here.line) << extra << " rows of the target are not the source's";
}

void Copying::ExpectNoHalfChunk(Here here) {
  const std::string odd = database_.Scalar(
      "SELECT count(*) FROM (SELECT xmin, count(*) FROM app.target WHERE origin = 'x' GROUP BY 1) "
      "t "
      "FULL JOIN (SELECT xid::xid AS xmin, sum(rows) AS rows FROM regraft.chunk_done "
      "JOIN regraft.run USING (run_id) JOIN regraft.copy USING (copy_id) WHERE state <> "
      "'discarded' "
      "AND target_oid = 'app.target'::regclass AND provenance = 'origin=x' GROUP BY 1) d "
      "USING (xmin) WHERE t.count IS DISTINCT FROM nullif(d.rows, 0)",
      here);
  if (odd != "0")
    ADD_FAILURE_AT(here.file, here.line) << odd << " transactions disagree with the ledger";
}

void Copying::ExpectExit(int code, const ProgramResult& result, std::string_view words, Here here) {
  if (result.exit_code != code)
    ADD_FAILURE_AT(here.file, here.line)
        << "exit " << result.exit_code << " instead of " << code << ": " << result.errors;
  if (result.errors.find(words) == std::string::npos)
    ADD_FAILURE_AT(here.file, here.line) << "no \"" << words << "\" in: " << result.errors;
}

bool Copying::WaitUntil(const std::string& condition, int seconds, Here here) {
  const Deadline deadline = Deadline::After(std::chrono::seconds(seconds));
  while (database_.Scalar("SELECT (" + condition + ")::text", here) != "true") {
    if (deadline.passed()) {
      ADD_FAILURE_AT(here.file, here.line) << "never came true: " << condition;
      return false;
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return true;
}

bool Copying::WaitAtGate(int lanes, Here here) {
  return WaitUntil(
      "SELECT count(*) = " + std::to_string(lanes) +
          " FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted "
          "AND database = (SELECT oid FROM pg_database WHERE datname = "
          "current_database())",
      30, here);
}

int Copying::Terminate(const std::string& name, Here here) {
  return std::stoi(database_.Scalar(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
      "current_database() AND application_name LIKE 'regraft/" +
          name + "' AND application_name <> 'regraft/gate'",
      here));
}

std::string Copying::DoneChunks() {
  return database_.Scalar("SELECT count(*) FROM regraft.chunk_done");
}

Gate::Gate(const TestDatabase& database) : session_(database.Connect("gate")) {
  const absl::Status closed = session_.Run("SELECT pg_advisory_lock(4711)");
  if (!closed.ok()) throw std::runtime_error(closed.ToString());
}

void Gate::Open() { EXPECT_TRUE(session_.Run("SELECT pg_advisory_unlock_all()").ok()); }

nlohmann::json Document(const ProgramResult& result, Here here) {
  nlohmann::json document =
      nlohmann::json::parse(result.output, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) {
    ADD_FAILURE_AT(here.file, here.line) << "not one JSON object: " << result.output;
    return nlohmann::json::object();
  }
  return document;
}

}  // namespace regraft::support

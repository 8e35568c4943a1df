// The functions of schema regraft_guard: what the server itself executes to hold a leaf lock.
// Internal to this folder. docs/leaf-lock.md says what they refuse and let pass.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace regraft::leaf_lock {

inline constexpr std::string_view kGuardSchema = "regraft_guard";
// The SQLSTATE of whatever the guard refuses.
inline constexpr std::string_view kRefused = "RG001";

// `body` is what pg_proc.prosrc must hold, byte for byte: that is how a replaced one is found.
struct GuardFunction {
  std::string_view name, arguments, returns, language, body;
};
// In an order in which they can be created.
const std::vector<GuardFunction>& GuardFunctions();

// Those that only read, made in another schema from what this program says: a check must not ask
// functions that somebody may have replaced.
std::string CreateReadersIn(const std::string& schema);
// All of them, in kGuardSchema, which is made where it is missing.
std::string CreateGuard();
// The two event triggers, made anew. For superusers.
std::string CreateEventTriggers();
std::string DropGuard();

// guard_readers.cc
const std::vector<GuardFunction>& GuardReaders();
// guard_writers.cc
const std::vector<GuardFunction>& GuardWriters();

}  // namespace regraft::leaf_lock

// The leaf lock and the registry for people and for programs.
#pragma once

#include "engine/leaf_lock/attempts.h"
#include "engine/leaf_lock/check.h"
#include "engine/leaf_lock/leaf_lock.h"
#include "engine/leaf_lock/registry.h"

#include "nlohmann/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace regraft::cli {

std::string RegistryText(const std::optional<leaf_lock::LockState>& lock,
                         const std::vector<leaf_lock::LeafEntry>& leaves, bool counted);
nlohmann::ordered_json RegistryJson(const std::optional<leaf_lock::LockState>& lock,
                                    const std::vector<leaf_lock::LeafEntry>& leaves);

std::string FreezeText(const leaf_lock::FreezeReport& report);
nlohmann::ordered_json FreezeJson(const leaf_lock::FreezeReport& report);

std::string CheckText(const leaf_lock::CheckReport& report);
nlohmann::ordered_json CheckJson(const leaf_lock::CheckReport& report);

std::string AttemptsText(const leaf_lock::AttemptsReport& report);
nlohmann::ordered_json AttemptsJson(const leaf_lock::AttemptsReport& report);

}  // namespace regraft::cli

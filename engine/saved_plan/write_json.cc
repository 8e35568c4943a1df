#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/saved_plan/members.h"
#include "engine/saved_plan/saved_plan_json.h"
#include "engine/saved_plan/sha256.h"
#include "engine/saved_plan/utf8.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace regraft::saved_plan {
namespace {

using nlohmann::json;

// Keeps the first text that is not UTF-8, by its path in the document.
class Writer {
 public:
  json Json(const std::string& text) {
    const size_t valid = ValidUtf8Prefix(text);
    if (valid < text.size() && error_.ok())
      error_ = BadPlan(absl::StrCat("the saved plan's ", path_, " is not UTF-8 (byte ", valid + 1,
                                    " of \"", Utf8OrEscaped(text),
                                    "\"); rename that object, or give the database its encoding: "
                                    "JSON cannot hold the name"));
    return text;
  }
  json Json(bool value) { return value; }
  json Json(int value) { return value; }
  json Json(int64_t value) { return value; }
  json Json(uint32_t value) { return value; }
  json Json(const std::optional<int64_t>& value) { return value ? json(*value) : json(nullptr); }

  template <typename T>
  json Json(const std::vector<T>& values) {
    json array = json::array();
    for (const T& value : values) array.push_back(At(absl::StrCat("[", array.size(), "]"), value));
    return array;
  }
  json Json(const std::map<std::string, std::vector<std::string>>& values) {
    json object = json::object();
    for (const auto& [key, value] : values) {
      Json(key);
      object[key] = At(absl::StrCat(".", key), value);
    }
    return object;
  }
  template <typename T>
  json Json(const T& value) {
    json object = json::object();
    Members(value, [&](const char* name, const auto& member) {
      object[name] = At(absl::StrCat(path_.empty() ? "" : ".", name), member);
    });
    return object;
  }

  [[nodiscard]] const absl::Status& error() const { return error_; }

 private:
  template <typename T>
  json At(const std::string& step, const T& value) {
    const size_t before = path_.size();
    path_ += step;
    json written = Json(value);
    path_.resize(before);
    return written;
  }

  std::string path_;
  absl::Status error_;
};

// nlohmann's objects are sorted by key; numbers here are integers only.
std::string Canonical(const json& document) { return document.dump(2) + "\n"; }

absl::StatusOr<json> SealedDocument(const SavedPlan& plan) {
  Writer writer;
  json document = writer.Json(plan);
  RETURN_IF_ERROR(writer.error());
  document.erase("sha256");
  document["sha256"] = Sha256(Canonical(document));
  return document;
}

}  // namespace

absl::StatusOr<std::string> WriteSavedPlan(const SavedPlan& plan) {
  ASSIGN_OR_RETURN(const json document, SealedDocument(plan));
  return Canonical(document);
}

absl::Status Seal(SavedPlan* plan) {
  plan->sha256.clear();
  ASSIGN_OR_RETURN(const json document, SealedDocument(*plan));
  plan->sha256 = document["sha256"].get<std::string>();
  return absl::OkStatus();
}

}  // namespace regraft::saved_plan

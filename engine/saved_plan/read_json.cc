#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/saved_plan/members.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace regraft::saved_plan {
namespace {

using nlohmann::json;

constexpr const char* kPlanAgain =
    "; save it again: regraft plan PLAN.yaml -o saved.json, and have that approved";

// Keeps the first thing that is not as it must be, by its path in the document.
class Reader {
 public:
  void Value(const json& document, std::string& text) {
    if (document.is_string())
      text = document.get<std::string>();
    else
      Fail("must be text");
  }
  void Value(const json& document, bool& value) {
    if (document.is_boolean())
      value = document.get<bool>();
    else
      Fail("must be true or false");
  }
  template <std::integral T>
  void Value(const json& document, T& value) {
    // An unsigned value above int64's would come out negative.
    const bool fits =
        document.is_number_integer() &&
        (!document.is_number_unsigned() ||
         document.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<T>::max())) &&
        document.get<int64_t>() >= int64_t{std::numeric_limits<T>::min()};
    if (fits)
      value = document.get<T>();
    else
      Fail(absl::StrCat("must be a whole number from ", std::numeric_limits<T>::min(), " to ",
                        std::numeric_limits<T>::max()));
  }
  void Value(const json& document, std::optional<int64_t>& value) {
    if (!document.is_null()) Value(document, value.emplace());
  }
  template <typename T>
  void Value(const json& document, std::vector<T>& values) {
    if (!document.is_array()) return Fail("must be a list");
    for (const json& item : document) {
      const std::string step = absl::StrCat("[", values.size(), "]");
      At(step, item, values.emplace_back());
    }
  }
  void Value(const json& document, std::map<std::string, std::vector<std::string>>& values) {
    if (!document.is_object()) return Fail("must be an object");
    for (const auto& [key, value] : document.items())
      At(absl::StrCat(".", key), value, values[key]);
  }
  template <typename T>
  void Value(const json& document, T& value) {
    if (!document.is_object()) return Fail("must be an object");
    std::set<std::string> known;
    Members(value, [&](const char* name, auto& member) {
      known.insert(name);
      const auto found = document.find(name);
      if (found == document.end())
        Fail(absl::StrCat("has no member \"", name, "\""));
      else
        At(absl::StrCat(path_.empty() ? "" : ".", name), *found, member);
    });
    for (const auto& [key, member] : document.items())
      if (!known.contains(key)) Fail(absl::StrCat("has an unknown member \"", key, "\""));
  }

  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  template <typename T>
  void At(const std::string& step, const json& document, T& value) {
    const size_t before = path_.size();
    path_ += step;
    Value(document, value);
    path_.resize(before);
  }
  void Fail(const std::string& what) {
    if (error_.empty()) error_ = absl::StrCat(path_.empty() ? "the document" : path_, " ", what);
  }

  std::string path_;
  std::string error_;
};

// "saved.json:3:14", both from 1; `byte` counts from 1, as the parser's errors do.
std::string Place(const std::string& text, const std::string& file, size_t byte) {
  const std::string_view before(text.data(), std::min(text.size(), byte == 0 ? 0 : byte - 1));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t line_end = before.rfind('\n');
  const size_t column = before.size() - (line_end == std::string_view::npos ? 0 : line_end + 1) + 1;
  return absl::StrCat(file, ":", line, ":", column);
}

absl::StatusOr<json> Parse(const std::string& text, const std::string& file) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    return BadPlan(absl::StrCat(Place(text, file, error.byte),
                                ": this is not JSON, or it was cut off or altered", kPlanAgain));
  }
}

// A file of another format is refused for that alone: whatever else it holds means something else.
absl::Status CheckFormat(const json& document, const std::string& file) {
  if (!document.is_object() || !document.contains("format") || !document.contains("sha256") ||
      !document["format"].is_number_integer())
    return BadPlan(absl::StrCat(
        file, ": JSON, but not a saved plan; regraft plan PLAN.yaml -o saved.json writes one"));
  const json& format = document["format"];
  if (format == kFormat) return absl::OkStatus();
  return BadPlan(absl::StrCat(
      file, ": a saved plan of format ", format.dump(), "; this program reads format ", kFormat,
      format > json(kFormat) ? ": use a newer regraft, or save it again with this one: "
                             : ": save it again: ",
      "regraft plan PLAN.yaml -o saved.json"));
}

}  // namespace

absl::StatusOr<SavedPlan> ReadSavedPlan(const std::string& text, const std::string& file) {
  ASSIGN_OR_RETURN(const json document, Parse(text, file));
  RETURN_IF_ERROR(CheckFormat(document, file));
  SavedPlan plan;
  Reader reader;
  reader.Value(document, plan);
  if (!reader.error().empty())
    return BadPlan(
        absl::StrCat(file, ": altered after it was saved: ", reader.error(), kPlanAgain));
  SavedPlan sealed = plan;
  RETURN_IF_ERROR(Annotate(Seal(&sealed), file));
  if (sealed.sha256 != plan.sha256)
    return BadPlan(absl::StrCat(file, ": altered after it was saved: its content has SHA-256 ",
                                sealed.sha256, ", it says ", plan.sha256, kPlanAgain));
  ASSIGN_OR_RETURN(const std::string canonical, WriteSavedPlan(plan));
  if (canonical != text) {
    const auto differs =
        std::mismatch(canonical.begin(), canonical.end(), text.begin(), text.end()).second;
    return BadPlan(absl::StrCat(Place(text, file, static_cast<size_t>(differs - text.begin()) + 1),
                                ": the same content in another form than it was saved in "
                                "(reformatted, or a member twice)",
                                kPlanAgain));
  }
  return plan;
}

}  // namespace regraft::saved_plan

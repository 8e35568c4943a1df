// Pieces of YAML text. Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regraft::plan {

// Plain where every YAML reader takes it for this text, else in quotes.
std::string YamlScalar(std::string_view text);
// [a, 'b c']
std::string YamlList(const std::vector<std::string>& texts);
// {a: b}; the values are YAML already, the keys are not.
std::string YamlFlowMap(const std::vector<std::pair<std::string, std::string>>& pairs);

// 36h: in the largest unit that divides it.
std::string YamlDuration(int64_t seconds);

// Lines of one block map that is an item of a list: the first behind a dash, the rest below it.
class YamlItem {
 public:
  explicit YamlItem(std::string indent) : indent_(std::move(indent)) {}

  // `value` is YAML already. Nothing is written for the empty text.
  void Add(std::string_view key, std::string_view value);
  // A plain text; left out if empty.
  void AddText(std::string_view key, std::string_view text);
  void AddList(std::string_view key, const std::vector<std::string>& texts);
  // One item per line: for what people read and strike out.
  void AddLines(std::string_view key, const std::vector<std::string>& texts);
  // Lines that stand below a key already.
  void AddBlock(std::string_view key, std::string_view lines);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& indent() const { return indent_; }

 private:
  void BeginLine();

  std::string indent_;
  std::string text_;
};

}  // namespace regraft::plan

#include "engine/code_search/search_code.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/code_search/name_matcher.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace regraft::code_search {
namespace {

namespace fs = std::filesystem;

// Nobody edits what is in these. A directory of one's own with such a name is said to be skipped.
constexpr std::array<std::string_view, 14> kSkipped = {
    ".git",  ".hg",  ".svn", "node_modules", "build",       "dist",    "target",
    ".venv", "venv", ".tox", ".next",        "__pycache__", ".gradle", ".cache"};

constexpr size_t kBinaryProbeBytes = 8 << 10;  // as git does
constexpr size_t kShownBytes = 160;

// The bytes of the UTF-8 character at `at`; 0 where there is none.
size_t CharacterBytes(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const size_t bytes = first < 0x80   ? 1
                       : first < 0xC2 ? 0
                       : first < 0xE0 ? 2
                       : first < 0xF0 ? 3
                       : first < 0xF5 ? 4
                                      : 0;
  if (bytes == 0 || at + bytes > text.size()) return 0;
  for (size_t i = 1; i < bytes; ++i)
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  return bytes;
}

// Source in another encoding is searched as well, and shown with U+FFFD for what is no UTF-8.
std::string Shown(std::string_view text, size_t bytes_max) {
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    if (shown.size() >= bytes_max) return shown + "…";
    const size_t bytes = CharacterBytes(text, at);
    if (bytes == 0)
      shown += "\uFFFD";
    else
      shown.append(text, at, bytes);
    at += std::max<size_t>(bytes, 1);
  }
  return shown;
}

std::vector<size_t> UniqueBareNames(const std::vector<NameChange>& names,
                                    const SearchOptions& options) {
  std::vector<size_t> unique;
  if (!options.bare_names) return unique;
  std::map<std::string, int> uses;
  for (const NameChange& change : names) ++uses[change.from.name];
  for (const std::string& namesake : options.namesakes) ++uses[namesake];
  for (size_t i = 0; i < names.size(); ++i)
    if (uses[names[i].from.name] == 1) unique.push_back(i);
  return unique;
}

std::vector<pg::QualifiedName> OldNames(const std::vector<NameChange>& names) {
  std::vector<pg::QualifiedName> old_names;
  old_names.reserve(names.size());
  for (const NameChange& change : names) old_names.push_back(change.from);
  return old_names;
}

class Searcher {
 public:
  Searcher(fs::path root, const std::vector<NameChange>& names, const SearchOptions& options)
      : root_(std::move(root)),
        names_(names),
        options_(options),
        matcher_(OldNames(names), UniqueBareNames(names, options)) {}

  CodeSearch Run() {
    Walk(root_);
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::string Relative(const fs::path& path) const {
    const fs::path relative = path.lexically_relative(root_);
    return Shown(relative.string(), std::string::npos);
  }

  void Unread(const fs::path& path, const std::string& reason) {
    result_.unread.push_back(absl::StrCat(Relative(path), ": ", reason));
  }

  // By name, so that the same tree gives the same list.
  void Walk(const fs::path& directory) {
    std::error_code error;
    std::set<fs::path> paths;
    for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
      paths.insert(it->path());
    if (error) Unread(directory, error.message());
    for (const fs::path& path : paths) {
      std::error_code unknown;
      const fs::file_status status = fs::symlink_status(path, unknown);
      if (status.type() == fs::file_type::directory)
        Enter(path);
      else if (status.type() == fs::file_type::regular)
        Search(path);
      else if (unknown)
        Unread(path, unknown.message());
    }
  }

  void Enter(const fs::path& path) {
    if (std::find(kSkipped.begin(), kSkipped.end(), path.filename().string()) == kSkipped.end())
      Walk(path);
    else
      result_.skipped.push_back(Relative(path));
  }

  // False: reported as unread.
  bool Read(const fs::path& path) {
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (!error && bytes > static_cast<uintmax_t>(options_.file_bytes_max)) {
      Unread(path, absl::StrCat("larger than ", options_.file_bytes_max, " bytes"));
      return false;
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    text_.resize(error ? 0 : bytes);
    if (!error && file) file.read(text_.data(), static_cast<std::streamsize>(bytes));
    if (error || !file.is_open() || file.bad()) {
      Unread(path, error ? error.message() : std::strerror(errno));
      return false;
    }
    text_.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return true;
  }

  void Search(const fs::path& path) {
    if (!Read(path)) return;
    if (text_.find('\0') < kBinaryProbeBytes) return;
    ++result_.files;
    result_.bytes += static_cast<int64_t>(text_.size());
    Record(path, matcher_.Find(text_));
  }

  void Record(const fs::path& path, const std::vector<NameMatcher::Match>& matches) {
    if (matches.empty()) return;
    const std::string file = Relative(path);
    int64_t line = 1;
    size_t counted = 0;
    std::set<std::pair<int64_t, size_t>> recorded;
    for (const NameMatcher::Match& match : matches) {
      const auto from = text_.begin() + static_cast<std::ptrdiff_t>(counted);
      line += std::count(from, text_.begin() + static_cast<std::ptrdiff_t>(match.offset), '\n');
      counted = match.offset;
      if (!recorded.emplace(line, match.name).second) continue;
      result_.found.push_back({.file = file,
                               .line = line,
                               .text = LineAt(match.offset),
                               .old_name = names_[match.name].from,
                               .new_name = names_[match.name].to,
                               .bare = match.bare});
    }
  }

  // Of a long line, as minified code has them, what stands around the match.
  [[nodiscard]] std::string LineAt(size_t offset) const {
    const size_t before = offset == 0 ? std::string::npos : text_.rfind('\n', offset - 1);
    size_t begin = before == std::string::npos ? 0 : before + 1;
    const size_t end = std::min(text_.find('\n', offset), text_.size());
    while (begin < offset && absl::ascii_isspace(static_cast<unsigned char>(text_[begin]))) ++begin;
    const bool cut = offset - begin > kShownBytes / 2;
    if (cut) begin = offset - kShownBytes / 4;
    while (cut && begin < offset && (static_cast<unsigned char>(text_[begin]) & 0xC0) == 0x80)
      ++begin;
    const auto text =
        absl::StripTrailingAsciiWhitespace(absl::string_view(text_.data() + begin, end - begin));
    return absl::StrCat(cut ? "…" : "", Shown(AsStd(text), kShownBytes));
  }

  fs::path root_;
  const std::vector<NameChange>& names_;
  const SearchOptions& options_;
  NameMatcher matcher_;
  CodeSearch result_;
  std::string text_;  // of the file being searched; its memory is used again
};

}  // namespace

absl::StatusOr<CodeSearch> SearchCode(const std::string& directory,
                                      const std::vector<NameChange>& names,
                                      const SearchOptions& options) {
  std::error_code error;
  if (!fs::is_directory(directory, error))
    return BadPlan(absl::StrCat("cannot search ", directory, ": ",
                                error ? error.message() : std::string("it is not a directory"),
                                "; name the directory that holds the application's source"));
  return Searcher(fs::path(directory), names, options).Run();
}

}  // namespace regraft::code_search

#include "engine/apply/declared.h"

#include "engine/base/status_macros.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace regraft::apply {
namespace {

using catalog::Dossier;
using pg::QualifiedName;

bool InName(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || byte == '$' ||
         byte == '"' || byte == '.' || (static_cast<unsigned char>(byte) & 0x80U) != 0;
}

// A column or a call may follow a name: "s.t(id)", "s.t.id"; in front nothing of a name may stand.
bool IsWhole(const std::string& text, size_t at, size_t size) {
  const bool begins = at == 0 || !InName(text[at - 1]);
  const size_t end = at + size;
  return begins && (end == text.size() || text[end] == '.' || !InName(text[end]));
}

std::string Replaced(const std::string& text, const NewName& name) {
  std::string out;
  size_t from = 0;
  for (size_t at = text.find(name.from); at != std::string::npos;
       at = text.find(name.from, at + 1)) {
    if (at < from || !IsWhole(text, at, name.from.size())) continue;
    out.append(text, from, at - from).append(name.to);
    from = at + name.from.size();
  }
  return out.append(text, from);
}

// A comment is anybody's text.
bool HoldsNames(const std::string& fact) {
  return fact != "name" && fact != "comments" && fact != "security_labels";
}

// Reads a quoted identifier.
bool ReadPart(const std::string& sql, size_t* at, std::string* part) {
  part->clear();
  if (*at >= sql.size() || sql[*at] != '"') return false;
  for (++*at; *at < sql.size(); ++*at) {
    if (sql[*at] != '"') {
      part->push_back(sql[*at]);
    } else if (*at + 1 < sql.size() && sql[*at + 1] == '"') {
      part->push_back(sql[(*at)++]);
    } else {
      ++*at;
      return true;
    }
  }
  return false;
}

bool ReadOne(const std::string& text, std::string* name) {
  size_t at = 0;
  return ReadPart(text, &at, name) && at == text.size();
}

// What stands in front of the first blank outside quotes: an identifier as the server writes it.
std::string FirstWord(const std::string& line) {
  bool quoted = false;
  for (size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '"') quoted = !quoted;
    if (!quoted && (line[at] == ' ' || line[at] == ':')) return line.substr(0, at);
  }
  return line;
}

std::string IndexName(const std::string& line) {
  const size_t at = line.find("INDEX ");
  return at == std::string::npos ? "" : FirstWord(line.substr(at + 6));
}

void ReplaceFirst(std::string* line, const std::string& from, const std::string& to) {
  if (const size_t at = line->find(from); at != std::string::npos)
    line->replace(at, from.size(), to);
}

void ReplacePrefix(std::string* line, const std::string& from, const std::string& to) {
  if (absl::StartsWith(*line, from)) line->replace(0, from.size(), to);
}

class Declarer {
 public:
  Declarer(pg::Connection* connection, Dossier before)
      : connection_(connection), now_(std::move(before)) {}

  absl::StatusOr<Declared> Read(const std::vector<std::string>& statements) {
    for (const std::string& sql : statements) RETURN_IF_ERROR(ReadStatement(sql));
    for (auto& [fact, lines] : now_.facts)
      if (fact != "columns") std::sort(lines.begin(), lines.end());
    std::erase_if(now_.facts, [](const auto& fact) { return fact.second.empty(); });
    declared_.after = std::move(now_);
    return std::move(declared_);
  }

 private:
  absl::StatusOr<std::string> Quoted(const QualifiedName& name) {
    ASSIGN_OR_RETURN(
        const pg::Result result,
        connection_->Query("SELECT format('%I.%I', $1::text, $2::text)", {name.schema, name.name}));
    return result.Text(0, 0);
  }
  absl::StatusOr<std::string> Quoted(const std::string& name) {
    ASSIGN_OR_RETURN(const pg::Result result,
                     connection_->Query("SELECT quote_ident($1::text)", {name}));
    return result.Text(0, 0);
  }

  absl::Status ReadStatement(const std::string& sql) {
    QualifiedName name;
    std::string rest, to;
    if (ReadTarget(sql, "ALTER TABLE ", &name, &rest)) {
      if (name != now_.name) return absl::OkStatus();
      if (ReadOne(std::string(absl::StripPrefix(rest, " RENAME TO ")), &to))
        return Rename({name.schema, to});
      if (ReadOne(std::string(absl::StripPrefix(rest, " SET SCHEMA ")), &to))
        return Rename({to, name.name});
    }
    for (const char* kind : {"INDEX", "SEQUENCE", "STATISTICS"})
      if (ReadTarget(sql, absl::StrCat("ALTER ", kind, " "), &name, &rest)) {
        if (ReadOne(std::string(absl::StripPrefix(rest, " RENAME TO ")), &to))
          return RenamePart(kind, name, {name.schema, to});
        if (ReadOne(std::string(absl::StripPrefix(rest, " SET SCHEMA ")), &to))
          return RenamePart(kind, name, {to, name.name});
      }
    if (ReadTarget(sql, "COMMENT ON TABLE ", &name, &rest) && name == now_.name)
      return Comment(std::string(absl::StripPrefix(rest, " IS ")));
    if (ReadTarget(sql, "CREATE VIEW ", &name, &rest)) return AddView(name);
    if (ReadTarget(sql, "DROP VIEW ", &name, &rest)) return DropView(name);
    return absl::OkStatus();
  }

  // Its indexes and sequences change their schema with it.
  absl::Status Rename(const QualifiedName& to) {
    const std::vector<std::string> names = NamesOf(now_);
    ASSIGN_OR_RETURN(const std::string quoted, Quoted(to));
    ASSIGN_OR_RETURN(const std::string old_schema, Quoted(now_.name.schema));
    ASSIGN_OR_RETURN(const std::string new_schema, Quoted(to.schema));
    std::vector<NewName> changes = {{names[0], quoted}};
    for (size_t i = 1; i < names.size() && old_schema != new_schema; ++i)
      changes.push_back({names[i], new_schema + names[i].substr(old_schema.size())});
    Carry(changes);
    now_.name = to;
    now_.facts["name"] = {quoted};
    return absl::OkStatus();
  }

  void Carry(const std::vector<NewName>& changes) {
    now_ = WithNames(std::move(now_), changes);
    declared_.names.insert(declared_.names.end(), changes.begin(), changes.end());
  }

  absl::Status RenamePart(std::string_view kind, const QualifiedName& from,
                          const QualifiedName& to) {
    ASSIGN_OR_RETURN(const std::string whole_from, Quoted(from));
    ASSIGN_OR_RETURN(const std::string whole_to, Quoted(to));
    ASSIGN_OR_RETURN(const std::string bare_from, Quoted(from.name));
    ASSIGN_OR_RETURN(const std::string bare_to, Quoted(to.name));
    for (auto& [fact, lines] : now_.facts)
      for (std::string& line : lines)
        RenameInLine(kind, fact, {{bare_from, bare_to}, {whole_from, whole_to}}, &line);
    Carry({{whole_from, whole_to}});
    return absl::OkStatus();
  }

  struct Renamed {
    NewName bare, whole;
  };

  static void RenameInLine(std::string_view kind, const std::string& fact, const Renamed& renamed,
                           std::string* line) {
    const NewName& bare = renamed.bare;
    const NewName& whole = renamed.whole;
    const auto comment = [&](const std::string& object) {
      if (fact == "comments")
        ReplacePrefix(line, absl::StrCat(object, " ", bare.from, ": "),
                      absl::StrCat(object, " ", bare.to, ": "));
    };
    if (kind == "STATISTICS") {
      if (fact == "statistics")
        ReplacePrefix(line, absl::StrCat("CREATE STATISTICS ", whole.from, " "),
                      absl::StrCat("CREATE STATISTICS ", whole.to, " "));
      comment("statistics");
    } else if (kind == "SEQUENCE") {
      if (fact == "columns")
        ReplaceFirst(line, absl::StrCat("'", bare.from, "'::regclass"),
                     absl::StrCat("'", bare.to, "'::regclass"));
      if (fact == "sequences")
        ReplacePrefix(line, bare.from + " of column ", bare.to + " of column ");
      if (fact == "sequence_grants") ReplacePrefix(line, bare.from + ": ", bare.to + ": ");
      comment("sequence");
    } else {
      if (fact == "indexes" && IndexName(*line) == bare.from)
        ReplaceFirst(line, absl::StrCat("INDEX ", bare.from, " "),
                     absl::StrCat("INDEX ", bare.to, " "));
      if (fact == "constraints") ReplacePrefix(line, bare.from + " ", bare.to + " ");
      if (fact == "replica_identity" && *line == "index " + bare.from) *line = "index " + bare.to;
      comment("index");
      comment("constraint");
    }
  }

  // The server reads the literal, so that nobody else has to.
  absl::Status Comment(const std::string& literal) {
    std::vector<std::string>& comments = now_.facts["comments"];
    std::erase_if(comments,
                  [](const std::string& line) { return absl::StartsWith(line, "relation: "); });
    if (literal == "NULL") return absl::OkStatus();
    ASSIGN_OR_RETURN(
        const pg::Result line,
        connection_->Execute(absl::StrCat("SELECT 'relation: ' || to_json(", literal, "::text)")));
    comments.push_back(line.Text(0, 0));
    return absl::OkStatus();
  }

  absl::Status AddView(const QualifiedName& view) {
    ASSIGN_OR_RETURN(const std::string quoted, Quoted(view));
    now_.facts["dependents"].push_back("view " + quoted);
    declared_.views_made.push_back(view);
    return absl::OkStatus();
  }

  absl::Status DropView(const QualifiedName& view) {
    ASSIGN_OR_RETURN(const std::string quoted, Quoted(view));
    std::erase(now_.facts["dependents"], "view " + quoted);
    declared_.views_dropped.push_back(view);
    return absl::OkStatus();
  }

  pg::Connection* connection_;
  Dossier now_;
  Declared declared_;
};

}  // namespace

bool ReadTarget(const std::string& sql, const std::string& verb, QualifiedName* name,
                std::string* rest) {
  if (!absl::StartsWith(sql, verb)) return false;
  size_t at = verb.size();
  if (!ReadPart(sql, &at, &name->schema) || at >= sql.size() || sql[at++] != '.' ||
      !ReadPart(sql, &at, &name->name))
    return false;
  *rest = sql.substr(at);
  return true;
}

absl::StatusOr<Declared> Declare(pg::Connection& connection, const Dossier& before,
                                 const std::vector<std::string>& statements) {
  return Declarer(&connection, before).Read(statements);
}

Dossier WithNames(Dossier dossier, const std::vector<NewName>& names) {
  for (const NewName& name : names)
    for (auto& [fact, lines] : dossier.facts)
      if (HoldsNames(fact)) {
        for (std::string& line : lines) line = Replaced(line, name);
        if (fact != "columns") std::sort(lines.begin(), lines.end());
      }
  return dossier;
}

bool Mentions(const Dossier& dossier, const std::string& name) {
  for (const auto& [fact, lines] : dossier.facts)
    for (const std::string& line : lines)
      if (HoldsNames(fact) && Replaced(line, {name, ""}) != line) return true;
  return false;
}

std::vector<std::string> NamesOf(const Dossier& dossier) {
  const auto lines_of = [&](const char* fact) {
    const auto found = dossier.facts.find(fact);
    return found == dossier.facts.end() ? std::vector<std::string>() : found->second;
  };
  std::vector<std::string> names = lines_of("name");
  if (names.empty()) names.push_back(pg::QuoteQualified(dossier.name));
  const std::string schema = FirstWord(names[0]);
  size_t dot = 0;
  for (bool quoted = false; dot < schema.size() && (quoted || schema[dot] != '.'); ++dot)
    if (schema[dot] == '"') quoted = !quoted;
  const std::string prefix = names[0].substr(0, dot + 1);
  for (const std::string& line : lines_of("indexes")) names.push_back(prefix + IndexName(line));
  for (const std::string& line : lines_of("sequences")) names.push_back(prefix + FirstWord(line));
  return names;
}

}  // namespace regraft::apply

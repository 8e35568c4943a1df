// What the statements of a relocation or a label declare: the catalog's description of a relation
// as it must be afterwards. Whatever else has changed was not declared.
#pragma once

#include "engine/catalog/dossier.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::apply {

// A whole name as the server quotes it, before and after.
struct NewName {
  std::string from, to;

  friend bool operator==(const NewName&, const NewName&) = default;
};

struct Declared {
  catalog::Dossier after;      // of the relation itself
  std::vector<NewName> names;  // of the relation, its indexes and sequences: others write them
  std::vector<pg::QualifiedName> views_made, views_dropped;
};
// `statements` in the form that engine/resolution gives them; others declare nothing. Errors: the
// server's, who is asked how it quotes.
absl::StatusOr<Declared> Declare(pg::Connection& connection, const catalog::Dossier& before,
                                 const std::vector<std::string>& statements);

// What others that name the relation say when it has its new names.
catalog::Dossier WithNames(catalog::Dossier dossier, const std::vector<NewName>& names);
// Whether they do name it.
bool Mentions(const catalog::Dossier& dossier, const std::string& name);
// Own and those of its indexes and sequences, as the server quotes them.
std::vector<std::string> NamesOf(const catalog::Dossier& dossier);

// The name after `verb` at the statement's beginning: ("DROP VIEW ", …). False: another statement.
bool ReadTarget(const std::string& sql, const std::string& verb, pg::QualifiedName* name,
                std::string* rest);

}  // namespace regraft::apply

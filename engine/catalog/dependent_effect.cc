#include "engine/catalog/dependent_effect.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::catalog {
namespace {

using Kind = TableChange::Kind;

bool Stays(const TableChange& change) { return change.to == change.from; }

// What has to be written instead of the old name.
std::string NewName(const TableChange& change) {
  return pg::DisplayName(change.kind == Kind::kMerged ? change.into : change.to);
}

std::string Source(const TableChange& change) {
  return Stays(change) ? "the source, which stays"
                       : absl::StrCat("the source, as ", pg::DisplayName(change.to));
}

// By OID nothing breaks; the question is only whether it is still the right table.
std::string ByOid(const TableChange& change, const char* uses) {
  switch (change.kind) {
    case Kind::kMoved:
      return absl::StrCat("follows (by OID), as ", pg::DisplayName(change.to));
    case Kind::kArchived:
      return absl::StrCat("follows (by OID): goes on ", uses, " ", Source(change));
    case Kind::kMerged:
      break;
  }
  return absl::StrCat("goes on ", uses, " ", Source(change), ", not ",
                      pg::DisplayName(change.into));
}

// Subscribers look for a table of the same name.
std::string OfPublication(const Dependent& dependent, const TableChange& change) {
  if (Stays(change)) return "goes on publishing the source, which stays";
  if (dependent.kind == DependentKind::kSchemaPublication && change.to.schema != change.from.schema)
    return absl::StrCat("changes: publishes the tables of ", change.from.schema,
                        ", and this one no longer");
  return absl::StrCat("follows (by OID); subscribers apply by name, and stop until they have ",
                      pg::DisplayName(change.to));
}

std::string OfPath(const Dependent& dependent, const TableChange& change) {
  if (Stays(change)) return "goes on finding the source by its bare name";
  if (change.view_remains) return "goes on finding the view by the bare name";
  const auto path = ParseSearchPath(dependent.detail);
  const bool on_path = std::find(path.begin(), path.end(), change.to.schema) != path.end();
  if (on_path && change.to.name == change.from.name)
    return "follows: its new schema is on the path too";
  return absl::StrCat("may break: the bare name ", change.from.name, " no longer means this table");
}

std::string OfText(const Dependent& dependent, const TableChange& change) {
  const bool sure = dependent.certainty == Certainty::kNames;
  if (Stays(change)) return absl::StrCat("goes on reading the source, not ", NewName(change));
  if (change.view_remains)
    return absl::StrCat("goes on by name, through the view ", pg::DisplayName(change.from));
  return absl::StrCat(sure ? "breaks: names it as text" : "may break: may name it as text", " (",
                      dependent.detail, "); to write instead: ", NewName(change));
}

}  // namespace

std::string EffectOf(const Dependent& dependent, const TableChange& change) {
  switch (dependent.kind) {
    case DependentKind::kForeignKey:
      return ByOid(change, "referencing");
    case DependentKind::kPartition:
      return "stays in its schema, and a partition of it";
    case DependentKind::kChild:
      return "stays in its schema, and inherits from it";
    case DependentKind::kPublication:
    case DependentKind::kSchemaPublication:
      return OfPublication(dependent, change);
    case DependentKind::kSetting:
      return OfPath(dependent, change);
    case DependentKind::kFunctionText:
    case DependentKind::kTextSetting:
    case DependentKind::kJob:
      return OfText(dependent, change);
    case DependentKind::kColumn:
      return ByOid(change, "using the row type of");
    case DependentKind::kDefault:
      return ByOid(change, "using the sequence of");
    default:
      return ByOid(change, "reading");
  }
}

}  // namespace regraft::catalog

// Everything attached to a relation, as lines that people can read and programs can compare. Taken
// before and after a change, the difference must be exactly what the plan declared; stored in a
// saved plan, it tells whether the plan still fits. Values.
#pragma once

#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace regraft::catalog {

// The lines name objects; they hold no OID, file node, size, statistic or position of a sequence.
// A line that must tell the relation itself, its owner or its own sequences' schema leaves them
// out, so that a rename changes `name`, a new owner `owner`, and as little else as possible.
struct Dossier {
  uint32_t oid = 0;
  pg::QualifiedName name;
  // Sorted by byte, but for "columns", which are in the relation's order. No fact: no key.
  //   name  kind  persistence  access_method  tablespace  options  type  owner  grants
  //   column_grants  columns  types  indexes  constraints  foreign_keys  referenced_by  triggers
  //   rules row_security  policies  comments  statistics  publications  replica_identity  sequences
  //   sequence_grants  parents  partition_key  children  extension  security_labels
  //   row_type_users  dependents
  std::map<std::string, std::vector<std::string>> facts;
};

// Needs no right on the relations. Errors: NotFound when an OID is gone.
absl::StatusOr<Dossier> ReadDossier(pg::Connection& connection, uint32_t oid);

// Those of many relations in one statement, in the order of `oids`. An OID that is given twice is
// read once; one that is gone has no dossier.
absl::StatusOr<std::vector<Dossier>> ReadDossiers(pg::Connection& connection,
                                                  const std::vector<uint32_t>& oids);

struct DossierChange {
  std::string relation;  // display form of the name before
  std::string fact;
  std::vector<std::string> gone, come;

  friend bool operator==(const DossierChange&, const DossierChange&) = default;
};

// By fact; a line that stands there twice counts twice. Columns that only changed their order have
// one line on each side: "order: a, b".
std::vector<DossierChange> CompareDossiers(const Dossier& before, const Dossier& after);

}  // namespace regraft::catalog

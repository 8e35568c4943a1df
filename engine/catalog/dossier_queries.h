// The SELECTs that a dossier consists of. Each gives (oid, fact, line) for the relations of
// `touched`, which has pg_class's columns and `own`, the quoted name.
#pragma once

#include <string>
#include <vector>

namespace regraft::catalog {

struct DossierQuery {
  const char* sql;
  int since = 0;       // server version, such as 150000
  int until = 999999;  // the first version that needs another one
};

extern const std::vector<DossierQuery> kShapeQueries;       // storage, columns, sequences
extern const std::vector<DossierQuery> kConstraintQueries;  // indexes, constraints, statistics
extern const std::vector<DossierQuery> kBehaviourQueries;   // triggers, rules, rights, comments
extern const std::vector<DossierQuery> kLinkQueries;        // other objects that know the relation

}  // namespace regraft::catalog

// What is shared while one document is read. Internal to this folder.
#pragma once

#include "engine/document/import.h"
#include "engine/document/names.h"
#include "engine/document/outline.h"
#include "engine/document/sentences.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regraft::document {

struct Reading {
  Outline outline;
  std::vector<TableView> tables;
  NameIndex names;
  std::optional<NamingRule> naming_rule;
  Import import;

  // "1B-3": of the label above the section, or of its title's words.
  std::string NextId(int section);
  void Find(int line, std::string rule, std::string what);
  // The table that a name without schema means, if the document names exactly one such table with
  // its schema; else the name as it is, and a todo. `what` it is: "the target".
  pg::QualifiedName Resolve(const Text& where, const pg::QualifiedName& name,
                            std::vector<std::string>* todo);

 private:
  std::map<std::string, int> numbers_;
  std::set<std::string> ids_;
};

// The parts of a document, each from its tables to the plan.
void ReadActionTables(Reading* reading);
void ReadAuditTables(Reading* reading);
void ReadLeafTables(Reading* reading);
// Declared against itemised.
void Reconcile(Reading* reading);
// What contradicts itself. REQUIRES: all of the above have been called.
void FindContradictions(Reading* reading);  // among actions and leaves
void FindDocumentFaults(Reading* reading);  // in the text: order, status words, steps, names

}  // namespace regraft::document

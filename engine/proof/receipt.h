// A receipt: what an action's rows add up to, in a form that says nothing of where they lie. With
// it, and without the source, anybody can tell later whether target and remainder still give back
// exactly those rows. The form: docs/verification.md.
#pragma once

#include "engine/digest/digest.h"
#include "engine/proof/check.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace regraft::proof {

struct Receipt {
  std::string action, kind, source, target, discriminator, remainder_table;
  int64_t source_oid = 0, target_oid = 0;
  std::string plan_sha256;
  int64_t run = 0;
  std::string system_identifier, database;
  int64_t database_oid = 0;
  std::vector<std::pair<std::string, std::string>> columns;  // names and types
  std::vector<digest::SetDigest> buckets;                    // a power of two; without bytes
  std::string root;  // empty: not that of what the document says

  [[nodiscard]] digest::SetDigest Total() const;
};

// Of rows that were found to be what they must be. REQUIRES: check.found.
Receipt MakeReceipt(const Check& check);

// JSON with sorted keys; its root is computed.
std::string WriteReceipt(const Receipt& receipt);
// The root that a receipt's text names. REQUIRES: one of ours.
std::string RootNamed(const std::string& receipt);
struct ReceiptFile {
  std::vector<Receipt> receipts;
  bool root_holds = false;  // that of the document
};
// Errors: BadPlan naming `file`.
absl::StatusOr<ReceiptFile> ReadReceipts(const std::string& text, const std::string& file);

}  // namespace regraft::proof

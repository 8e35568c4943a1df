// What each version adds to the ledger's schema: SQL for an owner of the database, in the order of
// the versions. Never edit one that was released: databases have executed it. Each has a file of
// its name.
#pragma once

namespace regraft::ledger {

extern const char* const kCopiesMigration;       // 1
extern const char* const kApprovalsMigration;    // 2
extern const char* const kPlanActionsMigration;  // 3
extern const char* const kPlanProofsMigration;   // 4
extern const char* const kLeafLockMigration;     // 5
extern const char* const kAuditsMigration;       // 6
extern const char* const kCleanMigration;        // 7
extern const char* const kLeafBeforeMigration;   // 8
extern const char* const kLockPartsMigration;    // 9
extern const char* const kPlanStorageMigration;  // 10

}  // namespace regraft::ledger

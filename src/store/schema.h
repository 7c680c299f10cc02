// What results.db looks like, and how a file becomes one. For store/ alone.
#pragma once

#include "store/connection.h"

namespace saelaw {

// Marks a file as ours ("SAEL"). Stored: do not change.
inline constexpr int kApplicationId = 0x5341454c;
// PRAGMA user_version of the files that this build writes.
int SchemaVersion();

// 0 for a file that holds nothing yet. Throws ConfigurationError for another program's database
// and for one of a newer saelaw.
int QueryVersion(const Connection& connection);

// Brings a file of any earlier version (0: an empty one) to SchemaVersion(), all or nothing.
void Migrate(Connection& connection);

}  // namespace saelaw

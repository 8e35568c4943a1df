// The one include of xxhash.h. Compiled in rather than linked: see
// docs/adr/0004-digest-definition.md.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "tests/support/paths.h"

namespace regraft::support {

std::string TestData() { return REGRAFT_TEST_DATA; }
std::string Program() { return REGRAFT_PROGRAM; }

}  // namespace regraft::support

// Where the tests' data and the built program are: the only places that differ from one work tree
// to another, kept out of every other object so that a compiler cache can share those.
#pragma once

#include <string>

namespace regraft::support {

std::string TestData();  // the folder tests/
std::string Program();

}  // namespace regraft::support

// Who types: the default of --as and --by.
#pragma once

#include <string>

namespace regraft::cli {

// The operating system's name for the user of this process; its number where there is no name.
std::string UserName();

}  // namespace regraft::cli

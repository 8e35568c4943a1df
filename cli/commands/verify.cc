#include "cli/commands/commands.h"

namespace regraft::cli {

void AddVerify(CLI::App* /*app*/, Session* /*session*/) {}

}  // namespace regraft::cli

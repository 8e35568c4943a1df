#include "cli/commands/commands.h"

namespace regraft::cli {

void AddBench(CLI::App* /*app*/, Session* /*session*/) {}

}  // namespace regraft::cli

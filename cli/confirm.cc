#include "cli/confirm.h"

#include <cstdio>
#include <iostream>

namespace regraft::cli {

bool Confirm(const std::string& question) {
  std::fprintf(stderr, "%s [y/N] ", question.c_str());
  std::string answer;
  return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

}  // namespace regraft::cli

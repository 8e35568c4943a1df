#include "cli/user_name.h"

#include <pwd.h>
#include <unistd.h>

namespace regraft::cli {

std::string UserName() {
  const uid_t user = geteuid();
  const passwd* entry = getpwuid(user);
  return entry == nullptr || entry->pw_name == nullptr || *entry->pw_name == '\0'
             ? std::to_string(user)
             : entry->pw_name;
}

}  // namespace regraft::cli

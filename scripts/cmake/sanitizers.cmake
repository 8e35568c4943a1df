# REGRAFT_SANITIZE=address,undefined or thread; empty for none.
add_library(project_sanitizers INTERFACE)
set(REGRAFT_SANITIZE "" CACHE STRING "Sanitizers to build with")
if(REGRAFT_SANITIZE)
  target_compile_options(project_sanitizers INTERFACE
    -fsanitize=${REGRAFT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(project_sanitizers INTERFACE -fsanitize=${REGRAFT_SANITIZE})
endif()

# Warnings for our own code only: third-party headers are SYSTEM through their imported targets.
add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion
  # Designated initialisers leave the rest at its default on purpose.
  -Wno-missing-field-initializers)
option(REGRAFT_WERROR "Treat warnings as errors" OFF)
if(REGRAFT_WERROR)
  target_compile_options(project_warnings INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(project_warnings INTERFACE _GLIBCXX_ASSERTIONS)
endif()

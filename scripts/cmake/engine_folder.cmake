# engine_folder(NAME [HOT] USES folder… LIBRARIES lib…): one static library per engine folder. Its includes are
# written from the repository root, and linking only the folders named in USES makes the dependency
# arrow of docs/architecture.md a link error when it is broken. HOT: every row passes through it. The others
# wait for the server; optimising them fully would be half of a cold build.
function(engine_folder name)
  cmake_parse_arguments(arg "HOT" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  list(TRANSFORM arg_USES PREPEND engine_)
  if(sources)
    add_library(engine_${name} STATIC ${sources})
    target_include_directories(engine_${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(engine_${name}
      PUBLIC ${arg_USES} ${arg_LIBRARIES} PRIVATE project_warnings project_sanitizers)
    target_link_libraries(engine_${name} PUBLIC project_sanitizers)
    if(NOT arg_HOT)
      target_compile_options(engine_${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
    endif()
  else()
    add_library(engine_${name} INTERFACE)
    target_include_directories(engine_${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(engine_${name} INTERFACE ${arg_USES} ${arg_LIBRARIES} project_sanitizers)
  endif()
  set_property(GLOBAL APPEND PROPERTY ENGINE_FOLDERS engine_${name})
endfunction()

# engine_folder(NAME USES folder… LIBRARIES lib…): one static library per engine folder. Its includes are
# written from the repository root, and linking only the folders named in USES makes the dependency
# arrow of docs/architecture.md a link error when it is broken.
function(engine_folder name)
  cmake_parse_arguments(arg "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  list(TRANSFORM arg_USES PREPEND engine_)
  if(sources)
    add_library(engine_${name} STATIC ${sources})
    target_include_directories(engine_${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(engine_${name}
      PUBLIC ${arg_USES} ${arg_LIBRARIES} PRIVATE project_warnings project_sanitizers)
    target_link_libraries(engine_${name} PUBLIC project_sanitizers)
  else()
    add_library(engine_${name} INTERFACE)
    target_include_directories(engine_${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(engine_${name} INTERFACE ${arg_USES} ${arg_LIBRARIES} project_sanitizers)
  endif()
  set_property(GLOBAL APPEND PROPERTY ENGINE_FOLDERS engine_${name})
endfunction()

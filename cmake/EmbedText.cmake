# saelaw_embed_text(TARGET NAME=FILE...): text files as C++ constants, so that the program
# needs none of them at run time. Each becomes `std::string_view NAME()` in namespace saelaw; the
# declarations are written by hand where they are used. Read again whenever a file changes.
function(saelaw_embed_text target)
  set(source "#include <string_view>\nnamespace saelaw {\n")
  foreach(pair ${ARGN})
    string(REGEX MATCH "^([A-Za-z]+)=(.*)$" matched "${pair}")
    set(name ${CMAKE_MATCH_1})
    set(path ${CMAKE_MATCH_2})
    if(NOT EXISTS ${path})
      message(FATAL_ERROR "${path} is missing")
    endif()
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    string(APPEND source "std::string_view ${name}();\nstd::string_view ${name}() {\n"
      "  return R\"saelaw(${text})saelaw\";\n}\n")
  endforeach()
  string(APPEND source "}  // namespace saelaw\n")
  set(output ${CMAKE_BINARY_DIR}/generated/${target}_text.cc)
  # Written only when it differs, so that a mere configure step compiles nothing.
  set(before "")
  if(EXISTS ${output})
    file(READ ${output} before)
  endif()
  if(NOT "${before}" STREQUAL "${source}")
    file(WRITE ${output} "${source}")
  endif()
  target_sources(${target} PRIVATE ${output})
endfunction()

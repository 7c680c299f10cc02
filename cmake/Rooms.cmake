# The house: every room of src/, what it may include, and its third-party libraries. This table is
# the only place where arrows are declared; tests/house/arrows_test.cc reads it from rooms.txt and
# checks every #include under src/ against it.
#
#   saelaw_room(NAME [TORCH] [MAY_INCLUDE room...] [LIBRARIES target...])
#
# A room is src/NAME/*.cc (a static library saelaw_NAME) with tests/NAME/*_test.cc (NAME_test) and
# tests/NAME/*_fuzz.cc (one fuzzer each).

# All fuzzers and no more: `cmake --build --preset fuzz --target fuzzers`.
add_custom_target(fuzzers)

set(SAELAW_ROOMS_TXT ${CMAKE_BINARY_DIR}/rooms.txt)
file(WRITE ${SAELAW_ROOMS_TXT} "")

function(saelaw_room name)
  cmake_parse_arguments(ROOM "TORCH" "" "MAY_INCLUDE;LIBRARIES" ${ARGN})
  list(JOIN ROOM_MAY_INCLUDE " " arrows)
  file(APPEND ${SAELAW_ROOMS_TXT} "${name}: ${arrows}\n")
  if(ROOM_TORCH AND NOT SAELAW_WITH_TORCH)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_library(saelaw_${name} STATIC ${sources})
  target_link_libraries(saelaw_${name} PUBLIC saelaw_options fmt::fmt)
  set(torch "")
  if(ROOM_TORCH)
    # LibTorch comes first in the link order, before any other BLAS.
    target_link_libraries(saelaw_${name} PUBLIC saelaw_torch)
    saelaw_precompiled(saelaw_${name} ROOM)
    set(torch TORCH)
  endif()
  foreach(other ${ROOM_MAY_INCLUDE})
    target_link_libraries(saelaw_${name} PUBLIC saelaw_${other})
  endforeach()
  target_link_libraries(saelaw_${name} PRIVATE ${ROOM_LIBRARIES})
  saelaw_room_tests(${name} "${ROOM_LIBRARIES}" ${torch})
endfunction()

# saelaw_test(NAME [TORCH] SOURCES... LINK...): one test binary, run as one ctest entry.
function(saelaw_test name)
  cmake_parse_arguments(TEST "TORCH" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  if(TEST_TORCH)
    saelaw_precompiled(${name} TEST)
  endif()
  target_link_libraries(${name} PRIVATE ${TEST_LINK} saelaw_options GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    SAELAW_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SAELAW_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

function(saelaw_room_tests name libraries)
  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*_test.cc)
  if(tests)
    saelaw_test(${name}_test ${ARGN} SOURCES ${tests} LINK saelaw_${name} ${libraries})
  endif()
  if(SAELAW_FUZZ)
    file(GLOB fuzzers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*_fuzz.cc)
    foreach(fuzzer ${fuzzers})
      get_filename_component(target ${fuzzer} NAME_WE)
      add_executable(${target} ${fuzzer})
      target_link_libraries(${target} PRIVATE saelaw_${name} -fsanitize=fuzzer)
      add_dependencies(fuzzers ${target})
    endforeach()
  endif()
endfunction()

saelaw_room(run LIBRARIES nlohmann_json::nlohmann_json PkgConfig::XXHASH)
saelaw_room(tensors MAY_INCLUDE run LIBRARIES nlohmann_json::nlohmann_json)
saelaw_room(tokens MAY_INCLUDE run tensors LIBRARIES nlohmann_json::nlohmann_json PkgConfig::PCRE2)
saelaw_room(models MAY_INCLUDE run tensors tokens LIBRARIES nlohmann_json::nlohmann_json)
saelaw_room(identity MAY_INCLUDE run tensors tokens models LIBRARIES nlohmann_json::nlohmann_json)
saelaw_room(sweep MAY_INCLUDE run tensors tokens models LIBRARIES yaml-cpp nlohmann_json::nlohmann_json)
saelaw_room(fit MAY_INCLUDE run LIBRARIES Ceres::ceres Eigen3::Eigen Threads::Threads)
if(SAELAW_ASAN)
  # The one room that computes for long; unoptimised, its tests take more than seven minutes.
  target_compile_options(saelaw_fit PRIVATE -O1)
  target_compile_options(fit_test PRIVATE -O1)
endif()
saelaw_room(plan MAY_INCLUDE run sweep fit)
saelaw_room(dispatch MAY_INCLUDE run)
saelaw_room(store MAY_INCLUDE run LIBRARIES SQLite::SQLite3 nlohmann_json::nlohmann_json)
saelaw_room(report MAY_INCLUDE run fit plan LIBRARIES nlohmann_json::nlohmann_json)
if(TARGET saelaw_report)
  include(cmake/EmbedText.cmake)
  saelaw_embed_text(saelaw_report
    ChartLibrary=/usr/share/javascript/chart.js/chart.min.js
    PageStyle=${PROJECT_SOURCE_DIR}/src/report/page/page.css
    PageScript=${PROJECT_SOURCE_DIR}/src/report/page/page.js)
endif()
include(cmake/Kernels.cmake)
saelaw_room(gpu TORCH MAY_INCLUDE run)
saelaw_room(llm TORCH MAY_INCLUDE run gpu tensors models)
saelaw_room(activations TORCH MAY_INCLUDE run tensors tokens models llm)
saelaw_room(sae TORCH MAY_INCLUDE run gpu)
saelaw_room(train TORCH MAY_INCLUDE run activations sae tensors LIBRARIES nlohmann_json::nlohmann_json)

include(cmake/Executables.cmake)

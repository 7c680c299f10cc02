# The house: every room of src/, what it may include, and its third-party libraries. This table is
# the only place where arrows are declared; tests/house/arrows_test.cc reads it from rooms.txt and
# checks every #include under src/ against it.
#
#   saelaw_room(NAME [TORCH] [FOLDERS folder...] [PUBLIC header...] [MAY_INCLUDE room...]
#               [LIBRARIES target...])
#
# A room is src/NAME/*.cc (a static library saelaw_NAME) with tests/NAME/*_test.cc (NAME_test) and
# tests/NAME/*_fuzz.cc (one fuzzer each). FOLDERS are its sub-folders, the lowest first: each may
# include itself and those before it; what lies in src/NAME itself may include them all, and none of
# them includes that. PUBLIC names the headers that other rooms may include; without it, all.

# All fuzzers and no more: `cmake --build --preset fuzz --target fuzzers`.
add_custom_target(fuzzers)

# The test programs without LibTorch, which `scripts/test` runs with sanitizers too.
add_custom_target(plain_tests)
set(SAELAW_PLAIN_TESTS_TXT ${CMAKE_BINARY_DIR}/plain_tests.txt)
file(WRITE ${SAELAW_PLAIN_TESTS_TXT} "")

set(SAELAW_ROOMS_TXT ${CMAKE_BINARY_DIR}/rooms.txt)
file(WRITE ${SAELAW_ROOMS_TXT} "")

# Files of a folder and of its named sub-folders.
function(saelaw_glob result folder pattern)
  set(patterns ${PROJECT_SOURCE_DIR}/${folder}/${pattern})
  foreach(sub ${ARGN})
    list(APPEND patterns ${PROJECT_SOURCE_DIR}/${folder}/${sub}/${pattern})
  endforeach()
  file(GLOB found CONFIGURE_DEPENDS ${patterns})
  set(${result} ${found} PARENT_SCOPE)
endfunction()

function(saelaw_room name)
  cmake_parse_arguments(ROOM "TORCH" "" "FOLDERS;PUBLIC;MAY_INCLUDE;LIBRARIES" ${ARGN})
  list(JOIN ROOM_MAY_INCLUDE " " arrows)
  list(JOIN ROOM_FOLDERS " " folders)
  list(JOIN ROOM_PUBLIC " " headers)
  file(APPEND ${SAELAW_ROOMS_TXT}
    "${name}: ${arrows}\n${name}/: ${folders}\n${name}/*.h: ${headers}\n")
  if(ROOM_TORCH AND NOT SAELAW_WITH_TORCH)
    return()
  endif()
  saelaw_glob(sources src/${name} "*.cc" ${ROOM_FOLDERS})
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
  saelaw_room_tests(${name} "${ROOM_LIBRARIES}" "${ROOM_FOLDERS}" ${torch})
endfunction()

# saelaw_test(NAME [TORCH] SOURCES... LINK...): one test binary, run as one ctest entry.
function(saelaw_test name)
  cmake_parse_arguments(TEST "TORCH" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  if(TEST_TORCH)
    saelaw_precompiled(${name} TEST)
  else()
    # What takes long is in the rooms, which are optimised; the tests' own code is compiled sooner.
    target_compile_options(${name} PRIVATE -O0)
    # g++ 12 loses, behind a precompiled header, that Eigen's intrinsics are not optimised.
    if(NOT Eigen3::Eigen IN_LIST TEST_LINK)
      saelaw_precompiled(${name} PLAIN_TEST)
    endif()
  endif()
  target_link_libraries(${name} PRIVATE ${TEST_LINK} saelaw_options GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    SAELAW_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SAELAW_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT TEST_TORCH)
    file(APPEND ${SAELAW_PLAIN_TESTS_TXT} "${name}\n")
    add_dependencies(plain_tests ${name})
  endif()
endfunction()

function(saelaw_room_tests name libraries folders)
  saelaw_glob(tests tests/${name} "*_test.cc" ${folders})
  if(tests)
    saelaw_test(${name}_test ${ARGN} SOURCES ${tests} LINK saelaw_${name} ${libraries})
  endif()
  if(SAELAW_FUZZ)
    saelaw_glob(fuzzers tests/${name} "*_fuzz.cc" ${folders})
    foreach(fuzzer ${fuzzers})
      get_filename_component(target ${fuzzer} NAME_WE)
      add_executable(${target} ${fuzzer})
      target_link_libraries(${target} PRIVATE saelaw_${name} -fsanitize=fuzzer)
      add_dependencies(fuzzers ${target})
    endforeach()
  endif()
endfunction()

saelaw_room(core LIBRARIES nlohmann_json::nlohmann_json PkgConfig::XXHASH)
saelaw_room(jobs MAY_INCLUDE core LIBRARIES nlohmann_json::nlohmann_json)
saelaw_room(tensors MAY_INCLUDE core LIBRARIES nlohmann_json::nlohmann_json)
saelaw_room(tokens MAY_INCLUDE core tensors LIBRARIES nlohmann_json::nlohmann_json PkgConfig::PCRE2)
saelaw_room(models MAY_INCLUDE core tensors tokens LIBRARIES nlohmann_json::nlohmann_json)
saelaw_room(identity MAY_INCLUDE core tensors tokens models LIBRARIES nlohmann_json::nlohmann_json)
saelaw_room(sweep MAY_INCLUDE core tensors tokens models fit LIBRARIES yaml-cpp nlohmann_json::nlohmann_json)
saelaw_room(fit FOLDERS points solve noise laws intervals compare rates critic PUBLIC fit.h MAY_INCLUDE core
  LIBRARIES Boost::headers Ceres::ceres Eigen3::Eigen Threads::Threads)
if(SAELAW_ASAN)
  # The one room that computes for long; unoptimised, its tests take more than seven minutes.
  target_compile_options(saelaw_fit PRIVATE -O1)
endif()
saelaw_room(study FOLDERS design price findings rounds advice arms MAY_INCLUDE core jobs models sweep fit)
saelaw_room(dispatch MAY_INCLUDE core jobs)
saelaw_room(store MAY_INCLUDE core jobs LIBRARIES SQLite::SQLite3 nlohmann_json::nlohmann_json)
saelaw_room(report FOLDERS document draw render tables MAY_INCLUDE core jobs fit study LIBRARIES nlohmann_json::nlohmann_json)
if(TARGET saelaw_report)
  include(cmake/EmbedText.cmake)
  saelaw_embed_text(saelaw_report
    FigureStyle=${PROJECT_SOURCE_DIR}/src/report/draw/figure.css
    PageStyle=${PROJECT_SOURCE_DIR}/src/report/render/page.css
    PageScript=${PROJECT_SOURCE_DIR}/src/report/render/page.js)
endif()
saelaw_room(orchestrate FOLDERS watch machine data knowledge loop
  MAY_INCLUDE core jobs tensors tokens models identity sweep fit study dispatch store report)
include(cmake/Kernels.cmake)
saelaw_room(gpu TORCH MAY_INCLUDE core)
saelaw_room(llm TORCH FOLDERS gpu MAY_INCLUDE core gpu tensors models)
saelaw_room(activations TORCH MAY_INCLUDE core jobs tensors tokens models llm)
saelaw_room(sae TORCH FOLDERS model reference cpu gpu tune MAY_INCLUDE core jobs gpu)
saelaw_room(train TORCH MAY_INCLUDE core jobs activations sae tensors LIBRARIES nlohmann_json::nlohmann_json)

include(cmake/Executables.cmake)

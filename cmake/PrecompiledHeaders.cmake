# LibTorch's and GoogleTest's headers, parsed once instead of in each file that includes them: 11 s a file
# become 4, and 2.6 s of a test without LibTorch 1.3 (where it also is not optimised).
# Every file still includes what it uses: with -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON all builds without.
#
#   saelaw_precompiled(TARGET ROOM|TEST|PLAIN_TEST)      after the target was made
#
# g++ takes a precompiled header only where every flag is the same: a source with flags of its own
# sets SKIP_PRECOMPILE_HEADERS, and programs, the tests among them, have another header than rooms.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/precompiled.cc
  CONTENT "// Only its precompiled header is of use.\n")

# saelaw_precompiled_set(NAME OPTIONS... HEADERS... LINK...): a library that owns one such header.
function(saelaw_precompiled_set name)
  cmake_parse_arguments(SET "" "" "OPTIONS;HEADERS;LINK" ${ARGN})
  add_library(saelaw_headers_${name} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/generated/precompiled.cc)
  target_link_libraries(saelaw_headers_${name} PRIVATE saelaw_options fmt::fmt ${SET_LINK})
  target_compile_options(saelaw_headers_${name} PRIVATE ${SET_OPTIONS})
  target_precompile_headers(saelaw_headers_${name} PRIVATE ${SET_HEADERS})
endfunction()

if(SAELAW_WITH_TORCH)
  saelaw_precompiled_set(ROOM HEADERS <ATen/ATen.h> <fmt/format.h> LINK saelaw_torch)
  saelaw_precompiled_set(TEST HEADERS <ATen/ATen.h> <fmt/format.h> <gmock/gmock.h> <gtest/gtest.h>
    LINK saelaw_torch GTest::gmock OPTIONS -fPIE)
  set_target_properties(saelaw_headers_TEST PROPERTIES POSITION_INDEPENDENT_CODE OFF)
endif()
# Optimised, g++ 12 would take parts of precompiled std::string for out of bounds.
saelaw_precompiled_set(PLAIN_TEST HEADERS <fmt/format.h> <gmock/gmock.h> <gtest/gtest.h>
  LINK GTest::gmock OPTIONS -fPIE -O0)
set_target_properties(saelaw_headers_PLAIN_TEST PROPERTIES POSITION_INDEPENDENT_CODE OFF)

function(saelaw_precompiled target kind)
  if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} REUSE_FROM saelaw_headers_${kind})
    # ccache can then tell from the preprocessed text which header was used.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endfunction()

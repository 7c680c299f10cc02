# Third-party packages, all from Debian but LibTorch. Each is linked by the rooms named in Rooms.cmake alone.
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(Ceres REQUIRED)
find_package(Boost REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
if(SAELAW_WITH_TORCH)
  include(cmake/LibTorch.cmake)
endif()

# What every target of ours is compiled with; third-party headers are system headers.
add_library(saelaw_options INTERFACE)
target_compile_options(saelaw_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(SAELAW_WERROR)
  target_compile_options(saelaw_options INTERFACE -Werror)
endif()
if(SAELAW_ASAN)
  # A null pointer is AddressSanitizer's to find: checking for it again at every access, and for the
  # dynamic type at every call, costs the compiler much.
  # g++ 12 takes std::regex and others under the sanitizers for uninitialised.
  target_compile_options(saelaw_options INTERFACE -fsanitize=address,undefined -fno-sanitize=null,vptr
    -fno-sanitize-recover=all -fno-omit-frame-pointer $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(saelaw_options INTERFACE -fsanitize=address,undefined)
endif()
if(SAELAW_FUZZ)
  target_compile_options(saelaw_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_include_directories(saelaw_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
include(cmake/PrecompiledHeaders.cmake)

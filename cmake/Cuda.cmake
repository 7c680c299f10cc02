# The CUDA library that saelaw-trainer opens when a job asks for a GPU, its test and its benchmark.
# Only the preset cuda needs nvcc; no room is compiled by it.
set(CMAKE_CUDA_ARCHITECTURES 80-real 89-real 90)
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)

file(GLOB cuda_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/gpu/*.cu)
add_library(saelaw_cuda SHARED ${cuda_sources})
target_include_directories(saelaw_cuda PRIVATE ${PROJECT_SOURCE_DIR}/src)
# cuBLASLt is the one that LibTorch has opened, or is found beside it: no run path of our own.
target_link_libraries(saelaw_cuda PRIVATE CUDA::cudart_static CUDA::cublasLt)
target_compile_options(saelaw_cuda PRIVATE -O3 "-Xcompiler=-Wall,-Wextra")
if(SAELAW_WERROR)
  target_compile_options(saelaw_cuda PRIVATE -Werror=all-warnings)
endif()
set_target_properties(saelaw_cuda PROPERTIES
  CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON CUDA_RUNTIME_LIBRARY Static
  CUDA_VISIBILITY_PRESET hidden SKIP_BUILD_RPATH ON
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

add_executable(saelaw-gpu-test ${PROJECT_SOURCE_DIR}/tests/sae/gpu/gpu_main.cc)
target_include_directories(saelaw-gpu-test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(saelaw-gpu-test PRIVATE saelaw_sae saelaw_llm CUDA::cudart_static)
add_executable(saelaw-gpu-bench ${PROJECT_SOURCE_DIR}/benchmarks/gpu_saelaw.cc)
target_link_libraries(saelaw-gpu-bench PRIVATE saelaw_sae nlohmann_json::nlohmann_json)
add_dependencies(saelaw-gpu-test saelaw_cuda)
add_dependencies(saelaw-gpu-bench saelaw_cuda)

# The CPU kernels. Those of sae/: one file for each instruction set, each compiled for that set alone and
# called only where the CPU has it (sae/cpu/kernels.cc). Only these files may use such instructions.
set(avx2 -mavx2 -mfma)
set(avx512 ${avx2} -mavx512f -mavx512bw -mavx512vl -mavx512dq)
set(avx512_bf16 ${avx512} -mavx512bf16)
set(amx ${avx512_bf16} -mamx-tile -mamx-bf16)
# Optimised in every build type: what must be inlined here must not be left to the linker, which
# could take a copy with instructions that the machine lacks.
set(always -O3 -fno-math-errno -fno-trapping-math -fno-sanitize=all)
foreach(pair rows_avx2:avx2 rows_avx512:avx512 screen_avx512:avx512_bf16 screen_amx:amx)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 file)
  list(GET pair 1 set)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/sae/cpu/${file}.cc PROPERTIES
    COMPILE_OPTIONS "${always};${${set}}" SKIP_PRECOMPILE_HEADERS ON)
endforeach()
# LibTorch's thread pool is OpenMP's, and at::parallel_for a template around its pragmas: without the
# option it runs on one thread.
set_source_files_properties(
  ${PROJECT_SOURCE_DIR}/src/sae/cpu/parallel.cc ${PROJECT_SOURCE_DIR}/src/llm/cpu_llama.cc
  PROPERTIES COMPILE_OPTIONS -fopenmp SKIP_PRECOMPILE_HEADERS ON)

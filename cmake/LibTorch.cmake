# LibTorch from the PyPI wheel that scripts/setup installed, as imported targets. The wheel's own
# find_package(Torch) needs a CUDA toolkit and adds run paths of its own, so it is not used.
set(SAELAW_TORCH_ROOT "" CACHE PATH "Folder of the torch package (site-packages/torch)")
option(SAELAW_CUDA "Build the CUDA library, which the trainer opens when it needs it" OFF)
if(SAELAW_TORCH_ROOT)
  set(torch_root ${SAELAW_TORCH_ROOT})
else()
  file(GLOB torch_root ${PROJECT_SOURCE_DIR}/.deps/libtorch/lib/python3*/site-packages/torch)
endif()
if(NOT EXISTS "${torch_root}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "LibTorch was not found: run scripts/setup, or give -DSAELAW_TORCH_ROOT=DIR")
endif()
get_filename_component(torch_site ${torch_root} DIRECTORY)
file(REAL_PATH ${torch_site} torch_site)
set(torch_root ${torch_site}/torch)

add_library(saelaw_torch INTERFACE)
# After the system's folders: the wheel brings a fmt of its own, newer than the one we link.
target_compile_options(saelaw_torch INTERFACE "SHELL:-idirafter ${torch_root}/include"
  "SHELL:-idirafter ${torch_root}/include/torch/csrc/api/include")
# Its OpenMP is the one that our kernels' threads come from too: two would fight for the cores.
target_link_libraries(saelaw_torch INTERFACE ${torch_root}/lib/libtorch_cpu.so ${torch_root}/lib/libc10.so
  ${torch_root}/lib/libgomp.so.1)
# The wheel's libraries find the CUDA runtime in the nvidia packages beside torch, also where only
# those few packages are installed: undefined symbols of libraries we never call are allowed, and
# DT_RPATH (not DT_RUNPATH) is searched for indirect dependencies too.
file(GLOB nvidia_libs ${torch_site}/nvidia/*/lib)
set(torch_rpath "$ORIGIN/../lib" ${torch_root}/lib ${nvidia_libs})
list(JOIN torch_rpath ":" torch_rpath)
target_link_options(saelaw_torch INTERFACE
  -Wl,--allow-shlib-undefined -Wl,--disable-new-dtags "-Wl,-rpath,${torch_rpath}")

# Its CUDA part, for programs that are of no use without a GPU; the trainer opens it when it is asked to.
add_library(saelaw_torch_cuda INTERFACE)
target_link_libraries(saelaw_torch_cuda INTERFACE saelaw_torch -Wl,--no-as-needed
  ${torch_root}/lib/libtorch_cuda.so ${torch_root}/lib/libc10_cuda.so -Wl,--as-needed)

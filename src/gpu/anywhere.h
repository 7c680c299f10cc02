// What a host compiler and nvcc both compile, and a GPU's code may call as the host's does.
#pragma once

#ifdef __CUDACC__
#define SAELAW_ANYWHERE __host__ __device__ __forceinline__
#else
#define SAELAW_ANYWHERE inline
#endif

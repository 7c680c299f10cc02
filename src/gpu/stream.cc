// LibTorch is asked by its interface for all devices, so that this file needs no header of CUDA.
#include "gpu/stream.h"

#include <c10/core/impl/VirtualGuardImpl.h>

namespace saelaw {

void* CurrentStream(c10::Device device) {
  if (device.is_cpu()) return nullptr;
  const c10::impl::VirtualGuardImpl guard(device.type());
  return guard.getStreamNativeHandle(guard.getStream(device));
}

}  // namespace saelaw

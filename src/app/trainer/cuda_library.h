// What a GPU needs, opened only when a job asks for one: LibTorch's CUDA part and the CUDA library
// of ours. The trainer is linked without them and starts on machines that lack them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace saelaw {

// For a device "cuda" or "cuda:N": opens LibTorch's part and, unless `reference` says that
// LibTorch's operations are wanted, the CUDA library; checks that there is such a device. Does
// nothing for "cpu". Must come before any ATen call: ATen looks for CUDA once, at the first query.
// A CUDA library that is not there is a line to `note`, and steps are then taken by LibTorch's
// operations. Throws ConfigurationError naming what is missing or of another version.
void OpenDevice(const std::string& device,
                bool reference,
                const std::function<void(const std::string&)>& note);

// Throws ConfigurationError when the LibTorch that runs is not the one that this was built against.
// `running` is as aoti_torch_abi_version gives it.
void CheckTorchVersion(std::uint64_t running);

// Bytes of a GPU.
struct DeviceMemory {
  double total = 0, free = 0;
};
// Zeros for "cpu". The device has been opened.
DeviceMemory QueryMemory(const std::string& device);

}  // namespace saelaw

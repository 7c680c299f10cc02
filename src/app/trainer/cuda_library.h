// LibTorch's CUDA part, opened only when a job asks for it: the trainer is linked without it and
// starts on machines that lack it.
#pragma once

#include <string>

namespace saelaw {

// For a device "cuda" or "cuda:N": opens the library and checks that there is such a device. Does
// nothing for "cpu". Must come before any ATen call: ATen looks for CUDA once, at the first query.
// Throws ConfigurationError naming what is missing.
void OpenDevice(const std::string& device);

}  // namespace saelaw

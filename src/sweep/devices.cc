#include "sweep/devices.h"

#include <algorithm>

namespace saelaw {
namespace {

// Dense peaks, 16-bit operands with 32-bit accumulation, from the vendors' data sheets; the RTX
// 4090's from NVIDIA's Ada architecture whitepaper (165 TFLOP/s).
const std::vector<Device>& Devices() {
  static const std::vector<Device> devices = {
      {"rtx4090", 165e12}, {"a100", 312e12}, {"h100", 989e12}, {"h200", 989e12}};
  return devices;
}

}  // namespace

const Device* FindDevice(std::string_view name) {
  const auto found = std::find_if(
      Devices().begin(), Devices().end(), [&](const Device& d) { return d.name == name; });
  return found == Devices().end() ? nullptr : &*found;
}

std::vector<std::string> DeviceNames() {
  std::vector<std::string> names;
  for (const Device& device : Devices()) names.push_back(device.name);
  return names;
}

}  // namespace saelaw

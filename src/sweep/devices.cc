// The list holds what may be named without a measurement. Each number comes from the vendor, so
// that a reader can check the price for a device that is not at hand.
#include "sweep/devices.h"

#include <algorithm>

namespace saelaw {
namespace {

// The peaks are dense ones, of 16-bit operands with 32-bit accumulation, from the vendors' data
// sheets; that of the RTX 4090 is from NVIDIA's Ada architecture whitepaper (165 TFLOP/s). Data
// sheets often print twice as much, for sparse operands.
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

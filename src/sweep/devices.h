// The devices that can be priced by name: the one list of them, for what a sweep may say and for
// what study/ computes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

struct Device {
  std::string name;
  double peak_flops = 0;  // dense 16-bit products, 32-bit accumulation, FLOP/s
};
// rtx4090, a100, h100, h200; null otherwise.
const Device* FindDevice(std::string_view name);
std::vector<std::string> DeviceNames();

}  // namespace saelaw

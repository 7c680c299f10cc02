// What the measuring programs of ours share.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <ATen/ATen.h>

namespace saelaw {

// Of a monotone clock.
inline double SecondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Until the device has done what this thread queued.
inline void Wait(at::Device device) { at::zeros({1}, at::dtype(at::kFloat).device(device)).cpu(); }

inline double Median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

// FLOP/s of a bf16 product of two matrices [n, n] of random numbers: what the device gives here.
inline double GemmFlops(at::Device device, std::int64_t n) {
  const at::Tensor a = at::randn({n, n}, at::dtype(at::kFloat).device(device)).to(at::kBFloat16);
  at::mm(a, a);
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) {
    Wait(device);
    const double start = SecondsNow();
    for (int k = 0; k < 4; ++k) at::mm(a, a);
    Wait(device);
    seconds.push_back((SecondsNow() - start) / 4);
  }
  const auto size = static_cast<double>(n);
  return 2 * size * size * size / Median(seconds);
}

}  // namespace saelaw

// What runs cost before they are run: FLOP, time, memory, disk. 6N FLOP a parameter and
// token for training, 2N for a forward pass alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/forward_cost.h"
#include "sweep/devices.h"
#include "sweep/sweep.h"

namespace saelaw {

// The target's device: its own peak where the sweep gives one, else the named device's.
Device TargetDevice(const Target& target);

struct Cost {
  double sae_flops = 0;     // 6·2·d_in·d_sae a token: the published convention
  double stream_flops = 0;  // the language model up to the hook; 0 for other sources
  double seconds = 0;       // on the executing machine, from what was measured, else assumed
  double device_bytes = 0;  // peak of one trainer with this run alone
  double shared_bytes = 0;  // what of it the members of a gang have once
  double flops() const { return sae_flops + stream_flops; }
};

// 6·(2·d_in·d_sae)·tokens.
double SaeTrainingFlops(std::int64_t d_in, std::int64_t d_sae, double tokens);
// FLOP/s that this study has reached so far; 0 while nothing was measured.
struct MeasuredSpeed {
  double flops_per_second = 0;
};

// What a run of the sweep will cost where `execution` says. Without a measured speed, one is
// assumed: so much a core, or target.utilisation of the peak of target.device for any GPU. Its
// steps are taken as execution.kernels says; empty: along the fastest path.
Cost PriceRun(const RunSpec& run, const Sweep& sweep, const MeasuredSpeed& speed);

// The reference case and its like: the target run priced twice.
struct TargetPrice {
  double tokens = 0;
  // At peak (lower bound): rule-of-thumb FLOP over the device's peak.
  double half_forward_flops = 0, half_forward_hours = 0;
  double sae_flops = 0, sae_hours = 0;
  double hours_at_peak() const { return half_forward_hours + sae_hours; }
  // The exact count at the stated utilisation.
  double exact_forward_flops = 0, exact_forward_hours = 0;
  double exact_sae_flops = 0, exact_sae_hours = 0;
  double exact_hours() const { return exact_forward_hours + exact_sae_hours; }
  double utilisation = 0;
  double device_bytes = 0;
  double activations_bytes = 0;  // had they been stored in bf16
  double weights_bytes = 0;      // of the SAE that is written, fp32
  Device device;
};
TargetPrice PriceTarget(const Sweep& sweep, double tokens, const Device& device);

}  // namespace saelaw

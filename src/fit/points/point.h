// One measured run, as every law sees it, and how a run ended that is no point of a law.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

// How a run that is no point of a law ended, as far as is known.
enum class Failure : std::uint8_t { kUnknown, kDiverged, kCollapsed, kFailed };
// "diverged or collapsed", "diverged", "collapsed", "failed".
std::string_view Name(Failure failure);

// One measured point. A law uses the variables it names; others stay NaN.
struct Point {
  double tokens = std::numeric_limits<double>::quiet_NaN();  // D
  double params =
      std::numeric_limits<double>::quiet_NaN();  // N (for an SAE: d_sae, or 2·d_in·d_sae)
  double lr = std::numeric_limits<double>::quiet_NaN();
  double batch = std::numeric_limits<double>::quiet_NaN();    // tokens per batch
  double compute = std::numeric_limits<double>::quiet_NaN();  // C, FLOP
  double l0 = std::numeric_limits<double>::quiet_NaN();       // active latents (TopK's k)
  double loss = std::numeric_limits<double>::quiet_NaN();
  double sd =
      std::numeric_limits<double>::quiet_NaN();  // of ln loss; NaN: unknown, pooled over seeds
  std::int64_t seed = 0;    // replicates of one setting differ in seed or stream
  std::int64_t stream = 0;  // points of one stream (data order) are correlated
  std::int64_t origin = 0;  // points of one trunk (core/trunk.h) are, more so; 0: of none
  Failure failure = Failure::kUnknown;  // of a run that failed
  std::int64_t row = 0;  // where the point came from, for messages (a CSV line, a run's index)
  // ln of the loss without each group of held-out documents over the loss
  // (fit/points/held_out_groups.h); empty: not known.
  std::vector<double> held_out_shifts{};
};

struct DroppedPoint {
  std::int64_t row = 0;
  std::string reason;
};

}  // namespace saelaw

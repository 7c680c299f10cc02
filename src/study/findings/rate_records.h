// What each rate that was trained at did, for the choice of a measured rate where no law says which
// is best.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "study/findings/study_points.h"
#include "sweep/sweep.h"

namespace saelaw {

// What one rate did in the runs of the loss law and the lr law, at the SAE sizes at which rates are
// swept.
struct RateRecord {
  double lr = 0;
  std::set<std::int64_t> sizes;   // tokens at which it completed, at the size nearest the target's
  std::set<std::int64_t> failed;  // tokens at which a run of it did not, at any size
  // At its largest size, of the first seed, which all rates have: a further seed's stream may be an
  // easy one.
  double loss = 0;
  std::uint64_t seed = 0;
};

// Ascending rates.
std::vector<RateRecord> RecordRates(const Sweep& sweep, const StudyPoints& points);

// The rate with the lowest loss at the largest size, among those that never failed, stand below
// `bound`, and carry a law; 0 when there is none.
double BestRecorded(const std::vector<RateRecord>& records, double bound);

}  // namespace saelaw

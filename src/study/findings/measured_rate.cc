// A rate that was trained at several sizes has a law of loss of its own. Such a rate is preferred
// to one that no run was trained at, as its loss can be predicted.
#include "study/findings/measured_rate.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "study/design/family.h"

namespace saelaw {
namespace {

constexpr std::size_t kFewestSizes = 3;  // of a law of data: a floor, a coefficient, an exponent

// What one rate did over all sizes.
struct Record {
  std::size_t sizes = 0;  // numbers of tokens at which it survived, at the one SAE size
  double largest = 0;     // of these
  double log_loss = std::numeric_limits<double>::infinity();  // there
  bool failed = false;                                        // a run of it, at any SAE size
};

}  // namespace

RateTable TabulateFitted(const Sweep& sweep, const StudyPoints& points) {
  const std::vector<std::int64_t> sizes = LrSizes(sweep);
  std::vector<const KnownRun*> fitted;
  for (const PlayedRun& played : points.played) {
    const bool of_law = played.stage == Stage::kLossLaw || played.stage == Stage::kLrLaw;
    const std::int64_t d_sae = played.run->spec.sae.d_sae;
    const bool swept = std::find(sizes.begin(), sizes.end(), d_sae) != sizes.end();
    if (of_law && swept) fitted.push_back(played.run);
  }
  const RateRuns runs = SplitRateRuns(std::move(fitted));
  return MakeRateTable(runs.survived, runs.failed, runs.silent);
}

double BestMeasuredRate(const RateTable& table, std::int64_t d_sae, double bound) {
  std::map<double, Record> records;
  double largest = 0;
  for (const RatesAtSize& size : table.sizes) {  // ascending tokens
    const bool counts = size.params == static_cast<double>(d_sae);
    for (const TriedRate& rate : size.rates) {
      Record& record = records[rate.lr];
      record.failed = record.failed || rate.fails();
      if (!counts || rate.survived() == 0) continue;
      largest = std::max(largest, size.tokens);
      record.largest = size.tokens;
      record.log_loss = rate.log_loss;
      ++record.sizes;
    }
  }
  double best = 0;
  for (const auto& [lr, record] : records) {
    const bool usable =
        record.sizes >= kFewestSizes && !record.failed && lr <= bound && record.largest == largest;
    if (!usable || (best > 0 && record.log_loss >= records[best].log_loss)) continue;
    best = lr;
  }
  return best;
}

}  // namespace saelaw

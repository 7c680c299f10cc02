#include "study/findings/rate_records.h"

#include <algorithm>
#include <map>

#include "study/design/family.h"

namespace saelaw {
namespace {

constexpr std::size_t kFewestSizes = 3;  // of a law of data: a floor, a coefficient, an exponent

void AddCompleted(const KnownRun& run, RateRecord* record) {
  const std::int64_t tokens = run.spec.tokens;
  const bool larger = record->sizes.empty() || tokens > *record->sizes.rbegin();
  const bool first = !larger && tokens == *record->sizes.rbegin() && run.spec.seed < record->seed;
  if (larger || first) {
    record->loss = run.result.final.loss;
    record->seed = run.spec.seed;
  }
  record->sizes.insert(tokens);
}

}  // namespace

std::vector<RateRecord> RecordRates(const Sweep& sweep, const StudyPoints& points) {
  std::map<double, RateRecord> records;
  const std::vector<std::int64_t> sizes = LrSizes(sweep);
  const std::int64_t nearest = LrSizeNearTarget(sweep);
  for (const PlayedRun& played : points.played) {
    const KnownRun& run = *played.run;
    const std::int64_t d_sae = run.spec.sae.d_sae;
    const bool fitted = played.stage == Stage::kLossLaw || played.stage == Stage::kLrLaw;
    const bool swept = std::find(sizes.begin(), sizes.end(), d_sae) != sizes.end();
    if (!fitted || !swept) continue;
    const bool completed = run.outcome == Outcome::kCompleted;
    if (completed && d_sae != nearest) continue;
    RateRecord& record = records[run.spec.training.lr];
    record.lr = run.spec.training.lr;
    if (completed) {
      AddCompleted(run, &record);
    } else {
      record.failed.insert(run.spec.tokens);
    }
  }
  std::vector<RateRecord> ascending;
  for (auto& [lr, record] : records) ascending.push_back(std::move(record));
  return ascending;
}

double BestRecorded(const std::vector<RateRecord>& records, double bound) {
  std::int64_t largest = 0;
  for (const RateRecord& record : records) {
    if (!record.sizes.empty()) largest = std::max(largest, *record.sizes.rbegin());
  }
  double best = 0, best_loss = 0;
  for (const RateRecord& record : records) {
    const bool usable = record.sizes.size() >= kFewestSizes && record.failed.empty() &&
                        record.lr <= bound && *record.sizes.rbegin() == largest;
    if (!usable || (best > 0 && record.loss >= best_loss)) continue;
    best = record.lr;
    best_loss = record.loss;
  }
  return best;
}

}  // namespace saelaw

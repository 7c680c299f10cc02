// All starts are polished and the best optimum is kept; how many starts reach it is counted,
// because one that hardly any reaches may not be the best there is. With very many points the
// starts are judged on a part of them.
#include "fit/laws/search.h"

#include <cmath>

#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

// Beyond this many points the starts are judged on evenly spaced ones, and only the best optimum is
// polished on all.
constexpr int kManyPoints = 5000;

// The points are taken at even distances, so that the choice needs no random numbers.
Sample Thinned(const Sample& sample) {
  std::vector<int> rows;
  for (std::int64_t i = 0; i < kManyPoints; ++i) {
    rows.push_back(static_cast<int>(i * sample.size() / kManyPoints));
  }
  return Select(sample, rows);
}

std::vector<Minimum> Polish(const LawModel& model,
                            const Sample& sample,
                            const Criterion& criterion,
                            const std::vector<Vector>& starts,
                            int threads) {
  // Each start is polished by itself, so threads do not change what is found.
  std::vector<Minimum> found(starts.size());
  ParallelFor(static_cast<int>(starts.size()), threads, [&](int i) {
    const auto k = static_cast<std::size_t>(i);
    found[k] = Minimise(model, sample, criterion, starts[k]);
  });
  return found;
}

SearchResult Best(const std::vector<Minimum>& found, int points) {
  SearchResult result;
  result.tried = static_cast<int>(found.size());
  for (const Minimum& minimum : found) {
    // A search that left the domain has no value and cannot win.
    if (!std::isfinite(minimum.objective)) continue;
    if (result.best.u.empty() || minimum.objective < result.best.objective) result.best = minimum;
  }
  // Noise-free optima differ by rounding alone.
  const double limit = result.best.objective * (1 + 1e-6) + 1e-20 * points;
  for (const Minimum& minimum : found) result.at_best += minimum.objective <= limit ? 1 : 0;
  return result;
}

}  // namespace

SearchResult Search(const LawModel& model,
                    const Sample& sample,
                    const Criterion& criterion,
                    int starts,
                    const Vector* extra,
                    int threads) {
  if (sample.size() > kManyPoints) {
    // The counts are those of the thinned search, since only its best goes on.
    SearchResult result = Search(model, Thinned(sample), criterion, starts, extra, threads);
    if (!result.best.u.empty()) {
      // The optimum of the part is near that of all, so one more search from it is enough.
      const bool moved = result.best.moved;
      result.best = Minimise(model, sample, criterion, result.best.u);
      result.best.moved = result.best.moved || moved;
    }
    return result;
  }
  std::vector<Vector> list = model.Starts(sample, starts);
  // What is known already is tried first.
  if (extra != nullptr) list.insert(list.begin(), *extra);
  return Best(Polish(model, sample, criterion, list, threads), sample.size());
}

}  // namespace saelaw

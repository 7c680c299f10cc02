#include "fit/search.h"

#include <cmath>

#include "fit/parallel.h"

namespace saelaw {

SearchResult Search(const PowerSum& model,
                    const Sample& sample,
                    const Criterion& criterion,
                    int starts,
                    const Vector* extra,
                    int threads) {
  std::vector<Vector> list = model.Screen(sample, starts);
  if (extra != nullptr) list.insert(list.begin(), *extra);
  std::vector<Minimum> found(list.size());
  ParallelFor(static_cast<int>(list.size()), threads, [&](int i) {
    const auto k = static_cast<std::size_t>(i);
    found[k] = Minimise(model, sample, criterion, list[k]);
  });
  SearchResult result;
  result.tried = static_cast<int>(found.size());
  for (const Minimum& minimum : found) {
    if (result.best.u.empty() || minimum.objective < result.best.objective) result.best = minimum;
  }
  const double limit = result.best.objective * (1 + 1e-6) + 1e-20 * sample.size();
  for (const Minimum& minimum : found) result.at_best += minimum.objective <= limit ? 1 : 0;
  return result;
}

}  // namespace saelaw

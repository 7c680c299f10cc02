#include "study/findings/loss_law.h"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "study/findings/metric.h"

namespace saelaw {
namespace {

constexpr std::size_t kFewestSizes = 3;  // of a law of size: a floor, a coefficient, an exponent

std::vector<const KnownRun*> AtSize(const std::vector<const KnownRun*>& runs, std::int64_t d_sae) {
  std::vector<const KnownRun*> at_size;
  for (const KnownRun* run : runs) {
    if (run->spec.sae.d_sae == d_sae) at_size.push_back(run);
  }
  return at_size;
}

std::string WhyOneSize(const std::set<std::int64_t>& sizes,
                       const LawFit& law_of_size,
                       std::int64_t one) {
  const std::string why = sizes.size() < kFewestSizes
                              ? fmt::format("a law of size needs at least {} sizes", kFewestSizes)
                              : "there is no law of size and data: " + law_of_size.refusal;
  return fmt::format(
      "d_sae {} were trained, and {}; the law of loss is that of d_sae {} alone and says nothing "
      "of another size",
      fmt::join(sizes, ", "),
      why,
      one);
}

// Each run's place among the points of the law.
std::map<RunId, std::string> PlacesOf(const std::vector<const KnownRun*>& carriers,
                                      const LawFit& fit) {
  std::map<RunId, std::string> places;
  for (const KnownRun* run : carriers) {
    places[run->result.id] = fit.ok() ? "" : "there is no law: " + fit.refusal;
  }
  if (!fit.ok()) return places;
  for (const DroppedPoint& dropped : fit.dropped) {
    places[carriers[static_cast<std::size_t>(dropped.row)]->result.id] = dropped.reason;
  }
  return places;
}

CarriedLaw FitSizes(const std::vector<const KnownRun*>& runs, std::int64_t base) {
  CarriedLaw carried;
  LossLaw& law = carried.law;
  std::set<std::int64_t> sizes;
  for (const KnownRun* run : runs) {
    if (run->outcome != Outcome::kCompleted) continue;
    carried.carriers.push_back(run);
    sizes.insert(run->spec.sae.d_sae);
  }
  if (sizes.size() >= kFewestSizes) {
    law.fit = FitMetric("size-data", carried.carriers, kLossMetric);
    if (law.fit.ok()) return carried;
  }
  law.d_sae = sizes.empty() || sizes.count(base) != 0 ? base : *sizes.rbegin();
  if (sizes.size() > 1) law.warning = WhyOneSize(sizes, law.fit, law.d_sae);
  carried.carriers = AtSize(carried.carriers, law.d_sae);
  law.fit = FitMetric("data", carried.carriers, kLossMetric);
  return carried;
}

}  // namespace

CarriedLaw FitLossLaw(const std::vector<const KnownRun*>& runs, std::int64_t base, double lr) {
  CarriedLaw carried = FitSizes(runs, base);
  carried.law.lr = lr;
  carried.law.points = PlacesOf(carried.carriers, carried.law.fit);
  return carried;
}

}  // namespace saelaw

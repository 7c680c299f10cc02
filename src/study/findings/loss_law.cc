// A law of size and data is tried first, and a law of one size stands in where the sizes do not
// carry one. Every run that was given to the law is told why it is no point.
#include "study/findings/loss_law.h"

#include <algorithm>
#include <set>
#include <utility>

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

warning::OneSizeLaw WhyOneSize(const std::set<std::int64_t>& sizes,
                               const LawFit& law_of_size,
                               const LawInfo* asked,
                               std::int64_t one) {
  using Why = warning::OneSizeLaw::Why;
  warning::OneSizeLaw said;
  said.sizes.assign(sizes.begin(), sizes.end());
  said.d_sae = one;
  said.fewest = kFewestSizes;
  if (asked != nullptr) {
    said.why = Why::kAskedKnowsNone;
    said.asked = asked->name;
  } else if (sizes.size() >= kFewestSizes) {
    said.why = Why::kRefused;
    said.refusal = law_of_size.refusal;
  }
  return said;
}

// Each run's place among the points of the law.
std::map<RunId, std::optional<WhyLeftOut>> FindPlaces(const std::vector<const KnownRun*>& carriers,
                                                      const LawFit& fit) {
  std::map<RunId, std::optional<WhyLeftOut>> places;
  for (const KnownRun* run : carriers) {
    auto& place = places[run->result.id];
    if (!fit.ok()) place = left_out::NoLaw{*fit.refusal};
  }
  if (!fit.ok()) return places;
  for (const DroppedPoint& dropped : fit.dropped) {
    places[carriers[static_cast<std::size_t>(dropped.row)]->result.id] =
        left_out::Unfit{dropped.reason};
  }
  return places;
}

bool IsOfSize(const LawInfo& law) { return law.Needs(Variable::kParams); }

void FitTo(const LawInfo& of, CarriedLaw* carried) {
  MetricLaw found = FitMetric(of, carried->carriers, kLossMetric);
  carried->law.fit = std::move(found.fit);
  carried->rolled = std::move(found.rolled);
}

CarriedLaw FitSizes(const std::vector<const KnownRun*>& runs, const Sweep& sweep) {
  const LawInfo* asked = FindLossLaw(sweep.loss_law.law);
  const std::int64_t base = sweep.sae.d_sae;
  CarriedLaw carried;
  LossLaw& law = carried.law;
  std::set<std::int64_t> sizes;
  for (const KnownRun* run : runs) {
    if (run->outcome != Outcome::kCompleted) continue;
    carried.carriers.push_back(run);
    sizes.insert(run->spec.sae.d_sae);
  }
  // A law of size that was asked for and is not carried is refused with its reason: no other stands
  // in for it.
  if (asked != nullptr ? IsOfSize(*asked) : sizes.size() >= kFewestSizes) {
    FitTo(asked != nullptr ? *asked : SizeDataLaw(), &carried);
    if (law.fit.ok() || asked != nullptr) return carried;
  }
  law.d_sae = sizes.empty() || sizes.count(base) != 0 ? base : *sizes.rbegin();
  if (sizes.size() > 1) law.one_size = WhyOneSize(sizes, law.fit, asked, law.d_sae);
  carried.carriers = AtSize(carried.carriers, law.d_sae);
  FitTo(asked != nullptr ? *asked : DataLaw(), &carried);
  return carried;
}

}  // namespace

CarriedLaw FitLossLaw(const std::vector<const KnownRun*>& runs, const Sweep& sweep, double lr) {
  CarriedLaw carried = FitSizes(runs, sweep);
  carried.law.lr = lr;
  carried.law.points = FindPlaces(carried.carriers, carried.law.fit);
  return carried;
}

}  // namespace saelaw

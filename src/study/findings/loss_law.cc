#include "study/findings/loss_law.h"

#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/trunk.h"
#include "fit/fit.h"

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

}  // namespace

const Metric kLossMetric = {
    [](const Evaluation& e) { return e.loss; },
    [](const HeldOutRecord& record) { return HeldOutReplicates(record, record.loss); }};
const Metric kMseMetric = {
    [](const Evaluation& e) { return e.mse; },
    [](const HeldOutRecord& record) { return HeldOutReplicates(record, record.mse); }};
const Metric kFvuMetric = {[](const Evaluation& e) { return e.fvu; }, FvuReplicates};
const Metric kL0Metric = {
    [](const Evaluation& e) { return e.l0; },
    [](const HeldOutRecord& record) { return HeldOutReplicates(record, record.l0); }};

Failure FailureOf(Outcome outcome) {
  if (outcome == Outcome::kDiverged) return Failure::kDiverged;
  return outcome == Outcome::kCollapsed ? Failure::kCollapsed : Failure::kUnknown;
}

Point MakePoint(const KnownRun& run, const Metric& metric, std::int64_t row) {
  Point point;
  point.tokens = static_cast<double>(run.spec.tokens);
  point.params = static_cast<double>(run.spec.sae.d_sae);
  point.lr = run.spec.training.lr;
  point.batch = static_cast<double>(run.spec.training.batch_tokens);
  point.loss = metric.value(run.result.final);
  for (const double replicate : metric.replicates(run.result.held_out)) {
    point.held_out_shifts.push_back(std::log(replicate / point.loss));
  }
  point.seed = static_cast<std::int64_t>(run.spec.seed);
  point.stream = static_cast<std::int64_t>(run.spec.stream_seed);
  point.origin = OriginNumber(TrunkKey(run.spec));
  point.failure = FailureOf(run.outcome);
  point.row = row;
  return point;
}

std::vector<Point> Points(const std::vector<const KnownRun*>& runs, const Metric& metric) {
  std::vector<Point> points;
  for (const KnownRun* run : runs) {
    points.push_back(MakePoint(*run, metric, static_cast<std::int64_t>(points.size())));
  }
  return points;
}

LawFit FitMetric(std::string_view law,
                 const std::vector<const KnownRun*>& runs,
                 const Metric& metric) {
  const std::vector<Point> points = Points(runs, metric);
  LawFit fit = FitLaw(law, points, {});
  AddHeldOutError(points, {}, fit);
  return fit;
}

LossLaw FitLossLaw(const std::vector<const KnownRun*>& runs, std::int64_t base) {
  LossLaw fit;
  std::set<std::int64_t> sizes;
  for (const KnownRun* run : runs) {
    if (run->outcome != Outcome::kCompleted) continue;
    fit.points.push_back(run);
    sizes.insert(run->spec.sae.d_sae);
  }
  if (sizes.size() >= kFewestSizes) {
    fit.law = FitMetric("size-data", fit.points, kLossMetric);
    if (fit.law.ok()) return fit;
  }
  fit.d_sae = sizes.empty() || sizes.count(base) != 0 ? base : *sizes.rbegin();
  if (sizes.size() > 1) fit.warning = WhyOneSize(sizes, fit.law, fit.d_sae);
  fit.points = AtSize(fit.points, fit.d_sae);
  fit.law = FitMetric("data", fit.points, kLossMetric);
  return fit;
}

}  // namespace saelaw

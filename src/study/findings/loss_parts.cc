// Mse and penalty are shares of the loss, so that their sum is the loss by construction; a share
// moves on a line in its logit, which keeps it between 0 and 1.
#include "study/findings/loss_parts.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "core/architecture_traits.h"
#include "study/design/rate_lattice.h"

namespace saelaw {
namespace {

using Runs = std::vector<const KnownRun*>;

double Logit(double share) { return std::log(share / (1 - share)); }
double Share(double logit) { return 1 / (1 + std::exp(-logit)); }

// Whether a run stands where the advice would put it: within a step of its size's best rate, or at
// the one rate that the law of the loss is of.
bool AtAdvisedRate(const KnownRun& run, const RateLaws& rates, const LossLaws& laws) {
  const double lr = run.spec.training.lr;
  if (!rates.best.ok()) return lr == laws.Predicting().lr;
  Point at;
  at.tokens = static_cast<double>(run.spec.tokens);
  at.params = static_cast<double>(run.spec.sae.d_sae);
  at.batch = static_cast<double>(run.spec.training.batch_tokens);
  return std::abs(std::log(lr / rates.best.law.Predict(at).value)) <= std::log(kRefineTo);
}

std::size_t NumbersOfTokens(const Runs& runs) {
  std::set<std::int64_t> tokens;
  for (const KnownRun* run : runs) tokens.insert(run->spec.tokens);
  return tokens.size();
}

Runs RunsAtAdvisedRates(const Sweep& sweep,
                        const StudyPoints& points,
                        const RateLaws& rates,
                        const LossLaws& laws) {
  constexpr std::size_t kFewestSizes = 3;
  Runs all, at_size;
  for (const PlayedRun& played : points.played) {
    const KnownRun& run = *played.run;
    const bool completed = run.outcome == Outcome::kCompleted && run.result.final.loss > 0;
    if (!completed || !AtAdvisedRate(run, rates, laws)) continue;
    all.push_back(&run);
    if (run.spec.sae.d_sae == sweep.target.d_sae) at_size.push_back(&run);
  }
  return NumbersOfTokens(at_size) >= kFewestSizes ? at_size : all;
}

// The line of what `value` says of a run; runs of which it says nothing are no points.
template <typename Value>
LossLine MakeLine(const Runs& runs, Value value) {
  std::vector<LossLinePoint> points;
  for (const KnownRun* run : runs) {
    const double y = value(run->result);
    if (!std::isfinite(y)) continue;
    points.push_back({static_cast<double>(run->spec.tokens), std::log(run->result.final.loss), y});
  }
  return LossLine(points);
}

double ComputePenalty(const RunResult& result) { return result.final.loss - result.final.mse; }

// The geometric mean of a ratio that all runs share; NaN where they do not, within a thousandth.
template <typename Ratio>
double SharedRatio(const Runs& runs, Ratio ratio) {
  constexpr double kSame = 1e-3;
  double sum = 0, lowest = HUGE_VAL, highest = -HUGE_VAL;
  for (const KnownRun* run : runs) {
    const double log_ratio = std::log(ratio(run->result));
    sum += log_ratio;
    lowest = std::min(lowest, log_ratio);
    highest = std::max(highest, log_ratio);
  }
  const bool same = !runs.empty() && highest - lowest < kSame;
  return same ? std::exp(sum / static_cast<double>(runs.size())) : std::nan("");
}

// Each end of the parts' interval is where the loss's own end puts it, and the line's error
// besides.
template <typename Value>
Estimate MakeEstimate(const LossLine& line, const Estimate& loss, double level, Value value) {
  const double log_loss = std::log(loss.value);
  const double y = line.At(log_loss);
  Estimate estimate{value(loss.value, y), {}};
  if (!(loss.interval.lo > 0) || !std::isfinite(loss.interval.hi)) return estimate;
  const double half = line.HalfWidth(log_loss, level);
  const auto of_loss = [&](double at) { return value(at, line.At(std::log(at))); };
  const double low = std::min(of_loss(loss.interval.lo), of_loss(loss.interval.hi));
  const double high = std::max(of_loss(loss.interval.lo), of_loss(loss.interval.hi));
  const double line_low = std::min(value(loss.value, y - half), value(loss.value, y + half));
  const double line_high = std::max(value(loss.value, y - half), value(loss.value, y + half));
  const double down =
      std::hypot(std::log(estimate.value / low), std::log(estimate.value / line_low));
  const double up =
      std::hypot(std::log(high / estimate.value), std::log(line_high / estimate.value));
  estimate.interval = {estimate.value * std::exp(-down), estimate.value * std::exp(up)};
  return estimate;
}

Estimate Times(const Estimate& estimate, double factor) {
  return {estimate.value * factor, {estimate.interval.lo * factor, estimate.interval.hi * factor}};
}

// A share does not leave 0 to 1, whatever its interval's ends were added up from.
Estimate WithinShare(Estimate estimate) {
  if (estimate.interval.known()) estimate.interval.hi = std::min(1.0, estimate.interval.hi);
  return estimate;
}

}  // namespace

LossParts FindLossParts(const Sweep& sweep,
                        const StudyPoints& points,
                        const RateLaws& rates,
                        const LossLaws& laws) {
  const Runs runs = RunsAtAdvisedRates(sweep, points, rates, laws);
  LossParts parts;
  parts.no_penalty =
      !runs.empty() && std::all_of(runs.begin(), runs.end(), [](const KnownRun* run) {
        return ComputePenalty(run->result) == 0;
      });
  parts.penalty_share = MakeLine(runs, [](const RunResult& result) {
    return Logit(ComputePenalty(result) / result.final.loss);
  });
  parts.fvu_over_mse = SharedRatio(
      runs, [](const RunResult& result) { return result.final.fvu / result.final.mse; });
  // Without a penalty there is nothing that L0 could be told from.
  const bool linear = FindTraits(sweep.sae.architecture).penalty &&
                      sweep.training.sparsity == SparsityRule::kCoefficient;
  if (linear) {
    parts.l0_over_penalty = SharedRatio(
        runs, [](const RunResult& result) { return result.final.l0 / ComputePenalty(result); });
  }
  parts.log_l0 = MakeLine(runs, [](const RunResult& result) { return std::log(result.final.l0); });
  parts.loss_recovered =
      MakeLine(runs, [](const RunResult& result) { return Logit(result.splice.loss_recovered); });
  return parts;
}

PredictedParts SplitLoss(const LossParts& parts, const Estimate& loss, double level) {
  PredictedParts predicted;
  if (!parts.ok() || !loss.known()) return predicted;
  if (parts.no_penalty) {
    predicted.mse = loss;
    predicted.penalty = {0, {0, 0}};
  } else {
    const auto part = [](double of, double logit) { return of * Share(logit); };
    const auto rest = [](double of, double logit) { return of * Share(-logit); };
    predicted.penalty = MakeEstimate(parts.penalty_share, loss, level, part);
    predicted.mse = MakeEstimate(parts.penalty_share, loss, level, rest);
  }
  predicted.fvu = Times(predicted.mse, parts.fvu_over_mse);
  if (!std::isnan(parts.l0_over_penalty)) {
    predicted.l0 = Times(predicted.penalty, parts.l0_over_penalty);
  } else if (parts.log_l0.ok()) {
    const auto l0 = [](double, double log_l0) { return std::exp(log_l0); };
    predicted.l0 = MakeEstimate(parts.log_l0, loss, level, l0);
  }
  if (parts.loss_recovered.ok()) {
    const auto share = [](double, double logit) { return Share(logit); };
    predicted.loss_recovered = WithinShare(MakeEstimate(parts.loss_recovered, loss, level, share));
  }
  return predicted;
}

}  // namespace saelaw

// How wrong a law may be beyond its points. Profiles and bootstraps take the law for granted; that
// it bends where nobody measured is no noise, and no fit can see it.
#pragma once

#include <span>

#include "fit/compare/rolling_origin.h"
#include "fit/intervals/law_fit.h"

namespace saelaw {

// ln of the measured over the predicted loss beyond the points is taken as normal with the law's
// own variance plus (share·fall)², where fall is what the law promises on the way
// (fit/compare/reach.h) and the share differs upwards and downwards (a two-piece normal: Wallis
// 2014, Statist. Sci. 29). Shares are lognormal between sweeps, as pools of published points have
// them (analysis/bending/README.md), and the sweep's own held-out scales decide how far they hold
// here: empirical Bayes (Efron 2010, Large-Scale Inference, ch. 1), the mean square over the
// posterior.
struct DiscrepancyShares {
  double below = 0;
  double above = 0;
};
// Pairs without a known sd say nothing; without any the shares are those of the pools.
DiscrepancyShares ComputeShares(std::span<const RolledScale> rolled);

// Puts the discrepancy into the intervals of a law's predictions, both Predict and
// PredictOnSameSet, and fills Prediction::discrepancy and LawFit::discrepancy. Parameters keep
// their intervals, and nothing changes among the points. Laws that take seconds to fit are not
// fitted again, so that theirs is the pools'. Nothing for a law that is not ok(), or whose points
// lie on it to six digits: such points were computed. Returns what was rolled for it.
RolledLaw AddDiscrepancy(std::span<const Point> points, const FitOptions& options, LawFit& fit);
// The same from what is rolled already, without a look at other laws.
void AddDiscrepancy(std::span<const Point> points,
                    std::span<const RolledScale> rolled,
                    LawFit& fit);

}  // namespace saelaw

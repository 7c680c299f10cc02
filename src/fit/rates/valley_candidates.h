// The shapes that the valleys of a sweep may have, each fitted to all runs, and how much each is
// believed.
#pragma once

#include <functional>
#include <vector>

#include "fit/rates/valley_search.h"
#include "fit/rates/valley_start.h"

namespace saelaw {

// Below this sd of ln loss nothing is told apart from rounding.
inline constexpr double kSmallestNoise = 1e-11;

// One shape with what it says. Shapes are weighed by Bayes factors, the parabola ahead
// (valley_candidates.cc).
struct ValleyCandidate {
  ValleyKind kind = ValleyKind::kParabola;
  bool relative = false;  // whether the loss rises by the shape, and not ln loss
  double weight = 0;
  ValleyPriors priors;
  ValleyFit free;       // an optimum for each group
  ValleyFit line;       // the optima along the line, origin at `ValleyLaw::centre`
  double variance = 0;  // of ln loss about the line, as far as it is known to `df`
  double df = 0;
  // Where the optima scatter about the line more than the runs explain: the line through `free`'s
  // optima, and the covariance of its positions.
  Vector scattered;
  Vector scattered_covariance;  // [positions, positions]
  double scattered_df = 0;
};

// The degrees of freedom that a fit leaves; 0 where it leaves next to nothing.
double CountFreedom(const ValleyData& data, const ValleyFit& fit);

// Every shape with an optimum for each group. First it has one curvature; where groups differ in it
// beyond the noise (a likelihood ratio above 4: 2.3 % for a variance that may be 0), a spread of
// it.
std::vector<ValleyCandidate> FitShapes(const ValleyData& data, const ValleyStart& start);

// Gives the shapes their weights by how well one of their fits does, the heaviest first.
void Weigh(const ValleyData& data,
           ValleyFit ValleyCandidate::*by,
           std::vector<ValleyCandidate>& candidates);

}  // namespace saelaw

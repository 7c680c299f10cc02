// From measured points to what a solver can use: unusable points dropped with a reason, replicates
// and weights found, and data that cannot carry a law refused before any number is computed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/laws.h"
#include "fit/log_model.h"

namespace saelaw {

struct UsablePoints {
  std::vector<Point> points;
  std::vector<DroppedPoint> dropped;
  int dropped_before = 0;  // FitOptions::dropped_before
  std::vector<std::string> warnings;
  double sd_unit = 0;  // > 0: every point brought its sd, and weight 1 means this sd of ln loss
};

UsablePoints Usable(const LawInfo& law, std::span<const Point> points);

// The points without those that agree with an earlier one in everything but their row: the same run
// twice, which would count as a replicate without noise.
std::vector<Point> WithoutRepeats(std::span<const Point> points,
                                  std::vector<DroppedPoint>& dropped);

// Number of distinct values of a variable, equal to within 1e-9.
int DistinctValues(std::span<const Point> points, Variable variable);

// Why the points cannot carry the law (empty when they can); without a fixed floor the floor is one
// more parameter.
std::string WhyRefused(const LawInfo& law,
                       const UsablePoints& usable,
                       std::optional<double> fixed_floor);

// Which points are correlated: those of one stream (data order), or, where all have one stream,
// those of one trunk. The one place that decides it. Every point of its own where neither differs:
// then nothing is known of it, or all points have the same.
struct Clusters {
  std::vector<int> of;  // [points]
  int count = 0;
};
Clusters FindClusters(std::span<const Point> points);

// Geometric means of the law's variables, in logarithms.
Vector LogCentres(const LawInfo& law, std::span<const Point> points);

// The sample that `model` rows are made of; rows in the order of usable.points.
Sample MakeSample(const LawInfo& law, const UsablePoints& usable, const Vector& log_centres);

// A trunk's name as Point::origin has it; 0 for an empty one.
std::int64_t OriginNumber(std::string_view name);

}  // namespace saelaw

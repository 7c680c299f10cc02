// From measured points to what a solver can use: unusable points dropped with a reason, replicates
// and weights found, and data that cannot carry a law refused before any number is computed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/laws/law_info.h"
#include "fit/points/fit_refusal.h"
#include "fit/points/fit_warning.h"
#include "fit/solve/log_model.h"

namespace saelaw {

struct UsablePoints {
  std::vector<Point> points;
  std::vector<DroppedPoint> dropped;
  int dropped_before = 0;           // FitOptions::dropped_before
  std::optional<Variable> missing;  // a variable of the law that no point has at all
  FitWarnings warnings;
  double sd_unit = 0;  // > 0: every point brought its sd, and weight 1 means this sd of ln loss
};

UsablePoints Usable(const LawInfo& law, std::span<const Point> points);

// Why the points cannot carry the law (empty when they can); without a fixed floor the floor is one
// more parameter.
std::optional<FitRefusal> WhyRefused(const LawInfo& law,
                                     const UsablePoints& usable,
                                     std::optional<double> fixed_floor);

// Geometric means of the law's variables, in logarithms.
Vector LogCentres(const LawInfo& law, std::span<const Point> points);

// The sample that `model` rows are made of; rows in the order of usable.points.
Sample MakeSample(const LawInfo& law, const UsablePoints& usable, const Vector& log_centres);

}  // namespace saelaw

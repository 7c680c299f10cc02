// A law is known where its runs are. Beyond them it is judged by how many times a quantity exceeds
// them, and between them by the shape of the cloud that they make: a sweep along one diagonal says
// nothing of the corners beside it, although both its sides reach so far.
#include "fit/critic/extrapolation.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "fit/points/repeats.h"
#include "fit/points/variable.h"

namespace saelaw {
namespace {

using enum Variable;
constexpr Variable kAll[] = {kTokens, kParams, kCompute, kBatch, kLr, kL0};

// One quantity of the points against the target's.
struct Reach {
  Variable variable = kTokens;
  double smallest = 0;
  double largest = 0;
  double target = 0;

  bool above() const { return target > largest; }
  // How many times beyond the nearer end; at most 1 between them.
  double Times() const { return std::max(target / largest, smallest / target); }
};

std::vector<Reach> Reaches(std::span<const Point> points, const Point& target) {
  std::vector<Reach> reaches;
  for (const Variable variable : kAll) {
    Reach reach{variable, 0, 0, Get(target, variable)};
    for (const Point& point : points) {
      const double value = Get(point, variable);
      if (!(point.loss > 0) || !(value > 0) || !std::isfinite(value)) continue;
      reach.largest = std::max(reach.largest, value);
      reach.smallest = reach.smallest > 0 ? std::min(reach.smallest, value) : value;
    }
    if (reach.largest > 0 && reach.target > 0) reaches.push_back(reach);
  }
  return reaches;
}

// The runs' ends of a quantity, and from where beyond them the law is doubted or refused.
Extrapolation Judge(const Reach& reach) {
  const bool rate = reach.variable == kLr;
  const double doubtful = rate ? kDoubtfulRate : kDoubtfulFactor;
  const double refused = rate ? kRefusedRate : kRefusedFactor;
  Extrapolation judged;
  const double times = reach.Times();
  judged.needs_force = times > refused;
  judged.doubtful = times > doubtful;
  if (!judged.doubtful) return judged;
  judged.warning = warning::FarBeyond{reach.variable,
                                      times,
                                      reach.above(),
                                      judged.needs_force,
                                      judged.needs_force ? refused : doubtful};
  return judged;
}

// Distinct settings of the quantities, in logarithms: [settings, quantities].
Eigen::MatrixXd Settings(std::span<const Point> points, const std::vector<Reach>& varied) {
  std::set<std::vector<double>> settings;
  for (const Point& point : points) {
    if (!(point.loss > 0)) continue;
    std::vector<double> setting;
    for (const Reach& reach : varied) {
      setting.push_back(std::log(Get(point, reach.variable)));
    }
    const bool whole = std::all_of(
        setting.begin(), setting.end(), [](double value) { return std::isfinite(value); });
    if (whole) settings.insert(setting);
  }
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(settings.size()),
                       static_cast<Eigen::Index>(varied.size()));
  Eigen::Index row = 0;
  for (const std::vector<double>& setting : settings) {
    rows.row(row++) = Eigen::Map<const Eigen::RowVectorXd>(setting.data(), rows.cols());
  }
  return rows;
}

// The target's distance over that of the furthest setting; 0 where the settings are too few, or on
// one line, and so have no distance of their own.
double CornerRatio(const Eigen::MatrixXd& settings, const Eigen::RowVectorXd& target) {
  const Eigen::Index variables = settings.cols();
  if (settings.rows() < variables + 2) return 0;
  const Eigen::RowVectorXd centre = settings.colwise().mean();
  const Eigen::MatrixXd off = settings.rowwise() - centre;
  const Eigen::MatrixXd covariance =
      off.transpose() * off / static_cast<double>(settings.rows() - 1);
  const Eigen::LDLT<Eigen::MatrixXd> factor(covariance);
  constexpr double kSingular = 1e-9;
  if (!(factor.rcond() > kSingular)) return 0;
  const auto distance = [&](const Eigen::RowVectorXd& from) {
    const Eigen::VectorXd column = from.transpose();
    return std::sqrt(column.dot(factor.solve(column)));
  };
  double furthest = 0;
  for (Eigen::Index i = 0; i < off.rows(); ++i) {
    furthest = std::max(furthest, distance(off.row(i)));
  }
  return distance(target - centre) / furthest;
}

// Whether the runs come near the corner that the target lies in, or, where it lies beyond them,
// begins from.
Extrapolation JudgeCorner(std::span<const Point> points, const std::vector<Reach>& reaches) {
  std::vector<Reach> varied;
  for (const Reach& reach : reaches) {
    if (reach.largest > reach.smallest * (1 + 1e-9)) varied.push_back(reach);
  }
  Extrapolation judged;
  if (varied.size() < 2) return judged;
  Eigen::RowVectorXd corner(static_cast<Eigen::Index>(varied.size()));
  warning::EmptyCorner empty;
  for (std::size_t k = 0; k < varied.size(); ++k) {
    const Reach& reach = varied[k];
    const double held = std::clamp(reach.target, reach.smallest, reach.largest);
    corner(static_cast<Eigen::Index>(k)) = std::log(held);
    empty.at.emplace_back(reach.variable, held);
  }
  empty.ratio = CornerRatio(Settings(points, varied), corner);
  empty.limit = kDoubtfulCorner;
  judged.doubtful = empty.ratio > empty.limit;
  if (judged.doubtful) judged.warning = std::move(empty);
  return judged;
}

// A refusal before a doubt, a doubt before none.
int Gravity(const Extrapolation& judged) {
  return judged.needs_force ? 2 : judged.doubtful ? 1 : 0;
}

}  // namespace

Extrapolation JudgeExtrapolation(double largest_tokens, double target_tokens) {
  Extrapolation judged = Judge({kTokens, target_tokens, largest_tokens, target_tokens});
  judged.factor = target_tokens / largest_tokens;
  return judged;
}

Extrapolation JudgeExtrapolation(std::span<const Point> points, const Point& target) {
  const std::vector<Reach> reaches = Reaches(points, target);
  Extrapolation gravest;
  double furthest = 0;
  double factor = 0;
  for (const Reach& reach : reaches) {
    Extrapolation judged = Judge(reach);
    // Of two alike the one that reaches further is told.
    const bool further = Gravity(judged) == Gravity(gravest) && reach.Times() > furthest;
    if (Gravity(judged) > Gravity(gravest) || further) {
      gravest = std::move(judged);
      furthest = reach.Times();
    }
    const bool size = reach.variable != kLr && reach.variable != kBatch && reach.variable != kL0;
    if (size) factor = std::max(factor, reach.target / reach.largest);
  }
  if (!gravest.doubtful) gravest = JudgeCorner(points, reaches);
  gravest.factor = factor;
  return gravest;
}

}  // namespace saelaw

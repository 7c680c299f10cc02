// The profile of a quantity holds it at some values and fits the rest anew. The root of what the
// sum of squares gains, over the noise, is Student's t for a model that is linear (the parabola of
// one curvature is, by Fieller's theorem) and nearly so for the others.
#include "fit/rates/valley_interval.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <boost/math/tools/toms748_solve.hpp>

#include "fit/solve/distributions.h"
#include "fit/solve/one_dimension.h"

namespace saelaw {
namespace {

// Farther from the estimate than this, in ln, an interval has no end.
constexpr double kFarthest = 15;
// Shapes of less weight are taken as linear: their tails hardly count.
constexpr double kSlight = 0.1;

// The signed root of a shape's profile as a piecewise linear function, and Student's df.
class ConfidenceCurve {
 public:
  ConfidenceCurve(double centre, double sd, double weight, double df)
      : weight_(weight), df_(df), knots_{{centre - sd, -1}, {centre, 0}, {centre + sd, 1}} {}

  void Replace(std::vector<std::pair<double, double>> knots) { knots_ = std::move(knots); }

  double weight() const { return weight_; }
  double df() const { return df_; }

  // Whether the root grows all along, so that it is somewhere what it is nowhere else.
  bool Rises() const {
    return std::adjacent_find(knots_.begin(), knots_.end(), [](const auto& a, const auto& b) {
             return !(a.first < b.first && a.second < b.second);
           }) == knots_.end();
  }
  // Where it is `root`; of a curve that rises.
  double WhereRootIs(double root) const {
    std::size_t upper = 1;
    while (upper + 1 < knots_.size() && knots_[upper].second < root) ++upper;
    const auto& [x0, t0] = knots_[upper - 1];
    const auto& [x1, t1] = knots_[upper];
    return x0 + (x1 - x0) * (root - t0) / (t1 - t0);
  }

  // The weight times the probability that the quantity is below x.
  double Below(double x) const {
    const double t = Root(x);
    const double tails = FisherTail(t * t, 1, df_);
    return weight_ * (t < 0 ? tails / 2 : 1 - tails / 2);
  }

 private:
  // Linear between knots, and beyond them as between the last two.
  double Root(double x) const {
    std::size_t upper = 1;
    while (upper + 1 < knots_.size() && knots_[upper].first < x) ++upper;
    const auto& [x0, t0] = knots_[upper - 1];
    const auto& [x1, t1] = knots_[upper];
    return t0 + (t1 - t0) * (x - x0) / (x1 - x0);
  }

  double weight_;
  double df_;
  std::vector<std::pair<double, double>> knots_;  // value, root
};

// The positions of a line about another origin.
Vector Moved(const Vector& position, const Vector& from, const Vector& to) {
  Vector moved = position;
  for (std::size_t k = 0; k < from.size(); ++k) moved[0] += position[k + 1] * (to[k] - from[k]);
  return moved;
}

// The variance of the quantity under a covariance of the positions about `from`.
double ComputeVariance(const LineQuantity& quantity, const Vector& from, const Vector& covariance) {
  Vector gradient(from.size() + 1, 0.0);
  gradient[static_cast<std::size_t>(quantity.position)] = 1;
  if (quantity.position == 0) {
    for (std::size_t k = 0; k < from.size(); ++k) gradient[k + 1] = quantity.origin[k] - from[k];
  }
  double variance = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    for (std::size_t j = 0; j < gradient.size(); ++j) {
      variance += gradient[i] * covariance[i * gradient.size() + j] * gradient[j];
    }
  }
  return variance;
}

// One shape's profile of a quantity.
class Profile {
 public:
  Profile(const ValleyLaw& law, const ValleyCandidate& candidate, const LineQuantity& quantity)
      : law_(law),
        candidate_(candidate),
        placement_(ValleyPlacement::Line(law.data, quantity.origin)),
        position_(Moved(candidate.line.at.position, law.centre, quantity.origin)),
        held_(quantity.position) {}

  double centre() const { return position_[static_cast<std::size_t>(held_)]; }

  std::vector<std::pair<double, double>> Knots(double sd) const {
    constexpr std::array kSteps = {0.8, 1.6, 2.4, 3.4};
    std::vector<std::pair<double, double>> knots = {{centre(), 0}};
    for (const double side : {-1.0, 1.0}) {
      ValleyState start = candidate_.line.at;
      start.position = position_;
      start.position.erase(start.position.begin() + held_);
      double root = 0;
      double distance = 0;
      for (const double step : kSteps) {
        distance = step * sd;
        root = Root(centre() + side * distance, start);
        knots.emplace_back(centre() + side * distance, side * root);
      }
      // Where the valleys hardly open the root grows ever less, and the next knots lie far out.
      while (root < kSteps.back() && distance < kFarthest) {
        distance *= 1.5;
        root = std::max(root, Root(centre() + side * distance, start));
        knots.emplace_back(centre() + side * distance, side * root);
      }
    }
    std::sort(knots.begin(), knots.end());
    return knots;
  }

 private:
  // `start` follows from one value to the next.
  double Root(double value, ValleyState& start) const {
    const ValleyFit fit = SearchValley(
        law_.data, candidate_.kind, placement_.Holding(held_, value), candidate_.priors, start);
    if (fit.ok) start = fit.at;
    return std::sqrt(std::max(0.0, fit.objective - candidate_.line.objective) /
                     candidate_.variance);
  }

  const ValleyLaw& law_;
  const ValleyCandidate& candidate_;
  ValleyPlacement placement_;
  Vector position_;
  int held_;
};

// What the shapes together put below a place, and where that is how much.
class ConfidenceCurves {
 public:
  // Farther from `centre` than kFarthest no end is sought.
  ConfidenceCurves(std::vector<ConfidenceCurve> curves, double centre, double level)
      : curves_(std::move(curves)),
        low_(centre - kFarthest),
        high_(centre + kFarthest),
        level_(level) {
    for (const ConfidenceCurve& curve : curves_) {
      // The shapes that are left out have no tails.
      weight_ += curve.weight();
      roots_.push_back(StudentTwoSided(level, curve.df()));
      rise_ = rise_ && curve.Rises() && std::isfinite(roots_.back());
    }
  }

  // The interval's end on that side, -1 or 1.
  double End(double side) const {
    const double share = weight_ * (1 + side * level_) / 2;
    return rise_ ? EndOfRising(side, share) : EndByHalving(share);
  }

 private:
  double Below(double x) const {
    double sum = 0;
    for (const ConfidenceCurve& curve : curves_) sum += curve.Below(x);
    return sum;
  }

  double EndByHalving(double share) const {
    if (Below(low_) > share) return -std::numeric_limits<double>::infinity();
    if (Below(high_) < share) return std::numeric_limits<double>::infinity();
    return WhereItReaches(share, low_, high_, [this](double x) { return Below(x); });
  }

  // Each curve reaches the share by itself at Student's quantile, and all together they do between
  // the first and the last of these places. So hardly any tail has to be computed (Alefeld, Potra &
  // Shi 1995, ACM TOMS 748).
  double EndOfRising(double side, double share) const {
    double first = std::numeric_limits<double>::infinity();
    double last = -first;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      const double alone = curves_[i].WhereRootIs(side * roots_[i]);
      first = std::min(first, alone);
      last = std::max(last, alone);
    }
    // Ends that lie nowhere near, and what is not a number, are left to the slower way.
    if (!(first > low_ && last < high_)) return EndByHalving(share);
    const auto missing = [&](double x) { return Below(x) - share; };
    // Quantiles are known to rounding, which must not shut the end out.
    const double rounding = 1e-10 * (1 + std::abs(first) + std::abs(last));
    if (last - first < rounding) return (first + last) / 2;
    const double below = missing(first - rounding);
    const double above = missing(last + rounding);
    if (!(below < 0 && above > 0)) return EndByHalving(share);
    constexpr int kBits = 48;
    std::uintmax_t steps = 60;
    const auto [from, to] =
        boost::math::tools::toms748_solve(missing,
                                          first - rounding,
                                          last + rounding,
                                          below,
                                          above,
                                          boost::math::tools::eps_tolerance<double>(kBits),
                                          steps);
    return (from + to) / 2;
  }

  std::vector<ConfidenceCurve> curves_;
  double low_;
  double high_;
  double level_;
  bool rise_ = true;
  double weight_ = 0;
  std::vector<double> roots_;  // [curves] Student's quantile of the level
};

ConfidenceCurve MakeCurve(const ValleyLaw& law,
                          const ValleyCandidate& candidate,
                          const LineQuantity& quantity) {
  if (law.scatters) {
    const Vector moved = Moved(candidate.scattered, law.centre, quantity.origin);
    const double sd =
        std::sqrt(ComputeVariance(quantity, law.centre, candidate.scattered_covariance));
    return {moved[static_cast<std::size_t>(quantity.position)],
            sd,
            candidate.weight,
            candidate.scattered_df};
  }
  const Profile profile(law, candidate, quantity);
  const double sd = std::sqrt(candidate.variance *
                              ComputeVariance(quantity, law.centre, candidate.line.covariance));
  ConfidenceCurve curve(profile.centre(), sd, candidate.weight, candidate.df);
  if (candidate.weight > kSlight && sd < kFarthest) curve.Replace(profile.Knots(sd));
  return curve;
}

double ComputeValue(const ValleyLaw& law, const LineQuantity& quantity) {
  double value = 0;
  for (const ValleyCandidate& one : law.candidates) {
    const Vector& position = law.scatters ? one.scattered : one.line.at.position;
    value +=
        one.weight *
        Moved(position, law.centre, quantity.origin)[static_cast<std::size_t>(quantity.position)];
  }
  return value;
}

}  // namespace

ValleyEstimate MakeEstimate(const ValleyLaw& law, const LineQuantity& quantity, double level) {
  ValleyEstimate estimate;
  estimate.value = ComputeValue(law, quantity);
  if (!(level > 0) || !(law.best().df > 0)) return estimate;
  std::vector<ConfidenceCurve> curves;
  for (const ValleyCandidate& one : law.candidates) {
    if (one.weight > 1e-4) curves.push_back(MakeCurve(law, one, quantity));
  }
  const ConfidenceCurves together(std::move(curves), estimate.value, level);
  estimate.interval = {together.End(-1), together.End(1)};
  return estimate;
}

}  // namespace saelaw

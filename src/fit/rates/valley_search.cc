// A Levenberg-Marquardt search in few parameters. Levels are linear, so each step is made of rows
// that have lost the mean of their level, which solves for them exactly.
#include "fit/rates/valley_search.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "fit/solve/one_dimension.h"

namespace saelaw {
namespace {

// Beyond these no valley that was ever measured lies, and a search that goes there is lost.
constexpr double kMostSkew = 3;
constexpr double kMostLogPower = 1.8;    // the twelfth power
constexpr double kLeastLogPower = -0.5;  // the power 1.2
constexpr double kMostFlat = 2;

// Where each parameter stands in a vector of all: ln curvature, skew, power, positions, and the
// groups' own curvatures.
struct Layout {
  bool skew = false;
  bool power = false;
  bool flat = false;
  bool relative = false;
  bool curvatures = false;
  Eigen::Index positions = 0;
  Eigen::Index groups = 0;

  Eigen::Index SkewAt() const { return 1; }
  Eigen::Index PowerAt() const { return skew ? 2 : 1; }
  Eigen::Index FlatAt() const { return PowerAt() + (power ? 1 : 0); }
  Eigen::Index Positions() const { return FlatAt() + (flat ? 1 : 0); }
  Eigen::Index Curvatures() const { return Positions() + positions; }
  Eigen::Index Size() const { return Curvatures() + (curvatures ? groups : 0); }
};

Layout MakeLayout(ValleyKind kind,
                  const ValleyState& state,
                  const ValleyPlacement& placement,
                  std::size_t groups,
                  bool own) {
  return {HasSkew(kind),
          HasPower(kind),
          HasFlat(kind),
          state.shape.relative,
          own,
          static_cast<Eigen::Index>(placement.size),
          static_cast<Eigen::Index>(groups)};
}

Eigen::VectorXd Pack(const Layout& layout, const ValleyState& state) {
  Eigen::VectorXd u = Eigen::VectorXd::Zero(layout.Size());
  u(0) = state.shape.log_curvature;
  if (layout.skew) u(layout.SkewAt()) = state.shape.skew;
  if (layout.power) u(layout.PowerAt()) = state.shape.log_power;
  if (layout.flat) u(layout.FlatAt()) = state.shape.flat;
  std::copy(state.position.begin(), state.position.end(), u.begin() + layout.Positions());
  // A start that knows of no own curvatures begins with the shared one.
  if (layout.curvatures && !state.curvatures.empty()) {
    std::copy(state.curvatures.begin(), state.curvatures.end(), u.begin() + layout.Curvatures());
  }
  return u;
}

ValleyState Unpack(const Layout& layout, const Eigen::VectorXd& u) {
  ValleyState state;
  state.shape.log_curvature = u(0);
  state.shape.relative = layout.relative;
  if (layout.skew) state.shape.skew = u(layout.SkewAt());
  if (layout.power) state.shape.log_power = u(layout.PowerAt());
  if (layout.flat) state.shape.flat = u(layout.FlatAt());
  const auto first = u.begin() + layout.Positions();
  state.position.assign(first, first + layout.positions);
  if (layout.curvatures) state.curvatures.assign(first + layout.positions, u.end());
  return state;
}

// What one step is made of. `rows` [runs, Size() + 1]: the prediction's derivative by each
// parameter, and the residual as the last column, both without the mean of their level.
struct Linearised {
  Eigen::MatrixXd rows;
  Eigen::MatrixXd bounds;  // [groups, Size() + 1], of the bounds that are violated; else 0

  double Square() const { return rows.col(rows.cols() - 1).squaredNorm(); }
  double BoundSquare() const { return bounds.col(bounds.cols() - 1).squaredNorm(); }
};

// Writes the derivatives of one run's prediction, and its residual.
void FillRow(const ValleyRun& run,
             const ValleyState& state,
             const ValleyPlacement& placement,
             std::size_t group,
             const Layout& layout,
             Eigen::MatrixXd::RowXpr row) {
  ValleyShape shape = state.shape;
  if (layout.curvatures) shape.log_curvature += state.curvatures[group];
  const ValleyRise rise = ComputeRise(shape, run.x - placement.At(state.position, group));
  row(0) = rise.by_curvature;
  if (layout.skew) row(layout.SkewAt()) = rise.by_skew;
  if (layout.power) row(layout.PowerAt()) = rise.by_power;
  if (layout.flat) row(layout.FlatAt()) = rise.by_flat;
  const double* design = placement.design.data() + group * state.position.size();
  for (Eigen::Index k = 0; k < layout.positions; ++k) {
    row(layout.Positions() + k) = -rise.by_z * design[k];
  }
  if (layout.curvatures) {
    row(layout.Curvatures() + static_cast<Eigen::Index>(group)) = rise.by_curvature;
  }
  row(layout.Size()) = run.y - rise.value;
}

// Takes the mean of its level out of every row.
void TakeOutLevels(const ValleyData& data, Eigen::MatrixXd& rows) {
  Eigen::MatrixXd means = Eigen::MatrixXd::Zero(data.levels, rows.cols());
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(data.levels);
  Eigen::Index at = 0;
  for (const ValleyGroup& group : data.groups) {
    for (const ValleyRun& run : group.runs) {
      means.row(run.level) += rows.row(at++);
      counts(run.level) += 1;
    }
  }
  means.array().colwise() /= counts.array().max(1);
  at = 0;
  for (const ValleyGroup& group : data.groups) {
    for (const ValleyRun& run : group.runs) rows.row(at++) -= means.row(run.level);
  }
}

Linearised Linearise(const ValleyData& data,
                     const Layout& layout,
                     const ValleyPlacement& placement,
                     const ValleyState& state) {
  Linearised linear;
  linear.rows.setZero(data.Runs(), layout.Size() + 1);
  linear.bounds.setZero(layout.groups, layout.Size() + 1);
  Eigen::Index at = 0;
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    const ValleyGroup& group = data.groups[g];
    for (const ValleyRun& run : group.runs) {
      FillRow(run, state, placement, g, layout, linear.rows.row(at++));
    }
    const double below = group.bound - placement.At(state.position, g);
    if (!(below > 0) || group.bound_weight == 0) continue;
    // A bound that is violated pulls as a point on it would.
    const auto bound = static_cast<Eigen::Index>(g);
    for (Eigen::Index k = 0; k < layout.positions; ++k) {
      linear.bounds(bound, layout.Positions() + k) =
          group.bound_weight *
          placement.design[g * state.position.size() + static_cast<std::size_t>(k)];
    }
    linear.bounds(bound, layout.Size()) = group.bound_weight * below;
  }
  TakeOutLevels(data, linear.rows);
  return linear;
}

// Normal priors of the parameters, as weights of squared distances.
struct Weights {
  Eigen::VectorXd mean;
  Eigen::VectorXd weight;

  double Square(const Eigen::VectorXd& u) const {
    return (weight.array() * (u - mean).array().square()).sum();
  }
};

Weights ComputeWeights(const ValleyData& data,
                       const Layout& layout,
                       const ValleyPlacement& placement,
                       const ValleyPriors& priors) {
  Weights weights{Eigen::VectorXd::Zero(layout.Size()), Eigen::VectorXd::Zero(layout.Size())};
  const auto of = [&](double sd) { return std::pow(priors.noise / sd, 2); };
  if (layout.skew) weights.weight(layout.SkewAt()) = of(priors.skew);
  if (layout.power) weights.weight(layout.PowerAt()) = of(priors.log_power);
  if (layout.flat) weights.weight(layout.FlatAt()) = of(priors.flat);
  for (Eigen::Index k = 0; placement.vague > 0 && k < layout.positions; ++k) {
    weights.mean(layout.Positions() + k) = data.groups[static_cast<std::size_t>(k)].centre;
    weights.weight(layout.Positions() + k) = of(placement.vague);
  }
  if (layout.curvatures) {
    weights.weight.tail(layout.groups).setConstant(of(priors.curvature_spread));
  }
  return weights;
}

// Keeps a step where the linearisation means something.
void Shorten(const Layout& layout, Eigen::VectorXd& step) {
  constexpr double kLongest = 1;  // a factor of e in the curvature, or in a rate
  const double shape = step.head(layout.Positions()).cwiseAbs().maxCoeff();
  const double level = std::abs(step(layout.Positions()));
  const double longest = std::max(shape, level);
  if (longest > kLongest) step *= kLongest / longest;
}

void Confine(const Layout& layout, Eigen::VectorXd& u) {
  if (layout.skew) u(layout.SkewAt()) = std::clamp(u(layout.SkewAt()), -kMostSkew, kMostSkew);
  if (layout.power) {
    u(layout.PowerAt()) = std::clamp(u(layout.PowerAt()), kLeastLogPower, kMostLogPower);
  }
  if (layout.flat) u(layout.FlatAt()) = std::clamp(u(layout.FlatAt()), 0.0, kMostFlat);
}

// A place of the search with all that the next step and the answer need.
struct Place {
  Eigen::VectorXd u;
  Linearised linear;
  double objective = 0;
};

class Search {
 public:
  Search(const ValleyData& data,
         ValleyKind kind,
         const ValleyPlacement& placement,
         const ValleyPriors& priors,
         const ValleyState& start)
      : data_(data),
        placement_(placement),
        layout_(
            MakeLayout(kind, start, placement, data.groups.size(), priors.curvature_spread > 0)),
        weights_(ComputeWeights(data, layout_, placement, priors)) {}

  ValleyFit From(const ValleyState& start) const {
    Place at = Visit(Pack(layout_, start));
    ValleyFit fit;
    double damping = 1e-4;
    constexpr int kMostSteps = 200;
    constexpr double kMostDamping = 1e12;
    for (int i = 0; i < kMostSteps && damping < kMostDamping && !fit.ok; ++i) {
      const Place next = Visit(at.u + Step(at, damping));
      // Steps as short as this change nothing that rounding does not.
      constexpr double kSmallest = 1e-9;
      fit.ok = (next.u - at.u).norm() < kSmallest * (1 + at.u.norm());
      if (!(next.objective <= at.objective)) {
        damping *= 8;
        continue;
      }
      at = next;
      damping = std::max(damping / 8, 1e-12);
    }
    // A search that no step improves any more has ended as well.
    fit.ok = fit.ok || damping >= kMostDamping;
    Describe(at, fit);
    return fit;
  }

 private:
  Place Visit(Eigen::VectorXd u) const {
    Confine(layout_, u);
    Place place{std::move(u), {}, 0};
    place.linear = Linearise(data_, layout_, placement_, Unpack(layout_, place.u));
    place.objective = place.linear.Square() + place.linear.BoundSquare() + weights_.Square(place.u);
    return place;
  }

  Eigen::MatrixXd Gram(const Place& at) const {
    const auto rows = at.linear.rows.leftCols(layout_.Size());
    const auto bounds = at.linear.bounds.leftCols(layout_.Size());
    Eigen::MatrixXd gram = rows.transpose() * rows + bounds.transpose() * bounds;
    gram.diagonal() += weights_.weight;
    return gram;
  }

  Eigen::VectorXd Step(const Place& at, double damping) const {
    const Eigen::Index size = layout_.Size();
    Eigen::MatrixXd gram = Gram(at);
    const Eigen::VectorXd right =
        at.linear.rows.leftCols(size).transpose() * at.linear.rows.col(size) +
        at.linear.bounds.leftCols(size).transpose() * at.linear.bounds.col(size) -
        (weights_.weight.array() * (at.u - weights_.mean).array()).matrix();
    // The floor under the damping serves directions that nothing measures.
    const double floor = 1e-14 * gram.diagonal().maxCoeff();
    gram.diagonal() += damping * gram.diagonal();
    gram.diagonal().array() += floor + 1e-300;
    Eigen::VectorXd step = gram.ldlt().solve(right);
    Shorten(layout_, step);
    return step;
  }

  void Describe(const Place& at, ValleyFit& fit) const {
    fit.at = Unpack(layout_, at.u);
    fit.square = at.linear.Square();
    fit.objective = at.objective;
    Eigen::MatrixXd gram = Gram(at);
    gram.diagonal().array() += 1e-14 * gram.diagonal().maxCoeff() + 1e-300;
    const Eigen::MatrixXd inverse =
        gram.ldlt().solve(Eigen::MatrixXd::Identity(gram.rows(), gram.cols()));
    // What priors hold is no parameter that the runs have paid for.
    fit.parameters = static_cast<double>(layout_.Size()) - inverse.diagonal().dot(weights_.weight);
    const Eigen::MatrixXd block = inverse.block(
        layout_.Positions(), layout_.Positions(), layout_.positions, layout_.positions);
    fit.covariance.assign(block.data(), block.data() + block.size());
    fit.ok = fit.ok && std::isfinite(fit.objective) && inverse.allFinite();
  }

  const ValleyData& data_;
  const ValleyPlacement& placement_;
  Layout layout_;
  Weights weights_;
};

// The restricted likelihood of one variance, once the other parameters are projected out: of random
// effects along the eigenvectors of their cross products.
struct SpreadLikelihood {
  Eigen::ArrayXd values;  // eigenvalues
  Eigen::ArrayXd along;   // squared components of the effects' scores
  double square = 0;      // of the residuals without any spread
  double df = 0;

  // The residuals' square where the variance is `ratio` times that of ln loss.
  double Left(double ratio) const {
    return std::max(square - (along * ratio / (1 + ratio * values)).sum(), 1e-12 * square);
  }
  double Ratio(double log_ratio) const { return std::exp(log_ratio) / values.maxCoeff(); }
  // -2 ln likelihood against no spread.
  double Deviance(double log_ratio) const {
    const double ratio = Ratio(log_ratio);
    return df * std::log(Left(ratio) / square) + (1 + ratio * values).log().sum();
  }

  CurvatureSpread Maximum() const {
    constexpr double kLeast = -3;
    constexpr double kStep = 0.5;
    constexpr int kSteps = 30;
    const double low = BracketMinimum(kLeast, kStep, kSteps, [this](double log_ratio) {
                         return Deviance(log_ratio);
                       }).first;
    const double ratio = Ratio(low);
    return {std::sqrt(ratio * Left(ratio) / df), std::min(0.0, Deviance(low))};
  }
};

}  // namespace

ValleyFit SearchValley(const ValleyData& data,
                       ValleyKind kind,
                       const ValleyPlacement& placement,
                       const ValleyPriors& priors,
                       const ValleyState& start) {
  return Search(data, kind, placement, priors, start).From(start);
}

CurvatureSpread FindCurvatureSpread(const ValleyData& data,
                                    ValleyKind kind,
                                    const ValleyPlacement& placement,
                                    const ValleyFit& fit) {
  const Layout layout = MakeLayout(kind, fit.at, placement, data.groups.size(), true);
  ValleyState state = fit.at;
  state.curvatures.assign(data.groups.size(), 0.0);
  const Linearised linear = Linearise(data, layout, placement, state);
  const Eigen::MatrixXd fixed = linear.rows.leftCols(layout.Curvatures());
  // The groups' own curvatures and the residuals, once the other parameters have had their part.
  Eigen::MatrixXd rest = linear.rows.rightCols(layout.groups + 1);
  const auto decomposed = fixed.colPivHouseholderQr();
  rest -= fixed * decomposed.solve(rest);
  const Eigen::MatrixXd random = rest.leftCols(layout.groups);
  const Eigen::VectorXd residual = rest.rightCols(1);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(random.transpose() * random);
  const Eigen::VectorXd along = eigen.eigenvectors().transpose() * (random.transpose() * residual);
  const SpreadLikelihood likelihood{eigen.eigenvalues().array().max(0),
                                    along.array().square(),
                                    residual.squaredNorm(),
                                    data.Free() - static_cast<double>(decomposed.rank())};
  const bool measured =
      likelihood.df > 0 && likelihood.square > 0 && likelihood.values.maxCoeff() > 0;
  return measured ? likelihood.Maximum() : CurvatureSpread{};
}

}  // namespace saelaw

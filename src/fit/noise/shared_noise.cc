// Analysis of variance by projections: what of the residuals lies in the space of the clusters, and
// what is left. Only sums over clusters are formed, never a matrix of points by points.
#include "fit/noise/shared_noise.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "fit/noise/fitted_law.h"
#include "fit/solve/distributions.h"
#include "fit/solve/minimise.h"
#include "fit/solve/pooling.h"

namespace saelaw {
namespace {

// Holds what a projection of the clusters explains: its squares, and the trace of Z'MZ.
struct Explained {
  Squares squares;
  double trace = 0;
};

Explained Explain(const Eigen::MatrixXd& moved, const Eigen::VectorXd& sums) {
  Explained explained;
  explained.trace = moved.trace();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moved);
  const double largest = solver.eigenvalues().tail(1)(0);
  constexpr double kSingular = 1e-8;
  for (Eigen::Index k = 0; k < moved.rows(); ++k) {
    const double value = solver.eigenvalues()(k);
    // Directions that the law has taken up already explain nothing, and are not counted.
    if (!(value > kSingular * largest)) continue;
    const double along = solver.eigenvectors().col(k).dot(sums);
    explained.squares.value += along * along / value;
    explained.squares.df += 1;
  }
  return explained;
}

Eigen::MatrixXd ComputeJacobian(const FittedLaw& fitted, const Sample& sample) {
  const Vector jacobian = WeightedJacobian(*fitted.model, sample, fitted.u);
  return Eigen::Map<const Eigen::MatrixXd>(jacobian.data(), sample.size(), fitted.model->Size());
}

// Holds J and (J'J)^-1 of the points as they are, whatever the fit pools: mean squares are defined
// on plain residuals.
struct PlainFit {
  explicit PlainFit(const FittedLaw& fitted) {
    Sample plain = fitted.sample;
    plain.pooling.clear();
    jacobian = ComputeJacobian(fitted, plain);
    covariance = InverseCurvature(*fitted.model, plain, fitted.u).inverse;
  }
  Eigen::MatrixXd jacobian;
  Vector covariance;
};

Eigen::Map<const Eigen::MatrixXd> Square(const Vector& values, Eigen::Index size) {
  return {values.data(), size, size};
}

Eigen::MatrixXd Diagonal(const Vector& values) {
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()))
      .asDiagonal();
}

// Multiplies the rows of `columns` by w and sums them over each cluster.
Eigen::MatrixXd ClusterSums(const Sample& sample, const Eigen::MatrixXd& columns) {
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(sample.clusters, columns.cols());
  for (int i = 0; i < sample.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    sums.row(sample.cluster[k]) += sample.w[k] * columns.row(i);
  }
  return sums;
}

// One cluster, or one for each point, tells nothing of what is shared.
bool Clustered(const Sample& sample) {
  return sample.clusters > 1 && sample.clusters < sample.size() && sample.clusters <= kMostClusters;
}

}  // namespace

double Variance::Quantile(double level) const {
  // A share of Cochran's quantile is mixed in; the header says why.
  const double satterthwaite = StudentTwoSided(level, df);
  if (!(between_df > 0)) return satterthwaite;
  const double share = std::clamp(between / value, 0.0, 1.0);
  const double cochran =
      share * StudentTwoSided(level, between_df) + (1 - share) * StudentTwoSided(level, within_df);
  constexpr double kCochran = 0.2;
  return (1 - kCochran) * satterthwaite + kCochran * cochran;
}

Variance Combine(const SharedNoise& noise, double own, double shared) {
  if (!noise.clustered()) return {noise.within * own, noise.within_df, 0, 0, noise.within_df};
  const double between = noise.between * shared / noise.size;
  const double within = noise.within * (own - shared / noise.size);
  // A quantity that hangs on fewer points of a cluster than `size` takes from `within`, but it
  // cannot take more than there is.
  const double least = own * std::min(noise.within, noise.between);
  const double value = std::max(between + within, least);
  if (!(value > 0)) return {0, noise.within_df, 0, 0, noise.within_df};
  // Satterthwaite's df follow from how well each of the two parts is known.
  const double spread = between * between / noise.between_df + within * within / noise.within_df;
  return {value, value * value / spread, between, noise.between_df, noise.within_df};
}

Squares PureError(const Sample& sample, const Vector& residuals) {
  const int settings = 1 + *std::max_element(sample.setting.begin(), sample.setting.end());
  Vector weight(static_cast<std::size_t>(settings));
  Vector sum(weight.size());
  // Sums by setting are gathered in one pass, and what is off them in a second one.
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    const auto k = static_cast<std::size_t>(sample.setting[i]);
    weight[k] += sample.w[i] * sample.w[i];
    sum[k] += sample.w[i] * residuals[i];
  }
  Squares left{0, static_cast<double>(sample.size() - settings)};
  // Each setting's mean is taken out first, by itself, since that needs no matrix.
  Vector off(residuals.size());
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    const auto k = static_cast<std::size_t>(sample.setting[i]);
    off[i] = residuals[i] - sample.w[i] * sum[k] / weight[k];
    left.value += off[i] * off[i];
  }
  constexpr double kMostEntries = 1e7;  // of the table below; with more, clusters are left in
  // The table of clusters by settings would be too large for memory, and then what clusters share
  // is left in the pure error.
  if (!Clustered(sample) || left.df == 0 || 1.0 * settings * sample.clusters > kMostEntries) {
    return left;
  }
  // Z'X by cluster and setting, w² summed.
  Eigen::MatrixXd shared = Eigen::MatrixXd::Zero(sample.clusters, settings);
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    shared(sample.cluster[i], sample.setting[i]) += sample.w[i] * sample.w[i];
  }
  Eigen::MatrixXd moved = Diagonal(ClusterWeights(sample));
  const Eigen::Map<const Eigen::VectorXd> weights(weight.data(), settings);
  moved -= shared * weights.cwiseInverse().asDiagonal() * shared.transpose();
  const Eigen::Map<const Eigen::VectorXd> about(off.data(), sample.size());
  const Explained explained = Explain(moved, ClusterSums(sample, about));
  return {std::max(0.0, left.value - explained.squares.value), left.df - explained.squares.df};
}

SharedNoise FindSharedNoise(const FittedLaw& fitted, const Vector& residuals) {
  const PlainFit plain(fitted);
  const Eigen::MatrixXd& jacobian = plain.jacobian;
  const auto inverse = Square(plain.covariance, jacobian.cols());
  const Eigen::Map<const Eigen::VectorXd> given(residuals.data(), fitted.sample.size());
  // Residuals of a robust fit are not orthogonal to the Jacobian, so they are made so here.
  const Eigen::VectorXd off = given - jacobian * (inverse * (jacobian.transpose() * given));
  SharedNoise noise;
  noise.within = off.squaredNorm();
  noise.within_df = std::max<double>(0, fitted.sample.size() - fitted.model->Size());
  // What clusters share can only be told where there are several and they have several points.
  if (Clustered(fitted.sample)) {
    const Eigen::MatrixXd scores = ClusterSums(fitted.sample, jacobian);
    Eigen::MatrixXd moved = Diagonal(ClusterWeights(fitted.sample));
    moved -= scores * inverse * scores.transpose();
    const Explained explained = Explain(moved, ClusterSums(fitted.sample, off));
    // Clusters that take up all that is left cannot be told from the points' own noise.
    if (explained.squares.df > 0 && explained.squares.df < noise.within_df) {
      noise.between_df = explained.squares.df;
      noise.between = explained.squares.value / noise.between_df;
      noise.size = explained.trace / noise.between_df;
      noise.within = std::max(0.0, noise.within - explained.squares.value);
      noise.within_df -= noise.between_df;
    }
  }
  if (noise.within_df > 0) noise.within /= noise.within_df;
  return noise;
}

Vector OwnResiduals(const FittedLaw& fitted, const Vector& residuals) {
  const PlainFit plain(fitted);
  const Eigen::MatrixXd& jacobian = plain.jacobian;
  const auto inverse = Square(plain.covariance, jacobian.cols());
  const Eigen::Map<const Eigen::VectorXd> given(residuals.data(), fitted.sample.size());
  Eigen::VectorXd off = given - jacobian * (inverse * (jacobian.transpose() * given));
  if (fitted.noise.clustered()) {
    const Eigen::MatrixXd scores = ClusterSums(fitted.sample, jacobian);
    Eigen::MatrixXd moved = Diagonal(ClusterWeights(fitted.sample));
    moved -= scores * inverse * scores.transpose();
    // A pseudo-inverse is taken, because directions that the law has taken up have no level.
    const Eigen::VectorXd level =
        moved.completeOrthogonalDecomposition().solve(ClusterSums(fitted.sample, off));
    for (int i = 0; i < fitted.sample.size(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      off(i) -= fitted.sample.w[k] * level(fitted.sample.cluster[k]);
    }
    // The law takes up a part of the clusters' levels itself, which is taken out again.
    off -= jacobian * (inverse * (jacobian.transpose() * off));
  }
  return {off.begin(), off.end()};
}

// An estimate errs by a'noise with a = A·C·gradient: C = (J'TTJ)^-1 for the pooling T, and A = TTJ.
Leverage::Leverage(const FittedLaw& fitted)
    : covariance_(InverseCurvature(*fitted.model, fitted.sample, fitted.u).inverse),
      own_(covariance_),
      spread_(fitted.spread) {
  Eigen::MatrixXd effect = ComputeJacobian(fitted, fitted.sample);
  // Without pooling, and with noise that is alike, the two matrices are one and the same.
  if (!fitted.sample.pooling.empty() || spread_.known()) {
    for (auto column : effect.colwise()) Pool(fitted.sample, column.data());
    Eigen::MatrixXd noisy = effect;
    for (Eigen::Index i = 0; i < noisy.rows() && spread_.known(); ++i) {
      noisy.row(i) *= spread_.relative[static_cast<std::size_t>(i)];
      effects_.emplace_back(effect.cols());
      Eigen::Map<Eigen::RowVectorXd>(effects_.back().data(), effect.cols()) = effect.row(i);
    }
    const auto bread = Square(covariance_, effect.cols());
    Eigen::Map<Eigen::MatrixXd>(own_.data(), effect.cols(), effect.cols()) =
        bread * (noisy.transpose() * noisy) * bread;
  }
  if (!fitted.noise.clustered()) return;
  // For each cluster it is kept how it pulls all parameters at once.
  const Eigen::MatrixXd sums = ClusterSums(fitted.sample, effect);
  for (Eigen::Index s = 0; s < sums.rows(); ++s) {
    scores_.emplace_back(sums.cols());
    for (Eigen::Index j = 0; j < sums.cols(); ++j) {
      scores_.back()[static_cast<std::size_t>(j)] = sums(s, j);
    }
  }
}

double Leverage::Bend(const Vector& gradient) const { return QuadraticForm(covariance_, gradient); }
double Leverage::Own(const Vector& gradient) const { return QuadraticForm(own_, gradient); }

// The estimated variance is a sum of squares of residuals, each counted by the windows it is in:
// Σ q_j e_j² with q_j = Σ a_i²/window over the points i whose window holds j.
SharedNoise Leverage::EstimateNoise(const Vector& gradient, const SharedNoise& noise) const {
  if (!spread_.known()) return noise;
  const std::size_t p = gradient.size();
  const std::size_t n = effects_.size();
  const auto bread = Square(covariance_, static_cast<Eigen::Index>(p));
  const Eigen::Map<const Eigen::VectorXd> along(gradient.data(), bread.cols());
  const Eigen::VectorXd moved = bread * along;
  Vector steps(n + 1);  // differences of q along the order
  for (std::size_t i = 0; i < n; ++i) {
    const Eigen::Map<const Eigen::VectorXd> row(effects_[i].data(), bread.cols());
    const double a = row.dot(moved);
    const auto first = static_cast<std::size_t>(spread_.first[i]);
    steps[first] += a * a / spread_.window;
    steps[first + static_cast<std::size_t>(spread_.window)] -= a * a / spread_.window;
  }
  double q = 0;
  double sum = 0;
  double squares = 0;
  for (std::size_t place = 0; place < n; ++place) {
    q += steps[place];
    const double sd = spread_.relative[static_cast<std::size_t>(spread_.order[place])];
    const double part = q * sd * sd;
    sum += part;
    squares += part * part;
  }
  SharedNoise seen = noise;
  if (squares > 0) seen.within_df = std::min(noise.within_df, sum * sum / squares);
  return seen;
}

double Leverage::Shared(const Vector& gradient) const {
  // The product with the gradient is taken once, and then compared with each cluster's scores.
  const std::size_t p = gradient.size();
  Vector moved(p);
  for (std::size_t a = 0; a < p; ++a) {
    for (std::size_t b = 0; b < p; ++b) moved[a] += covariance_[a * p + b] * gradient[b];
  }
  double sum = 0;
  for (const Vector& score : scores_) {
    double along = 0;
    for (std::size_t a = 0; a < p; ++a) along += score[a] * moved[a];
    sum += along * along;
  }
  return sum;
}

}  // namespace saelaw

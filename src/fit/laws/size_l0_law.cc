// Both terms are exponentials of polynomials in ln n and ln k, so the law is their log-sum and the
// gradient is made of their shares. Given the second term the first is linear, which is what the
// starts are made of.
#include "fit/laws/size_l0_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <Eigen/Dense>

namespace saelaw {
namespace {

// Places in u, and of ln n and ln k in a row.
enum : std::size_t { kA, kInK, kInN, kGamma, kZ, kEta };
enum : std::size_t { kRowN, kRowK };

// A parameter is so much of each component of u.
using Weights = std::array<double, 6>;

LogQuantity Weighted(const Weights& weights) {
  return [weights](const double* u, double* gradient) {
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      // A component without weight may be infinite where its term has vanished.
      if (weights[i] != 0) sum += weights[i] * u[i];
      if (gradient != nullptr) gradient[i] = weights[i];
    }
    return sum;
  };
}

// One start with how well it fits.
struct Node {
  double cost = 0;
  Vector u;
};

// The first term by least squares in logarithms on what a second term leaves, which touches the
// lowest loss by `share`.
Node FitFirstTerm(const Sample& sample, double share, double eta) {
  const int n = sample.size();
  double lowest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < n; ++i) {
    lowest = std::min(lowest, sample.y[static_cast<std::size_t>(i)] - eta * sample.Row(i)[kRowK]);
  }
  const double z = lowest + std::log(share);
  Eigen::MatrixXd columns(n, 4);
  Eigen::VectorXd left(n);
  for (int i = 0; i < n; ++i) {
    const double* row = sample.Row(i);
    const double y = sample.y[static_cast<std::size_t>(i)];
    const double second = std::exp(z + eta * row[kRowK] - y);  // its share of this loss, below 1
    // A residual of the first term is felt in the loss by the term's own share.
    const double weight = sample.w[static_cast<std::size_t>(i)] * (1 - second);
    columns.row(i) << 1, row[kRowK], row[kRowN], row[kRowK] * row[kRowN];
    columns.row(i) *= weight;
    left(i) = weight * (y + std::log1p(-second));
  }
  const Eigen::VectorXd first = columns.completeOrthogonalDecomposition().solve(left);
  return {(columns * first - left).squaredNorm(), {first(0), first(1), first(2), first(3), z, eta}};
}

}  // namespace

SizeL0LawModel::SizeL0LawModel(const LawSetting& setting)
    : centre_n_(setting.log_centres[kRowN]), centre_k_(setting.log_centres[kRowK]) {}

Vector SizeL0LawModel::Row(const Point& point) const {
  return {std::log(point.params) - centre_n_, std::log(point.l0) - centre_k_};
}

double SizeL0LawModel::LogValue(const double* u, const double* x, double* gradient) const {
  const double n = x[kRowN];
  const double k = x[kRowK];
  const double first = u[kA] + u[kInK] * k + u[kInN] * n + u[kGamma] * k * n;
  const double second = u[kZ] + u[kEta] * k;
  const double largest = std::max(first, second);
  // Outside of what doubles hold the value is NaN, and the solver turns back.
  if (!std::isfinite(largest)) return std::numeric_limits<double>::quiet_NaN();
  const double sum = std::exp(first - largest) + std::exp(second - largest);
  if (gradient != nullptr) {
    const double share = std::exp(first - largest) / sum;
    const Weights slopes = {share, share * k, share * n, share * k * n, 1 - share, (1 - share) * k};
    std::copy(slopes.begin(), slopes.end(), gradient);
  }
  return largest + std::log(sum);
}

std::vector<NamedParameter> SizeL0LawModel::Parameters(const Vector& u) const {
  const double n = centre_n_;
  const double k = centre_k_;
  // ln n and ln k in place of their distances from the centres, multiplied out.
  const std::array<Weights, 6> of = {{{1, -k, -n, k * n, 0, 0},
                                      {0, 1, 0, -n, 0, 0},
                                      {0, 0, 1, -k, 0, 0},
                                      {0, 0, 0, 1, 0, 0},
                                      {0, 0, 0, 0, 1, -k},
                                      {0, 0, 0, 0, 0, 1}}};
  std::vector<NamedParameter> named;
  for (std::size_t i = 0; i < of.size(); ++i) {
    const LogQuantity quantity = Weighted(of[i]);
    named.push_back({std::string(SizeL0Law().parameters[i].name),
                     quantity(u.data(), nullptr),
                     false,
                     quantity,
                     /*linear=*/true});
  }
  return named;
}

std::vector<Vector> SizeL0LawModel::Starts(const Sample& sample, int count) const {
  std::vector<Node> nodes;
  for (const double share : {0.1, 0.25, 0.5, 0.7, 0.85, 0.95}) {
    for (const double eta : {-0.6, -0.35, -0.2, -0.1, -0.03, 0.05}) {
      nodes.push_back(FitFirstTerm(sample, share, eta));
    }
  }
  // Sorting is stable, so that equal costs keep the order of the grid on every machine.
  std::stable_sort(
      nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.cost < b.cost; });
  std::vector<Vector> starts;
  for (Node& node : nodes) {
    if (static_cast<int>(starts.size()) == count) break;
    starts.push_back(std::move(node.u));
  }
  return starts;
}

namespace {

std::shared_ptr<const LawModel> Make(const LawInfo& /*law*/, const LawSetting& setting) {
  return std::make_shared<SizeL0LawModel>(setting);
}

}  // namespace

const LawInfo& SizeL0Law() {
  static const LawInfo law = {
      "size-l0",
      "loss = exp(alpha + beta_k * ln k + beta_n * ln n + gamma * ln k * ln n) + "
      "exp(zeta + eta * ln k), n latents (params) of which k (l0) are active",
      "Gao et al. 2024 (arXiv 2406.04093), section 3, of SAEs with TopK",
      {Variable::kParams, Variable::kL0},
      {{"alpha"},
       {"beta_k", Role::kExponent, Variable::kL0},
       {"beta_n", Role::kExponent, Variable::kParams},
       {"gamma"},
       {"zeta"},
       {"eta"}},
      /*has_floor=*/false,
      /*fewest_values=*/3,
      Make};
  return law;
}

}  // namespace saelaw

// Starting points for PowerSum by variable projection: at fixed exponents the law is linear in the
// floor and the coefficients, so only the exponents need a grid.
#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "fit/power_sum.h"

namespace saelaw {
namespace {

// Exponents of published laws lie between 0.03 and 1; the grid goes beyond on both sides.
constexpr double kGridLow = 0.02;
constexpr double kGridHigh = 3;

Vector ExponentGrid(int nodes) {
  Vector grid;
  for (int i = 0; i < nodes; ++i) {
    grid.push_back(kGridLow * std::pow(kGridHigh / kGridLow, i / (nodes - 1.0)));
  }
  return grid;
}

// Minimises |A c - b|² over the columns kept; `cost` is the minimum. Empty unless all c > 0.
struct LinearFit {
  Vector values;  // per column; 0 for those left out
  double cost = 0;
};

LinearFit SolvePositive(const Eigen::MatrixXd& gram,
                        const Eigen::VectorXd& right,
                        double square,
                        bool with_first) {
  const Eigen::Index first = with_first ? 0 : 1;
  const Eigen::Index size = gram.rows() - first;
  const Eigen::VectorXd solution =
      gram.bottomRightCorner(size, size).ldlt().solve(right.tail(size));
  if (!(solution.minCoeff() > 0) || !solution.allFinite()) return {};
  LinearFit fit;
  fit.values.assign(static_cast<std::size_t>(gram.rows()), 0.0);
  std::copy(solution.begin(), solution.end(), fit.values.begin() + first);
  fit.cost = square - solution.dot(right.tail(size));
  return fit;
}

struct Node {
  double cost;
  Vector start;
};

// The weighted columns of one term at every node of the grid, and the sums they are combined from.
// A column holds w/L · x^-exponent, [points].
struct Columns {
  std::vector<Eigen::MatrixXd> terms;  // per term [points, nodes]
  Eigen::VectorXd floor;               // w/L
  Eigen::VectorXd target;              // w/L · (L - fixed floor)
};

Columns MakeColumns(const Sample& sample, const Vector& grid, double fixed_floor) {
  Columns columns;
  const int n = sample.size();
  const auto nodes = static_cast<Eigen::Index>(grid.size());
  columns.floor.resize(n);
  for (int i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    columns.floor(i) = sample.w[k] * std::exp(-sample.y[k]);
  }
  columns.target.resize(n);
  for (int i = 0; i < n; ++i) {
    columns.target(i) = sample.w[static_cast<std::size_t>(i)] - fixed_floor * columns.floor(i);
  }
  for (int t = 0; t < sample.variables; ++t) {
    Eigen::MatrixXd term(n, nodes);
    for (Eigen::Index g = 0; g < nodes; ++g) {
      for (int i = 0; i < n; ++i) {
        term(i, g) = columns.floor(i) * std::exp(-grid[static_cast<std::size_t>(g)] *
                                                 sample.Row(i)[static_cast<std::size_t>(t)]);
      }
    }
    columns.terms.push_back(std::move(term));
  }
  return columns;
}

}  // namespace

Vector PowerSum::StartFrom(const Vector& linear,
                           const Vector& exponents,
                           double smallest_loss) const {
  // A node without a floor starts with a small one, which can still grow or vanish.
  constexpr double kSmallFloor = 0.05;
  Vector u;
  if (has_free_floor()) u.push_back(std::log(std::max(linear[0], kSmallFloor * smallest_loss)));
  for (int k = 0; k < terms(); ++k) {
    const auto i = static_cast<std::size_t>(k);
    u.push_back(std::log(linear[i + 1]));
    u.push_back(std::log(exponents[i]));
  }
  return u;
}

std::vector<Vector> PowerSum::Screen(const Sample& sample, int count) const {
  const Vector grid = ExponentGrid(terms() == 1 ? 32 : 16);
  const Columns columns = MakeColumns(sample, grid, fixed_floor_);
  const double square = columns.target.squaredNorm();
  const double smallest_loss = std::exp(*std::min_element(sample.y.begin(), sample.y.end()));
  std::vector<Node> nodes;
  Eigen::MatrixXd design(sample.size(), terms() + 1);
  design.col(0) = columns.floor;
  const auto node_count = static_cast<Eigen::Index>(grid.size());
  for (Eigen::Index node = 0; node < std::pow(node_count, terms()); ++node) {
    Vector exponents;
    Eigen::Index rest = node;
    for (int t = 0; t < terms(); ++t, rest /= node_count) {
      exponents.push_back(grid[static_cast<std::size_t>(rest % node_count)]);
      design.col(t + 1) = columns.terms[static_cast<std::size_t>(t)].col(rest % node_count);
    }
    const Eigen::MatrixXd gram = design.transpose() * design;
    const Eigen::VectorXd right = design.transpose() * columns.target;
    LinearFit fit;
    if (has_free_floor()) fit = SolvePositive(gram, right, square, true);
    if (fit.values.empty()) fit = SolvePositive(gram, right, square, false);
    if (!fit.values.empty()) {
      nodes.push_back({fit.cost, StartFrom(fit.values, exponents, smallest_loss)});
    }
  }
  std::stable_sort(
      nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.cost < b.cost; });
  std::vector<Vector> starts;
  for (const Node& node : nodes) {
    if (static_cast<int>(starts.size()) == count) break;
    starts.push_back(node.start);
  }
  return starts;
}

}  // namespace saelaw

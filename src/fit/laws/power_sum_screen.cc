// Starting points for PowerSum by variable projection: at fixed exponents the law is linear in the
// floor and the coefficients, so only the exponents need a grid.
#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "fit/laws/power_sum.h"

namespace saelaw {
namespace {

// Exponents of published laws lie between 0.03 and 1; the grid goes beyond on both sides.
constexpr double kGridLow = 0.02;
constexpr double kGridHigh = 3;

// The grid is even in the logarithm, as exponents are felt by their ratios.
Vector ExponentGrid(int nodes) {
  Vector grid;
  for (int i = 0; i < nodes; ++i) {
    grid.push_back(kGridLow * std::pow(kGridHigh / kGridLow, i / (nodes - 1.0)));
  }
  return grid;
}

// A node is one choice of exponents, with the best floor and coefficients for it.
struct Node {
  double cost;
  Vector start;
};

// Each column holds w/L · x^-exponent, [points]. Dividing by the loss L makes squares of
// differences about those of ln loss.
struct Columns {
  Eigen::MatrixXd all;     // [points, 1 + terms · nodes]: the floor's w/L, then each term's nodes
  Eigen::VectorXd target;  // w/L · (L - fixed floor)
};

Columns MakeColumns(const Sample& sample, const Vector& grid, double fixed_floor) {
  const int n = sample.size();
  const auto nodes = static_cast<Eigen::Index>(grid.size());
  Columns columns;
  columns.all.resize(n, 1 + sample.variables * nodes);
  columns.target.resize(n);
  Eigen::ArrayXd x(n);
  for (int i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    columns.all(i, 0) = sample.w[k] * std::exp(-sample.y[k]);
    columns.target(i) = sample.w[k] - fixed_floor * columns.all(i, 0);
  }
  for (int t = 0; t < sample.variables; ++t) {
    for (int i = 0; i < n; ++i) x(i) = sample.Row(i)[t];
    for (Eigen::Index g = 0; g < nodes; ++g) {
      columns.all.col(1 + t * nodes + g) =
          columns.all.col(0).array() * (-grid[static_cast<std::size_t>(g)] * x).exp();
    }
  }
  return columns;
}

// Takes all inner products once: the normal equations of every node are picked from them, so that a
// node costs nothing that grows with the points.
struct Products {
  explicit Products(const Columns& columns)
      : gram(columns.all.transpose() * columns.all),
        right(columns.all.transpose() * columns.target),
        square(columns.target.squaredNorm()) {}
  Eigen::MatrixXd gram;
  Eigen::VectorXd right;
  double square;
};

// Minimises |A c - b|² over the floor (when `with_floor`) and the chosen columns; `cost` is the
// minimum. Empty unless all c > 0.
struct LinearFit {
  Vector values;  // floor, then coefficients; 0 for those left out
  double cost = 0;
};

LinearFit SolvePositive(const Products& products,
                        const std::vector<Eigen::Index>& chosen,
                        bool with_floor) {
  // At most five unknowns fit these types, which live on the stack: this is solved thousands of
  // times.
  using Small = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 5, 5>;
  using SmallVector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 5, 1>;
  const Eigen::Index first = with_floor ? 1 : 0;
  const auto size = first + static_cast<Eigen::Index>(chosen.size());
  const auto column = [&](Eigen::Index i) {
    return i < first ? 0 : chosen[static_cast<std::size_t>(i - first)];
  };
  // The first unknown is the floor, where it takes part.
  Small gram(size, size);
  SmallVector right(size);
  for (Eigen::Index i = 0; i < size; ++i) {
    right(i) = products.right(column(i));
    for (Eigen::Index j = 0; j < size; ++j) gram(i, j) = products.gram(column(i), column(j));
  }
  const SmallVector solution = gram.ldlt().solve(right);
  // Coefficients have logarithms in the search, so a solution that is not positive is no start.
  if (!(solution.minCoeff() > 0) || !solution.allFinite()) return {};
  LinearFit fit;
  fit.values.assign(chosen.size() + 1, 0.0);
  std::copy(solution.begin(), solution.end(), fit.values.begin() + 1 - first);
  fit.cost = products.square - solution.dot(right);
  return fit;
}

}  // namespace

Vector PowerSum::StartFrom(const Vector& linear,
                           const Vector& exponents,
                           double smallest_loss) const {
  // A node without a floor starts with a small floor, which can still grow or vanish.
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

std::vector<Vector> PowerSum::Starts(const Sample& sample, int count) const {
  // The signed law begins where the law with a positive floor would.
  if (floor_ != Floor::kSigned) return Screened(sample, count);
  const PowerSum free(*law_, Floor::kFree, 0, log_centres_);
  std::vector<Vector> starts = free.Screened(sample, count);
  for (Vector& start : starts) start = free.Signed(start, log_unit_);
  return starts;
}

std::vector<Vector> PowerSum::Screened(const Sample& sample, int count) const {
  const Vector grid = ExponentGrid(terms() == 1 ? 32 : 16);
  const Products products(MakeColumns(sample, grid, fixed_floor_));
  const double smallest_loss = std::exp(*std::min_element(sample.y.begin(), sample.y.end()));
  std::vector<Node> nodes;
  const std::size_t node_count = grid.size();
  // The nodes are counted through as digits of one number, one digit for each term.
  const auto combinations = static_cast<std::size_t>(std::llround(std::pow(node_count, terms())));
  std::vector<Eigen::Index> chosen(static_cast<std::size_t>(terms()));
  for (std::size_t node = 0; node < combinations; ++node) {
    Vector exponents;
    std::size_t rest = node;
    for (std::size_t t = 0; t < chosen.size(); ++t, rest /= node_count) {
      exponents.push_back(grid[rest % node_count]);
      chosen[t] = static_cast<Eigen::Index>(1 + t * node_count + rest % node_count);
    }
    LinearFit fit;
    // Where the best floor is negative, the node still gives a start without one.
    if (has_free_floor()) fit = SolvePositive(products, chosen, true);
    if (fit.values.empty()) fit = SolvePositive(products, chosen, false);
    if (!fit.values.empty()) {
      nodes.push_back({fit.cost, StartFrom(fit.values, exponents, smallest_loss)});
    }
  }
  // Sorting is stable, so that equal costs keep the order of the grid on every machine.
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

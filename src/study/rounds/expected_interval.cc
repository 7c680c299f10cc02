// No run is simulated: least squares know the width of an interval from the places of the points
// alone, once a law and a noise are assumed.
#include "study/rounds/expected_interval.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "fit/fit.h"
#include "study/design/family.h"
#include "study/design/places.h"

namespace saelaw {
namespace {

constexpr double kLevel = 0.95;
constexpr std::size_t kFewestSizes = 3;

struct Cell {
  double tokens = 0, d_sae = 0;
  int runs = 1;
};

struct Design {
  std::vector<Cell> cells;
  bool of_size = false;               // law of size and data, else of data at one size
  std::optional<Unforeseen> refusal;  // why it cannot carry a law that holds at the target
};

Design MakeDesign(const std::vector<std::int64_t>& sizes,
                  const std::vector<std::int64_t>& tokens,
                  int seeds,
                  const Sweep& sweep) {
  const std::int64_t target = sweep.target.d_sae;
  Design design;
  for (std::int64_t d_sae : sizes) {
    for (std::int64_t d : tokens) {
      design.cells.push_back({static_cast<double>(d), static_cast<double>(d_sae), seeds});
    }
  }
  design.of_size = sizes.size() >= kFewestSizes && FindLossLaw(sweep.loss_law.law) != &DataLaw();
  if (tokens.size() < 3) {
    design.refusal = unforeseen::FewSizes{};
  } else if (!design.of_size && (sizes.size() > 1 || sizes.front() != target)) {
    design.refusal = unforeseen::NoLawAtSize{target};
  }
  return design;
}

// As the study chooses: the law at the best rates, where it will hold at the target.
Design ChooseDesign(const Sweep& sweep) {
  const LrLawStage& lr = sweep.lr_law;
  if (!lr.tokens.empty()) {
    Design best = MakeDesign(LrSizes(sweep), lr.tokens, lr.seeds, sweep);
    if (!best.refusal) return best;
  }
  const LossLawStage& loss = sweep.loss_law;
  return MakeDesign(loss.d_sae, loss.tokens, loss.seeds, sweep);
}

// loss = floor + coef_n·n^-exponent_n + coef_d·d^-exponent_d, n and d over `cell`'s.
struct AssumedLaw {
  double floor = 0, coef_n = 0, exponent_n = 0, coef_d = 0, exponent_d = 0;
  Cell unit;
  double sd = 0;  // of ln loss, of one run
  ForeseenFrom from;
};

using Gradient = std::vector<double>;

double Value(const AssumedLaw& law, const Cell& at) {
  return law.floor + law.coef_n * std::pow(at.d_sae / law.unit.d_sae, -law.exponent_n) +
         law.coef_d * std::pow(at.tokens / law.unit.tokens, -law.exponent_d);
}

// Of ln loss by floor, coef_d, exponent_d and, with size, coef_n and exponent_n.
Gradient LogGradient(const AssumedLaw& law, const Cell& at, bool of_size) {
  const double loss = Value(law, at);
  const auto term = [&](double ratio, double coef, double exponent, Gradient* gradient) {
    const double power = std::pow(ratio, -exponent);
    gradient->push_back(power / loss);
    gradient->push_back(-coef * power * std::log(ratio) / loss);
  };
  Gradient gradient = {1 / loss};
  term(at.tokens / law.unit.tokens, law.coef_d, law.exponent_d, &gradient);
  if (of_size) term(at.d_sae / law.unit.d_sae, law.coef_n, law.exponent_n, &gradient);
  return gradient;
}

// Row by row: row[i] -= factor·row[k], so that column k of row i becomes 0.
void Eliminate(std::size_t k, std::size_t i, std::vector<Gradient>& matrix, Gradient& right) {
  const double factor = matrix[i][k] / matrix[k][k];
  for (std::size_t j = k; j < right.size(); ++j) matrix[i][j] -= factor * matrix[k][j];
  right[i] -= factor * right[k];
}

// x with matrix·x = right, by elimination with pivots; empty where the matrix is singular.
Gradient Solve(std::vector<Gradient> matrix, Gradient right) {
  const std::size_t n = right.size();
  for (std::size_t k = 0; k < n; ++k) {
    const auto column = matrix.begin() + static_cast<std::ptrdiff_t>(k);
    const auto pivot = std::max_element(column, matrix.end(), [k](const auto& a, const auto& b) {
      return std::abs(a[k]) < std::abs(b[k]);
    });
    if (!(std::abs((*pivot)[k]) > 1e-12)) return {};
    std::swap(right[k], right[static_cast<std::size_t>(pivot - matrix.begin())]);
    std::swap(*column, *pivot);
    for (std::size_t i = 0; i < n; ++i) {
      if (i != k) Eliminate(k, i, matrix, right);
    }
  }
  for (std::size_t k = 0; k < n; ++k) right[k] /= matrix[k][k];
  return right;
}

// The sd of ln loss of one new run at `target`, in units of a run's own; NaN without one.
double RelativeSd(const AssumedLaw& law, const Design& design, const Cell& target) {
  const Gradient g = LogGradient(law, target, design.of_size);
  std::vector<Gradient> information(g.size(), Gradient(g.size(), 0.0));
  for (const Cell& cell : design.cells) {
    const Gradient row = LogGradient(law, cell, design.of_size);
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (std::size_t j = 0; j < row.size(); ++j) information[i][j] += cell.runs * row[i] * row[j];
    }
  }
  const Gradient solved = Solve(information, g);
  if (solved.empty()) return std::nan("");
  double variance = 1;
  for (std::size_t i = 0; i < g.size(); ++i) variance += g[i] * solved[i];
  return std::sqrt(variance);
}

// Where nothing is known: the bend that SmolLM2-135M's activations showed at one rate (loss 0.565
// at the smallest of five sizes, a floor of 46 % of it, exponent 0.32), begun at the sweep's own
// smallest size, and a noise of 0.5 % of the loss. For the size, of which nothing was measured, a
// term of a tenth of the loss and the same exponent.
AssumedLaw Prior(const Design& design) {
  AssumedLaw law;
  constexpr double kLoss = 0.565, kFloorShare = 0.46, kSizeShare = 0.1;
  law.exponent_n = law.exponent_d = 0.32;
  law.coef_n = design.of_size ? kSizeShare * kLoss : 0;
  law.floor = kFloorShare * kLoss - law.coef_n;
  law.coef_d = (1 - kFloorShare) * kLoss;
  law.unit = design.cells.front();
  law.sd = 0.005;
  law.from = {0, kLoss, law.floor / kLoss, law.exponent_d, design.of_size};
  return law;
}

// The law that known runs carry, where it has the design's form; else the prior.
AssumedLaw MakeLaw(const Findings& findings, const Design& design) {
  const LossLaw& known = findings.loss.Predicting();
  const LawFit& fit = known.fit;
  const bool of_size = known.d_sae == 0;
  if (!fit.ok() || of_size != design.of_size) return Prior(design);
  AssumedLaw law;
  law.floor = fit.Get(Role::kFloor);
  law.coef_n = of_size ? fit.Get(Role::kCoef, Variable::kParams) : 0;
  law.exponent_n = of_size ? fit.Get(Role::kExponent, Variable::kParams) : 0;
  law.coef_d = fit.Get(Role::kCoef, Variable::kTokens);
  law.exponent_d = fit.Get(Role::kExponent, Variable::kTokens);
  law.unit = {1, 1, 1};
  law.sd = std::isnan(fit.noise_sd) ? fit.rms_residual : fit.noise_sd;
  law.from.runs = fit.n_points;
  return law;
}

// The units at the design's first cell, which keeps the information matrix well scaled.
AssumedLaw Rescaled(AssumedLaw law, const Cell& unit) {
  law.coef_n *= std::pow(unit.d_sae / law.unit.d_sae, -law.exponent_n);
  law.coef_d *= std::pow(unit.tokens / law.unit.tokens, -law.exponent_d);
  law.unit = unit;
  return law;
}

}  // namespace

ExpectedInterval ExpectInterval(const Sweep& sweep, const Findings& findings) {
  ExpectedInterval expected;
  const LawInfo* asked = FindLossLaw(sweep.loss_law.law);
  if (asked != nullptr && asked != &DataLaw() && asked != &SizeDataLaw()) {
    expected.refusal = unforeseen::OtherLaw{std::string(asked->name)};
    return expected;
  }
  const Design design = ChooseDesign(sweep);
  expected.refusal = design.refusal;
  if (!expected.ok()) return expected;
  if (sweep.target.batch_tokens != 0 && sweep.target.batch_tokens != sweep.training.batch_tokens) {
    expected.refusal = unforeseen::BatchNotSwept{};
    return expected;
  }
  const AssumedLaw law = Rescaled(MakeLaw(findings, design), design.cells.front());
  int runs = 0;
  for (const Cell& cell : design.cells) runs += cell.runs;
  const int freedom = runs - (design.of_size ? 5 : 3);
  const Point place = TargetPlace(sweep);
  const Cell target{place.tokens, place.params, 1};
  const double sd = law.sd * RelativeSd(law, design, target);
  if (freedom < 1 || std::isnan(sd)) {
    expected.refusal = unforeseen::NoFreedom{};
    return expected;
  }
  expected.loss = Value(law, target);
  expected.from = law.from;
  const double half = StudentTwoSided(kLevel, freedom) * sd;
  expected.interval = {expected.loss * std::exp(-half), expected.loss * std::exp(half)};
  return expected;
}

}  // namespace saelaw

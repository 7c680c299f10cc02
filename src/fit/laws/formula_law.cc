// A formula says nothing of where its parameters lie, so many starts are tried. Those parameters in
// which it is linear (floors, coefficients) are solved for at each of them, and only the others
// need a guess: variable projection, for a formula that nobody has looked at.
#include "fit/laws/formula_law.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Dense>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "core/quantities.h"
#include "core/random.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// u holds ln of the parameters that are positive, and the others themselves.
class FormulaModel : public LawModel {
 public:
  FormulaModel(const FormulaLaw& law, Vector log_centres)
      : law_(&law), log_centres_(std::move(log_centres)) {}

  int Size() const override { return static_cast<int>(law_->known.size()); }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& /*u*/) const override { return {}; }
  Vector Row(const Point& point) const override;
  std::vector<NamedParameter> Parameters(const Vector& u) const override;
  std::vector<Vector> Starts(const Sample& sample, int count) const override;

 private:
  bool Positive(std::size_t k) const { return law_->known[k].lowest >= 0; }
  Vector Values(const double* u) const;
  Vector Internal(const Vector& values) const;
  Vector VariablesAt(const double* x) const;
  bool LinearIn(const std::vector<std::size_t>& set, const Sample& sample) const;
  std::vector<std::size_t> LinearParameters(const Sample& sample) const;
  Vector Guess(int trial, Random& random) const;
  double Solve(const Sample& sample, const std::vector<std::size_t>& linear, Vector& values) const;
  double SquaresLeft(const Sample& sample, const Vector& values) const;

  const FormulaLaw* law_;
  Vector log_centres_;
};

Vector FormulaModel::Values(const double* u) const {
  Vector values;
  for (std::size_t k = 0; k < law_->known.size(); ++k) {
    values.push_back(Positive(k) ? std::exp(u[k]) : u[k]);
  }
  return values;
}

Vector FormulaModel::Internal(const Vector& values) const {
  Vector u;
  for (std::size_t k = 0; k < values.size(); ++k) {
    u.push_back(Positive(k) ? std::log(values[k]) : values[k]);
  }
  return u;
}

Vector FormulaModel::VariablesAt(const double* x) const {
  Vector variables;
  for (std::size_t k = 0; k < log_centres_.size(); ++k) {
    variables.push_back(std::exp(x[k] + log_centres_[k]));
  }
  return variables;
}

Vector FormulaModel::Row(const Point& point) const {
  Vector row;
  for (std::size_t k = 0; k < log_centres_.size(); ++k) {
    row.push_back(std::log(Get(point, law_->variables[k])) - log_centres_[k]);
  }
  return row;
}

double FormulaModel::LogValue(const double* u, const double* x, double* gradient) const {
  const Vector values = Values(u);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const FormulaParameter& known = law_->known[k];
    if (!(values[k] >= known.lowest && values[k] <= known.highest)) return kNan;
  }
  const double value = law_->expression.Value(values.data(), VariablesAt(x).data(), gradient);
  if (!(value > 0) || !std::isfinite(value)) return kNan;
  for (std::size_t k = 0; gradient != nullptr && k < values.size(); ++k) {
    gradient[k] *= (Positive(k) ? values[k] : 1) / value;
  }
  return std::log(value);
}

std::vector<NamedParameter> FormulaModel::Parameters(const Vector& u) const {
  const Vector values = Values(u.data());
  std::vector<NamedParameter> named;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const FormulaParameter& known = law_->known[k];
    constexpr double kNear = 1e-3;
    const double width = std::isfinite(known.highest) ? kNear * (known.highest - known.lowest) : 0;
    const bool at_end = values[k] < known.lowest + width || values[k] > known.highest - width;
    named.push_back(
        {known.name, values[k], at_end, Component(static_cast<int>(k), Size()), !Positive(k)});
    // Ends of the search are told only where they are ones of a logarithm.
    if (Positive(k)) named.back().smallest = known.lowest, named.back().largest = known.highest;
  }
  return named;
}

// Whether the formula is a plane in these parameters: its second differences vanish, wherever the
// others are.
bool FormulaModel::LinearIn(const std::vector<std::size_t>& set, const Sample& sample) const {
  Random random(1);
  constexpr int kTries = 4;
  for (int i = 0; i < kTries; ++i) {
    Vector base = Guess(1, random);
    const Vector variables = VariablesAt(
        sample.Row(static_cast<int>(random.Below(static_cast<std::size_t>(sample.size())))));
    const auto value = [&](std::size_t a, double by_a, std::size_t b, double by_b) {
      Vector moved = base;
      moved[a] += by_a;
      moved[b] += by_b;
      return law_->expression.Value(moved.data(), variables.data(), nullptr);
    };
    for (const std::size_t a : set) {
      for (const std::size_t b : set) {
        const double one = value(a, 1, b, 0) - value(a, 0, b, 0);
        const double other = value(a, 1, b, 1) - value(a, 0, b, 1);
        const double scale = std::abs(one) + std::abs(other) + std::abs(value(a, 1, b, 1));
        if (!(std::abs(one - other) <= 1e-9 * scale)) return false;
      }
    }
  }
  return true;
}

std::vector<std::size_t> FormulaModel::LinearParameters(const Sample& sample) const {
  std::vector<std::size_t> linear;
  for (std::size_t k = 0; k < law_->known.size(); ++k) {
    // What the user begins at is not solved for.
    if (!Positive(k) || std::isfinite(law_->known[k].start)) continue;
    linear.push_back(k);
    if (!LinearIn(linear, sample)) linear.pop_back();
  }
  return linear;
}

// The first trial is what the user said; later ones lie around that, or within the bounds, or,
// where nothing is known, where exponents do.
Vector FormulaModel::Guess(int trial, Random& random) const {
  Vector values;
  for (const FormulaParameter& known : law_->known) {
    const double lowest = std::max(known.lowest, known.lowest < 0 ? -1.0 : 0.02);
    const double highest = std::max(lowest, std::min(known.highest, known.lowest < 0 ? 1.0 : 2.0));
    double value = known.lowest < 0 ? lowest + random.Uniform() * (highest - lowest)
                                    : lowest * std::pow(highest / lowest, random.Uniform());
    if (std::isfinite(known.start)) {
      constexpr double kAround = 0.5;
      const double off = trial == 0 ? 0 : kAround * random.Normal();
      value = known.lowest < 0 ? known.start * (1 + off) : known.start * std::exp(off);
    }
    values.push_back(std::clamp(value, known.lowest, known.highest));
  }
  return values;
}

// Least squares with no solution below 0: the parameter that comes out furthest below is taken out,
// until none does. `norms` are those of the columns.
Eigen::VectorXd SolveWithoutNegatives(const Eigen::MatrixXd& columns,
                                      const Eigen::VectorXd& norms,
                                      const Eigen::VectorXd& target) {
  Eigen::VectorXd solution = Eigen::VectorXd::Zero(columns.cols());
  std::vector<Eigen::Index> active;
  for (Eigen::Index k = 0; k < columns.cols(); ++k) active.push_back(k);
  while (!active.empty()) {
    Eigen::MatrixXd chosen(columns.rows(), static_cast<Eigen::Index>(active.size()));
    for (std::size_t k = 0; k < active.size(); ++k) {
      chosen.col(static_cast<Eigen::Index>(k)) = columns.col(active[k]) / norms(active[k]);
    }
    const Eigen::VectorXd found = chosen.colPivHouseholderQr().solve(target);
    Eigen::Index least = 0;
    const double smallest = found.minCoeff(&least);
    solution.setZero();
    for (std::size_t k = 0; k < active.size(); ++k) {
      solution(active[k]) = found(static_cast<Eigen::Index>(k)) / norms(active[k]);
    }
    if (smallest > 0) break;
    active.erase(active.begin() + static_cast<std::ptrdiff_t>(least));
  }
  return solution;
}

// Sets the linear parameters by least squares of relative residuals, none below 0, and returns the
// sum of squares that is left; infinite where the formula has no value.
double FormulaModel::Solve(const Sample& sample,
                           const std::vector<std::size_t>& linear,
                           Vector& values) const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const int n = sample.size();
  for (const std::size_t k : linear) values[k] = 0;
  Eigen::MatrixXd columns(n, static_cast<Eigen::Index>(linear.size()));
  Eigen::VectorXd target(n);
  Vector gradient(values.size());
  for (int i = 0; i < n; ++i) {
    const double loss = std::exp(sample.y[static_cast<std::size_t>(i)]);
    const Vector variables = VariablesAt(sample.Row(i));
    const double rest = law_->expression.Value(values.data(), variables.data(), gradient.data());
    target(i) = 1 - rest / loss;
    for (std::size_t k = 0; k < linear.size(); ++k) {
      columns(i, static_cast<Eigen::Index>(k)) = gradient[linear[k]] / loss;
    }
  }
  if (!columns.allFinite() || !target.allFinite()) return kInfinity;
  const Eigen::VectorXd norms = columns.colwise().norm().cwiseMax(1e-300).transpose();
  const Eigen::VectorXd solution = SolveWithoutNegatives(columns, norms, target);
  // One that was taken out begins small, and can still grow.
  constexpr double kSmall = 0.02;
  for (std::size_t k = 0; k < linear.size(); ++k) {
    const auto at = static_cast<Eigen::Index>(k);
    const double least = kSmall * std::sqrt(static_cast<double>(n)) / norms(at);
    values[linear[k]] = std::clamp(std::max(solution(at), least),
                                   law_->known[linear[k]].lowest,
                                   law_->known[linear[k]].highest);
  }
  return SquaresLeft(sample, values);
}

double FormulaModel::SquaresLeft(const Sample& sample, const Vector& values) const {
  double squares = 0;
  const Vector u = Internal(values);
  for (int i = 0; i < sample.size(); ++i) {
    const double off =
        LogValue(u.data(), sample.Row(i), nullptr) - sample.y[static_cast<std::size_t>(i)];
    squares += off * off;
  }
  return std::isfinite(squares) ? squares : std::numeric_limits<double>::infinity();
}

std::vector<Vector> FormulaModel::Starts(const Sample& sample, int count) const {
  constexpr int kTrials = 400;
  const std::vector<std::size_t> linear = LinearParameters(sample);
  std::vector<std::pair<double, Vector>> trials;
  Random random(20261128);
  for (int trial = 0; trial < kTrials; ++trial) {
    Vector values = Guess(trial, random);
    const double cost = Solve(sample, linear, values);
    if (std::isfinite(cost)) trials.emplace_back(cost, Internal(values));
  }
  std::stable_sort(
      trials.begin(), trials.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Vector> starts;
  for (const auto& [cost, u] : trials) {
    if (static_cast<int>(starts.size()) == count) break;
    starts.push_back(u);
  }
  return starts;
}

std::shared_ptr<const LawModel> MakeModel(const LawInfo& law, const LawSetting& setting) {
  return std::make_shared<FormulaModel>(static_cast<const FormulaLaw&>(law), setting.log_centres);
}

}  // namespace

FormulaParameter ParseFormulaParameter(const std::string& text) {
  FormulaParameter parameter;
  const std::size_t equals = text.find('=');
  parameter.name = text.substr(0, equals);
  double* const numbers[] = {&parameter.start, &parameter.lowest, &parameter.highest};
  std::size_t begin = equals;
  for (double* number : numbers) {
    if (begin == std::string::npos) break;
    const std::size_t end = text.find(':', begin + 1);
    const std::string part = text.substr(begin + 1, end - begin - 1);
    const bool minus = part.starts_with('-');
    const auto value = ParseCount(part.substr(minus ? 1 : 0));
    if (!value) parameter.name.clear();
    if (value) *number = minus ? -*value : *value;
    begin = end;
  }
  const bool inside = !(parameter.start < parameter.lowest || parameter.start > parameter.highest);
  if (parameter.name.empty() || begin != std::string::npos || !inside ||
      !(parameter.lowest < parameter.highest)) {
    throw UsageError(fmt::format(
        "--parameter takes NAME=START or NAME=START:LOWEST:HIGHEST, as in a=0.3:0.01:2; not '{}'",
        text));
  }
  return parameter;
}

FormulaLaw::FormulaLaw(Formula parsed, std::vector<FormulaParameter> all)
    : expression(std::move(parsed)),
      known(std::move(all)),
      written(fmt::format("loss = {}", expression.text())) {
  name = "formula";
  formula = written;
  source = "the command line";
  variables = expression.variables();
  for (const FormulaParameter& parameter : known) parameters.push_back({parameter.name});
  make = MakeModel;
}

std::shared_ptr<const FormulaLaw> MakeFormulaLaw(const std::string& text,
                                                 const std::vector<std::string>& parameters) {
  Formula formula(text);
  std::vector<FormulaParameter> known;
  for (const std::string& name : formula.parameters()) {
    FormulaParameter parameter;
    parameter.name = name;
    known.push_back(parameter);
  }
  for (const std::string& given : parameters) {
    const FormulaParameter parsed = ParseFormulaParameter(given);
    const auto at = std::find_if(known.begin(), known.end(), [&](const FormulaParameter& own) {
      return own.name == parsed.name;
    });
    if (at == known.end()) {
      throw UsageError(fmt::format(
          "--parameter {}: the formula has {}", given, fmt::join(formula.parameters(), ", ")));
    }
    *at = parsed;
  }
  return std::make_shared<FormulaLaw>(std::move(formula), std::move(known));
}

}  // namespace saelaw

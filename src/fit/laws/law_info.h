// What a law says of itself: its name and formula, what it needs of a point, and its parameters.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "fit/laws/law_model.h"
#include "fit/points/variable.h"

namespace saelaw {

// What one fit is made of, besides the points.
struct LawSetting {
  std::optional<double> fixed_floor;  // empty: the floor is free
  Vector log_centres;                 // geometric means of the law's variables, in logarithms
};

// What a law says of.
enum class Predicted : std::uint8_t { kLoss, kBestRate, kLargestRate, kBestParams };

// What a parameter is, to those who read a law without knowing which.
enum class Role : std::uint8_t {
  kOther,
  kFloor,
  kCoef,          // of a power of a variable; positive, so that its errors are of its logarithm
  kExponent,      // of the predicted quantity in a variable
  kCurvature,     // of a valley in ln lr
  kRateCoef,      // of the best rate, in a law of loss that knows it
  kRateExponent,  // likewise, in a variable
};

struct ParameterInfo {
  std::string_view name;
  Role role = Role::kOther;
  std::optional<Variable> of = {};  // the variable of a coefficient or an exponent
};

struct LawInfo {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
  // Every point must have these; a Sample's row holds them in this order.
  std::vector<Variable> variables;
  // Those of a law of loss in the order of LawFit::params; of another law all that a fit may have.
  std::vector<ParameterInfo> parameters;
  bool has_floor = false;  // whether a floor may be free or fixed
  int fewest_values = 2;   // of each variable
  // The model of a law of loss; null for laws of another kind (of a rate, of an edge), which FitLaw
  // does not know.
  std::shared_ptr<const LawModel> (*make)(const LawInfo&, const LawSetting&) = nullptr;
  bool centred = false;  // whether its parameters are those of variables over their geometric means
  // The law that this one is with a floor of 0; null where it is nothing of that kind.
  const LawInfo& (*with_floor)() = nullptr;
  Predicted predicted = Predicted::kLoss;
  std::vector<Variable> predicted_at = {};  // what a prediction needs; empty: all variables
  bool reads_failures = false;              // whether runs that failed are points of it too
  std::string_view title = {};              // of its page; empty: the name says it

  // Whether every point must have it.
  bool Needs(Variable variable) const {
    return std::find(variables.begin(), variables.end(), variable) != variables.end();
  }
};

// Exponents are searched between these; an optimum at one of them is reported as on its bound.
inline constexpr double kSmallestExponent = 1e-4;
inline constexpr double kLargestExponent = 10;

}  // namespace saelaw

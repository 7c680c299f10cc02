// What a law says of itself: its name and formula, what it needs of a point, and its parameters.
#pragma once

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

struct LawInfo {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
  // Every point must have these; a Sample's row holds them in this order.
  std::vector<Variable> variables;
  std::vector<std::string_view> parameters;  // names, in the order of LawFit::params
  bool has_floor = false;                    // whether a floor may be free or fixed
  int fewest_values = 2;                     // of each variable
  // The model of a law of loss; null for laws of another kind (of a rate, of an edge), which FitLaw
  // does not know.
  std::shared_ptr<const LawModel> (*make)(const LawInfo&, const LawSetting&) = nullptr;
  bool centred = false;  // whether its parameters are those of variables over their geometric means
};

// Exponents are searched between these; an optimum at one of them is reported as on its bound.
inline constexpr double kSmallestExponent = 1e-4;
inline constexpr double kLargestExponent = 10;

}  // namespace saelaw

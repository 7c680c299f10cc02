// The table of loss laws that FitLaw knows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/law_fit.h"

namespace saelaw {

enum class Variable { kTokens, kParams };
double Get(const Point& point, Variable variable);
std::string_view Name(Variable variable);

// One decreasing term coef · variable^-exponent, and what its two parameters are called.
struct TermInfo {
  Variable variable;
  std::string_view coef;
  std::string_view exponent;
};

// A law: floor (unless it has none) plus its terms.
struct LawInfo {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
  bool has_floor;
  std::vector<TermInfo> terms;

  // Names in the order of LawFit::params: floor (if any), then coef and exponent of each term.
  std::vector<std::string_view> Parameters() const;
};

// Exponents are searched between these; an optimum at one of them is reported as on its bound.
inline constexpr double kSmallestExponent = 1e-4;
inline constexpr double kLargestExponent = 10;

std::span<const LawInfo> Laws();
// Null when there is no such law.
const LawInfo* FindLaw(std::string_view name);

}  // namespace saelaw

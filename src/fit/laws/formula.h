// A law that the user writes down: `E + A/N^a + B/D^b`, with its derivatives.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fit/points/variable.h"

namespace saelaw {

// Sums, differences, products, quotients, powers (^, from the right), signs, parentheses, numbers
// and exp, log (natural), sqrt. N or params, D or tokens, C or compute, batch and lr are the
// variables; every other name is a parameter, of which there are at most kMostParameters.
class Formula {
 public:
  static constexpr std::size_t kMostParameters = 12;

  // Throws UsageError "--formula:COLUMN: ..." for a text that is no formula, that names no variable
  // or no parameter, or too many.
  explicit Formula(std::string_view text);

  const std::string& text() const { return text_; }
  const std::vector<Variable>& variables() const { return variables_; }       // as they come
  const std::vector<std::string>& parameters() const { return parameters_; }  // as they come

  // The value for parameters and variables in that order, NaN outside of the functions' domains.
  // Writes d/d parameters [parameters().size()] unless null, by forward dual numbers: each step
  // carries its derivatives with it (Wengert 1964, Comm. ACM 7).
  double Value(const double* parameters, const double* variables, double* gradient) const;

 private:
  enum class Op : std::uint8_t {
    kNumber,
    kVariable,
    kParameter,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kPower,
    kNegate,
    kExp,
    kLog,
    kSqrt
  };
  struct Step {
    Op op = Op::kNumber;
    double number = 0;
    std::size_t index = 0;  // of the variable or parameter
  };
  struct Dual {
    double value = 0;
    std::array<double, kMostParameters> slopes{};
  };
  class Parser;

  void Apply(const Step& step, std::size_t& depth, Dual* stack) const;

  std::string text_;
  std::vector<Variable> variables_;
  std::vector<std::string> parameters_;
  std::vector<Step> steps_;  // in the order in which a stack takes them
};

}  // namespace saelaw

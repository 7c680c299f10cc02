// A recursive descent turns the text into steps for a stack, once; the steps are then walked for
// every point and every trial of a search.
#include "fit/laws/formula.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {
namespace {

constexpr std::size_t kMostDepth = 48;  // of parentheses, and of the stack

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Besides its name, a variable may be called by the field's letter.
std::optional<Variable> VariableNamed(std::string_view name) {
  if (name == "N") return Variable::kParams;
  if (name == "D") return Variable::kTokens;
  if (name == "C") return Variable::kCompute;
  return FindVariable(name);
}

// The place of a value in a list that grows where it is new.
template <typename Value>
std::size_t PlaceIn(std::vector<Value>& list, const Value& value) {
  const auto found = std::find(list.begin(), list.end(), value);
  if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
  list.push_back(value);
  return list.size() - 1;
}

}  // namespace

class Formula::Parser {
 public:
  explicit Parser(Formula& formula) : formula_(formula), text_(formula.text_) {}

  void Run() {
    Sum();
    if (Peek() != '\0') Refuse("an operator (+ - * / ^) or the end belongs here");
    if (formula_.variables_.empty()) Refuse("no variable in it: N, D, C, batch, lr or l0");
    if (formula_.parameters_.empty()) Refuse("no parameter in it, so nothing to fit");
  }

 private:
  [[noreturn]] void Refuse(std::string_view what) const {
    throw UsageError(fmt::format("--formula:{}: {} in '{}'", at_ + 1, what, text_));
  }

  char Peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  void Put(Op op, double number = 0, std::size_t index = 0) {
    formula_.steps_.push_back({op, number, index});
  }

  void Sum() {
    if (++depth_ > kMostDepth) Refuse("too many parentheses");
    Product();
    for (;;) {
      if (Take('+')) {
        Product();
        Put(Op::kAdd);
      } else if (Take('-')) {
        Product();
        Put(Op::kSubtract);
      } else {
        break;
      }
    }
    --depth_;
  }

  void Product() {
    Signed();
    for (;;) {
      if (Take('*')) {
        Signed();
        Put(Op::kMultiply);
      } else if (Take('/')) {
        Signed();
        Put(Op::kDivide);
      } else {
        break;
      }
    }
  }

  // A sign binds less than a power: -x^2 is -(x^2), and x^-a is a power of -a.
  void Signed() {
    if (++depth_ > kMostDepth) Refuse("too many signs");
    if (Take('-')) {
      Signed();
      Put(Op::kNegate);
    } else {
      Primary();
      if (Take('^')) {
        Signed();
        Put(Op::kPower);
      }
    }
    --depth_;
  }

  void Primary() {
    const char next = Peek();
    if (Take('(')) {
      Sum();
      if (!Take(')')) Refuse("a closing parenthesis is missing");
    } else if (IsDigit(next) || next == '.') {
      Number();
    } else if (IsLetter(next)) {
      Name();
    } else {
      Refuse("a number, a name or '(' belongs here");
    }
  }

  void Number() {
    double value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc()) Refuse("not a number");
    at_ += static_cast<std::size_t>(end - begin);
    Put(Op::kNumber, value);
  }

  void Name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (IsLetter(text_[at_]) || IsDigit(text_[at_]))) ++at_;
    const std::string name(text_.substr(begin, at_ - begin));
    constexpr std::pair<std::string_view, Op> kFunctions[] = {
        {"exp", Op::kExp}, {"log", Op::kLog}, {"ln", Op::kLog}, {"sqrt", Op::kSqrt}};
    for (const auto& [own, op] : kFunctions) {
      if (own != name) continue;
      if (!Take('(')) Refuse("a function takes parentheses");
      Sum();
      if (!Take(')')) Refuse("a closing parenthesis is missing");
      Put(op);
      return;
    }
    if (const auto variable = VariableNamed(name)) {
      Put(Op::kVariable, 0, PlaceIn(formula_.variables_, *variable));
      return;
    }
    Put(Op::kParameter, 0, PlaceIn(formula_.parameters_, name));
    if (formula_.parameters_.size() > kMostParameters) Refuse("more than 12 parameters");
  }

  Formula& formula_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

Formula::Formula(std::string_view text) : text_(text) { Parser(*this).Run(); }

// Takes the operands from the stack and leaves the result there. `Chain` scales the slopes of one
// operand, `Both` adds those of two.
void Formula::Apply(const Step& step, std::size_t& depth, Dual* stack) const {
  const std::size_t p = parameters_.size();
  Dual& top = stack[depth - 1];
  const auto chain = [&](double value, double slope) {
    top.value = value;
    for (std::size_t j = 0; j < p; ++j) top.slopes[j] *= slope;
  };
  const auto both = [&](double value, double of_left, double of_right) {
    Dual& left = stack[depth - 2];
    left.value = value;
    for (std::size_t j = 0; j < p; ++j) {
      // A constant has no slope, also where its factor is infinite.
      const double right = top.slopes[j] == 0 ? 0 : of_right * top.slopes[j];
      left.slopes[j] = (left.slopes[j] == 0 ? 0 : of_left * left.slopes[j]) + right;
    }
    --depth;
  };
  const double b = top.value;
  const double a = depth > 1 ? stack[depth - 2].value : 0;
  switch (step.op) {
    case Op::kAdd:
      return both(a + b, 1, 1);
    case Op::kSubtract:
      return both(a - b, 1, -1);
    case Op::kMultiply:
      return both(a * b, b, a);
    case Op::kDivide:
      return both(a / b, 1 / b, -a / (b * b));
    case Op::kPower:
      return both(std::pow(a, b), b * std::pow(a, b - 1), std::pow(a, b) * std::log(a));
    case Op::kNegate:
      return chain(-b, -1);
    case Op::kExp:
      return chain(std::exp(b), std::exp(b));
    case Op::kLog:
      return chain(std::log(b), 1 / b);
    case Op::kSqrt:
      return chain(std::sqrt(b), 0.5 / std::sqrt(b));
    case Op::kNumber:
    case Op::kVariable:
    case Op::kParameter:
      break;
  }
}

double Formula::Value(const double* parameters, const double* variables, double* gradient) const {
  // Each level of parentheses or signs keeps at most three operands waiting.
  std::array<Dual, 3 * kMostDepth> stack;
  std::size_t depth = 0;
  for (const Step& step : steps_) {
    if (step.op != Op::kNumber && step.op != Op::kVariable && step.op != Op::kParameter) {
      Apply(step, depth, stack.data());
      continue;
    }
    Dual& pushed = stack[depth++];
    std::fill_n(pushed.slopes.begin(), parameters_.size(), 0.0);
    if (step.op == Op::kNumber) pushed.value = step.number;
    if (step.op == Op::kVariable) pushed.value = variables[step.index];
    if (step.op == Op::kParameter) {
      pushed.value = parameters[step.index];
      pushed.slopes[step.index] = 1;
    }
  }
  if (gradient != nullptr) {
    std::copy_n(stack[0].slopes.begin(), parameters_.size(), gradient);
  }
  return stack[0].value;
}

}  // namespace saelaw

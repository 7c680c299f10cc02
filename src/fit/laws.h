// The table of laws. The command line, the sweeps and the report read it; a new law is one line
// here and one small file with its model.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/law_fit.h"
#include "fit/law_model.h"

namespace saelaw {

enum class Variable { kTokens, kParams, kLr, kBatch, kCompute };
double Get(const Point& point, Variable variable);
std::string_view Name(Variable variable);

// What one fit is made of, besides the points.
struct LawSetting {
  std::optional<double> fixed_floor;  // empty: the floor is free
  Vector log_centres;                 // geometric means of the law's variables, in logarithms
};

struct LawQuestion;
struct LawAnswer;

// One law of the table.
struct LawInfo {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
  std::vector<Variable>
      variables;  // that every point must have; a Sample's row holds them in order
  std::vector<std::string_view> parameters;  // names, in the order of LawFit::params
  bool has_floor = false;                    // whether a floor may be free or fixed
  int fewest_values = 2;                     // of each variable
  // Fits it and says what stands against it (fit/answer_law.h).
  LawAnswer (*answer)(const LawQuestion&) = nullptr;
  // The model of a law of loss; null for laws of another kind (of a rate, of an edge), which FitLaw
  // does not know.
  std::shared_ptr<const LawModel> (*make)(const LawInfo&, const LawSetting&) = nullptr;
  bool centred = false;  // whether its parameters are those of variables over their geometric means
};

// Exponents are searched between these; an optimum at one of them is reported as on its bound.
inline constexpr double kSmallestExponent = 1e-4;
inline constexpr double kLargestExponent = 10;

std::span<const LawInfo> Laws();
// Null when there is no such law.
const LawInfo* FindLaw(std::string_view name);
// Throws UsageError listing the laws of the table.
const LawInfo& RequireLaw(std::string_view name);

}  // namespace saelaw

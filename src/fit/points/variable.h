// The variables that a law may take of a point.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fit/points/point.h"

namespace saelaw {

enum class Variable : std::uint8_t { kTokens, kParams, kLr, kBatch, kCompute, kL0 };
inline constexpr Variable kVariables[] = {Variable::kTokens,
                                          Variable::kParams,
                                          Variable::kLr,
                                          Variable::kBatch,
                                          Variable::kCompute,
                                          Variable::kL0};
double Get(const Point& point, Variable variable);
void Set(Point& point, Variable variable, double value);
std::string_view Name(Variable variable);

// The variable of exactly that name.
std::optional<Variable> FindVariable(std::string_view name);

// The one that a column's name calls to mind: lr, learning_rate, batch_size, n_params, d_sae,
// flops, ... Case, blanks, hyphens, points and underscores do not count. Nothing for other names,
// for l0, which is as often as not what a run came to and no setting of it, and for single letters
// such as N and D, which mean other things in other tables.
std::optional<Variable> VariableLike(std::string_view column);

}  // namespace saelaw

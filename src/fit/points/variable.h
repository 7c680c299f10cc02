// The variables that a law may take of a point.
#pragma once

#include <cstdint>
#include <string_view>

#include "fit/points/point.h"

namespace saelaw {

enum class Variable : std::uint8_t { kTokens, kParams, kLr, kBatch, kCompute, kL0 };
double Get(const Point& point, Variable variable);
void Set(Point& point, Variable variable, double value);
std::string_view Name(Variable variable);

}  // namespace saelaw

// The only place that knows which member of a point a variable is, and what users call it.
#include "fit/points/variable.h"

namespace saelaw {

using enum Variable;

namespace {

constexpr double Point::*MemberOf(Variable variable) {
  switch (variable) {
    case kTokens:
      return &Point::tokens;
    case kParams:
      return &Point::params;
    case kLr:
      return &Point::lr;
    case kBatch:
      return &Point::batch;
    case kCompute:
      return &Point::compute;
    case kL0:
      return &Point::l0;
  }
  return nullptr;
}

}  // namespace

double Get(const Point& point, Variable variable) { return point.*MemberOf(variable); }

void Set(Point& point, Variable variable, double value) { point.*MemberOf(variable) = value; }

std::string_view Name(Variable variable) {
  switch (variable) {
    case kTokens:
      return "tokens";
    case kParams:
      return "params";
    case kLr:
      return "lr";
    case kBatch:
      return "batch";
    case kCompute:
      return "compute";
    case kL0:
      return "l0";
  }
  return "";
}

}  // namespace saelaw

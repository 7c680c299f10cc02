// The only place that knows which member of a point a variable is, and what users call it.
#include "fit/points/variable.h"

namespace saelaw {

using enum Variable;

double Get(const Point& point, Variable variable) {
  switch (variable) {
    case kTokens:
      return point.tokens;
    case kParams:
      return point.params;
    case kLr:
      return point.lr;
    case kBatch:
      return point.batch;
    case kCompute:
      return point.compute;
  }
  return 0;
}

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
  }
  return "";
}

}  // namespace saelaw

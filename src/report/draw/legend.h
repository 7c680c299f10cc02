// The legend below a figure.
#pragma once

#include <string>

#include "report/document/figure.h"

namespace saelaw {

struct Legend {
  std::string svg;
  double height = 0;
};

// Rows of signs and labels between `left` and `right`, from `top` downwards; series without a label
// or without a place are left out.
Legend DrawLegend(const document::Figure& figure, double left, double right, double top);

}  // namespace saelaw

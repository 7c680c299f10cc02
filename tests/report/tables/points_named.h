// The points of a figure by their label.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "report/document/figure.h"

namespace saelaw {

inline const document::Points& PointsNamed(const document::Figure& figure,
                                           const std::string& label) {
  for (const document::Points& points : figure.points) {
    if (points.label == label) return points;
  }
  ADD_FAILURE() << "no points " << label;
  return figure.points.front();
}

}  // namespace saelaw

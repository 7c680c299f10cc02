// The signs that stand for points, as pieces of SVG.
#pragma once

#include <string>

#include "report/document/figure.h"

namespace saelaw {

// In which CSS class (draw/figure.css) a series has its colour.
std::string InkClass(document::Ink ink, int series);
// The sign around a place on the paper, in the colour of the element that it stands in.
std::string MarkSvg(document::Shape shape, double x, double y);

}  // namespace saelaw

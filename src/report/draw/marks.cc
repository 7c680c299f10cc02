// A point's meaning is in its shape and filling as well as in its colour, so that a figure can be
// read in black and white too.
#include "report/draw/marks.h"

#include <cmath>

#include <fmt/format.h>

namespace saelaw {
namespace {

using document::Ink;
using document::Shape;

// There are as many colours as draw/figure.css has; after the last they begin again.
constexpr int kSeriesColours = 7;

std::string Circle(double x, double y, double radius, bool filled) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" class=\"{}\"/>",
                     x,
                     y,
                     radius,
                     filled ? "filled" : "hollow");
}

std::string Outline(const std::string& path, bool filled) {
  return fmt::format("<path d=\"{}\" class=\"{}\"/>", path, filled ? "filled" : "hollow");
}

std::string Triangle(double x, double y) {
  return Outline(fmt::format("M{:.1f} {:.1f}l5.5 9.5h-11z", x, y - 6), false);
}

std::string Diamond(double x, double y) {
  return Outline(fmt::format("M{:.1f} {:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z", x, y - 5.5), true);
}

// Draws strokes through the place, evenly turned: two make a cross, four a star.
std::string Strokes(double x, double y, double radius, int strokes, double turn) {
  constexpr double kPi = 3.14159265358979;
  std::string path;
  for (int i = 0; i < strokes; ++i) {
    const double angle = turn + kPi * i / strokes;
    const double dx = radius * std::cos(angle);
    const double dy = radius * std::sin(angle);
    path += fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}", x - dx, y - dy, x + dx, y + dy);
  }
  return Outline(path, false);
}

}  // namespace

std::string InkClass(Ink ink, int series) {
  switch (ink) {
    case Ink::kLaw:
      return "ink-law";
    case Ink::kTarget:
      return "ink-target";
    case Ink::kHeldOut:
      return "ink-held-out";
    case Ink::kFailed:
      return "ink-failed";
    case Ink::kFaint:
      return "ink-faint";
    case Ink::kSeries:
      return fmt::format("ink-series-{}", series % kSeriesColours);
  }
  return "";
}

std::string MarkSvg(Shape shape, double x, double y) {
  constexpr double kQuarter = 0.785398163397448;  // 45 degrees: a cross that is no plus
  switch (shape) {
    case Shape::kDot:
      return Circle(x, y, 3.6, true);
    case Shape::kRing:
      return Circle(x, y, 2.6, false);
    case Shape::kTriangle:
      return Triangle(x, y);
    case Shape::kDiamond:
      return Diamond(x, y);
    case Shape::kCross:
      return Strokes(x, y, 4.5, 2, kQuarter);
    case Shape::kStar:
      return Strokes(x, y, 8, 4, 0);
  }
  return "";
}

}  // namespace saelaw

// A figure as data: axes, points with error bars, and curves with bands. What it means was decided
// by whoever made it; report/draw only places it.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace saelaw::document {

enum class Scale : std::uint8_t { kLinear, kLogarithmic };

struct Axis {
  std::string title{};
  Scale scale = Scale::kLogarithmic;
  double lo = 0, hi = 0;  // what is shown; not lo < hi: there is nothing to show
  bool empty() const { return !(lo < hi); }
};

// Colours by what is drawn; each has its own for light, dark and print (draw/figure.css).
enum class Ink : std::uint8_t { kLaw, kTarget, kHeldOut, kFailed, kFaint, kSeries };
enum class Shape : std::uint8_t { kDot, kRing, kTriangle, kDiamond, kCross, kStar };

struct Place {
  double x = 0, y = 0;
  // The interval of y, drawn as an error bar or as part of a band; NaN: unknown.
  double lo = std::numeric_limits<double>::quiet_NaN();
  double hi = std::numeric_limits<double>::quiet_NaN();
  std::string hover{};  // what the reader is told of this point
};

struct Points {
  std::string label{};  // in the legend
  Ink ink = Ink::kLaw;
  Shape shape = Shape::kDot;
  std::vector<Place> places{};
  int series = 0;  // with Ink::kSeries: which of them, from 0; the colours repeat after seven
};

struct Curve {
  std::string label{};  // empty: the legend does not name it
  Ink ink = Ink::kLaw;
  std::vector<Place> places{};                                     // ascending x
  bool band = false;                                               // fill between lo and hi
  double dashed_beyond = std::numeric_limits<double>::infinity();  // x where it begins to guess
  int series = 0;                                                  // as of Points
};

struct Figure {
  std::string id;  // of its file and its element: loss, rates, ...
  std::string title;
  std::string note;  // how to read it
  Axis x{}, y{};
  std::vector<Curve> curves{};  // beneath the points
  std::vector<Points> points{};
};

// The positive ones of `values` from the smallest to the largest, with a margin on both sides that
// is a power `margin` of their ratio. Not lo < hi where none is positive.
Axis LogarithmicAxis(std::string title, std::span<const double> values, double margin = 0.06);

// Evenly from -m to m, with m a little beyond the largest size among the finite `values`.
Axis SymmetricAxis(std::string title, std::span<const double> values);

}  // namespace saelaw::document

// Every element has a class instead of a colour, and figure.css says what a class looks like, so
// that one drawing suits light and dark pages and print.
#include "report/draw/svg.h"

#include <cmath>

#include <fmt/format.h>

#include "report/document/markup.h"
#include "report/document/numbers.h"
#include "report/draw/legend.h"
#include "report/draw/marks.h"
#include "report/draw/scale.h"

namespace saelaw {
namespace {

using document::Axis;
using document::Curve;
using document::Figure;
using document::Place;
using document::Points;

// These are in SVG's own units; a page scales the whole.
constexpr double kWidth = 640;
constexpr double kLeft = 64, kRight = kWidth - 16;
constexpr double kTop = 12, kBottom = 320;
constexpr double kTickGap = 8, kTitleGap = 36, kLegendGap = 46;
constexpr double kHit = 8;  // radius in which a pointer finds a place

// Counts have names up to T; compute lies far beyond, where a power of ten says more.
std::string TickText(double value) {
  constexpr double kNamed = 1e15;
  return std::abs(value) < kNamed ? CountText(value, 3) : NumberText(value, 3);
}

class FigureWriter {
 public:
  explicit FigureWriter(const Figure& figure)
      // The lower end of y lies at the larger number, because in SVG y grows downwards.
      : figure_(figure), x_(figure.x, kLeft, kRight), y_(figure.y, kBottom, kTop) {}

  // Draws everything within the axes, from the back to the front.
  std::string Write() {
    Grid();
    svg_ += fmt::format("<g clip-path=\"url(#clip-{})\">\n", figure_.id);
    for (const Curve& curve : figure_.curves) Band(curve);
    for (const Curve& curve : figure_.curves) Line(curve);
    for (const Points& points : figure_.points) Marks(points);
    return svg_ + "</g>\n";
  }

 private:
  void Grid();
  void Band(const Curve& curve);
  void Line(const Curve& curve);
  void Marks(const Points& points);
  bool Shows(const Place& place) const {
    return figure_.x.lo <= place.x && place.x <= figure_.x.hi && y_.Shows(place.y);
  }
  std::string Bar(const Place& place) const;
  std::string Hovered(const Place& place, const std::string& inside) const;
  std::string Path(const std::vector<Place>& places, std::size_t first, std::size_t last) const;

  const Figure& figure_;
  AxisScale x_, y_;
  std::string svg_;
};

void FigureWriter::Grid() {
  svg_ += "<g class=\"grid\">\n";
  for (const double value : Ticks(figure_.x)) {
    const double x = x_(value);
    svg_ += fmt::format(
        "<path d=\"M{0:.1f} {1}V{2}\"/><text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}"
        "</text>\n",
        x,
        kTop,
        kBottom,
        kBottom + kTickGap + 9,
        TickText(value));
  }
  for (const double value : Ticks(figure_.y)) {
    const double y = y_(value);
    svg_ += fmt::format(
        "<path d=\"M{0} {1:.1f}H{2}\"/><text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}"
        "</text>\n",
        kLeft,
        y,
        kRight,
        kLeft - kTickGap,
        y + 4,
        TickText(value));
  }
  svg_ += fmt::format(
      "<text x=\"{0}\" y=\"{1}\" text-anchor=\"middle\">{2}</text>\n"
      "<text x=\"{3}\" y=\"14\" text-anchor=\"middle\" "
      "transform=\"rotate(-90)\">{4}</text>\n</g>\n",
      (kLeft + kRight) / 2,
      kBottom + kTitleGap,
      EscapeMarkup(figure_.x.title),
      -(kTop + kBottom) / 2,
      EscapeMarkup(figure_.y.title));
}

// Writes a stretch of places as a line, without those that have no place.
std::string FigureWriter::Path(const std::vector<Place>& places,
                               std::size_t first,
                               std::size_t last) const {
  std::string path;
  for (std::size_t i = first; i < last; ++i) {
    // On a logarithmic axis nothing is drawn of what is not positive; the clip path ends the rest.
    const double y = y_(places[i].y);
    if (!std::isfinite(y)) continue;
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x_(places[i].x), y);
  }
  return path;
}

void FigureWriter::Band(const Curve& curve) {
  if (!curve.band) return;
  // The band goes there along the upper side and back along the lower; one without bound ends at
  // the axis.
  std::string path;
  const auto add = [&](double x, double y) {
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x_(x), y_(y_.Clamped(y)));
  };
  const auto known = [](const Place& p) { return !std::isnan(p.lo) && !std::isnan(p.hi); };
  for (const Place& place : curve.places) {
    if (known(place)) add(place.x, place.hi);
  }
  for (auto place = curve.places.rbegin(); place != curve.places.rend(); ++place) {
    if (known(*place)) add(place->x, place->lo);
  }
  if (path.empty()) return;
  svg_ += fmt::format("<g class=\"{}\"><path d=\"{}z\" class=\"band\"/></g>\n",
                      InkClass(curve.ink, curve.series),
                      path);
}

void FigureWriter::Line(const Curve& curve) {
  // The dashed part begins where the solid one ends.
  std::size_t solid = 0;
  while (solid < curve.places.size() && curve.places[solid].x <= curve.dashed_beyond) ++solid;
  const std::string fitted = Path(curve.places, 0, solid);
  // It takes in the last solid place, so that no gap is left between the two.
  const std::string guessed = Path(curve.places, solid > 0 ? solid - 1 : 0, curve.places.size());
  svg_ += fmt::format("<g class=\"{}\">", InkClass(curve.ink, curve.series));
  if (!fitted.empty()) svg_ += fmt::format("<path d=\"{}\" class=\"curve\"/>", fitted);
  if (solid < curve.places.size() && !guessed.empty())
    svg_ += fmt::format("<path d=\"{}\" class=\"curve dashed\"/>", guessed);
  for (const Place& place : curve.places) {
    if (Shows(place)) svg_ += Hovered(place, "");
  }
  svg_ += "</g>\n";
}

std::string FigureWriter::Bar(const Place& place) const {
  if (std::isnan(place.lo) || std::isnan(place.hi)) return "";
  return fmt::format("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" class=\"bar\"/>",
                     x_(place.x),
                     y_(y_.Clamped(place.lo)),
                     y_(y_.Clamped(place.hi)));
}

// Adds a disc around the place that is not seen but found by a pointer.
std::string FigureWriter::Hovered(const Place& place, const std::string& inside) const {
  if (place.hover.empty()) return inside;
  return fmt::format(
      "<g class=\"place\"><title>{}</title><circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" "
      "class=\"hit\"/>{}</g>\n",
      EscapeMarkup(place.hover),
      x_(place.x),
      y_(place.y),
      kHit,
      inside);
}

void FigureWriter::Marks(const Points& points) {
  svg_ += fmt::format("<g class=\"{}\">\n", InkClass(points.ink, points.series));
  for (const Place& place : points.places) {
    if (!Shows(place)) continue;
    svg_ += Hovered(place, Bar(place) + MarkSvg(points.shape, x_(place.x), y_(place.y)));
  }
  svg_ += "</g>\n";
}

std::string Nothing() {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">nothing to draw yet</text>\n",
                     kWidth / 2,
                     (kTop + kBottom) / 2);
}

// Writes what a screen reader says of the figure. The ids hold the figure's own, because a page has
// several figures.
std::string Words(const Figure& figure) {
  return fmt::format("<title id=\"title-{0}\">{1}</title>\n<desc id=\"desc-{0}\">{2}</desc>\n",
                     figure.id,
                     EscapeMarkup(figure.title),
                     EscapeMarkup(figure.note));
}

// Cuts off at the axes whatever reaches beyond them.
std::string Clip(const Figure& figure) {
  return fmt::format(
      "<clipPath id=\"clip-{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n",
      figure.id,
      kLeft,
      kTop,
      kRight - kLeft,
      kBottom - kTop);
}

std::string Element(const Figure& figure, std::string_view space, const std::string& style) {
  const bool empty = figure.x.empty() || figure.y.empty();
  const double legend_top = kBottom + kLegendGap;
  const Legend legend = empty ? Legend{} : DrawLegend(figure, kLeft, kRight, legend_top);
  return fmt::format(
             "<svg{0} class=\"figure\" role=\"img\" viewBox=\"0 0 {1} {2}\" "
             "aria-labelledby=\"title-{3}\" aria-describedby=\"desc-{3}\">\n",
             space,
             kWidth,
             legend_top + legend.height + 4,
             figure.id) +
         Words(figure) + style + Clip(figure) + (empty ? Nothing() : FigureWriter(figure).Write()) +
         legend.svg + "</svg>\n";
}

}  // namespace

std::string FigureSvg(const Figure& figure) { return Element(figure, "", ""); }

// A file stands alone, so it needs the namespace and the style that a page has already.
std::string FigureFile(const Figure& figure) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         Element(figure,
                 " xmlns=\"http://www.w3.org/2000/svg\"",
                 fmt::format("<style>\n{}</style>\n", FigureStyle()));
}

}  // namespace saelaw

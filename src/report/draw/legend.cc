// Only what has been drawn gets an entry: a series without a place or a curve without a name has
// none, so that the legend names nothing that the reader cannot find.
#include "report/draw/legend.h"

#include <fmt/format.h>

#include "report/document/markup.h"
#include "report/draw/marks.h"

namespace saelaw {
namespace {

using document::Curve;
using document::Figure;
using document::Points;

constexpr double kRow = 19;
constexpr double kSign = 26;  // width of the sign and its gap
constexpr double kGap = 18;   // between two entries
// This is the width of a letter at figure.css's size. SVG cannot measure text before it is shown,
// so that this is a guess on the safe side.
constexpr double kLetter = 6.7;

class LegendWriter {
 public:
  LegendWriter(double left, double right, double top)
      : left_(left), right_(right), x_(left), y_(top) {}

  // Leaves room for the entry and returns where its sign begins; starts a row where it must.
  void Add(const std::string& label, const std::string& ink, const auto& sign) {
    const double width = kSign + kLetter * static_cast<double>(label.size());
    // An entry that is wider than a row still gets a row of its own.
    if (x_ > left_ && x_ + width > right_) {
      x_ = left_;
      y_ += kRow;
    }
    const double middle = y_ + kRow / 2;
    svg_ += fmt::format("<g class=\"{}\">{}</g><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                        ink,
                        sign(x_ + (kSign - 6) / 2, middle),
                        x_ + kSign,
                        middle + 4,
                        EscapeMarkup(label));
    x_ += width + kGap;
  }

  Legend Finish(double top) && {
    if (svg_.empty()) return {};
    return {"<g class=\"legend\">\n" + svg_ + "</g>\n", y_ + kRow - top};
  }

 private:
  double left_, right_, x_, y_;
  std::string svg_;
};

}  // namespace

Legend DrawLegend(const Figure& figure, double left, double right, double top) {
  LegendWriter writer(left, right, top);
  for (const Points& points : figure.points) {
    if (points.label.empty() || points.places.empty()) continue;
    writer.Add(points.label, InkClass(points.ink, points.series), [&](double x, double y) {
      return MarkSvg(points.shape, x, y);
    });
  }
  for (const Curve& curve : figure.curves) {
    if (curve.label.empty() || curve.places.empty()) continue;
    writer.Add(curve.label, InkClass(curve.ink, curve.series), [](double x, double y) {
      return fmt::format("<path d=\"M{:.1f} {:.1f}h20\" class=\"curve\"/>", x - 10, y);
    });
  }
  return std::move(writer).Finish(top);
}

}  // namespace saelaw

// Loss against learning rate, one curve for each data size: what the best rates are read from,
// before any fitting.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/figure_parts.h"
#include "report/tables/figures.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of series

// These are the runs of one data size and width by their rate, ascending.
using ByRate = std::map<double, std::vector<const StudyRun*>>;
using Size = std::pair<std::int64_t, std::int64_t>;  // tokens, d_sae

Place RunPlace(const StudyRun& run, const std::string& label) {
  Place place{run.lr, run.final.loss};
  place.hover = fmt::format("{}: loss {} at lr {}\n{} tokens, {}",
                            label,
                            NumberText(run.final.loss),
                            NumberText(run.lr),
                            CountText(static_cast<double>(run.tokens)),
                            RunText(run));
  return place;
}

// The curve joins the mean of each rate's seeds; the points are the runs.
void AddSize(const std::string& label, const ByRate& rates, int series, Figure& figure) {
  Points points{label, Ink::kSeries, Shape::kDot, {}, series};
  Curve mean{"", Ink::kSeries};
  mean.series = series;
  for (const auto& [lr, runs] : rates) {
    double sum = 0;
    for (const StudyRun* run : runs) {
      points.places.push_back(RunPlace(*run, label));
      sum += run->final.loss;
    }
    mean.places.push_back({lr, sum / static_cast<double>(runs.size())});
  }
  figure.curves.push_back(std::move(mean));
  figure.points.push_back(std::move(points));
}

}  // namespace

Figure SweepFigure(const Findings& findings) {
  Figure figure{"sweeps",
                "Loss against learning rate, each data size",
                "Every run; crosses mark runs that collapsed or diverged."};
  Points failed{"collapsed or diverged", Ink::kFailed, Shape::kCross};
  std::map<Size, ByRate> sizes;
  std::set<std::int64_t> widths;
  for (const StudyRun& run : findings.runs) {
    if (run.stage == Stage::kHoldOut) continue;
    widths.insert(run.d_sae);
    // A size of which every run failed still counts as a series, so that its failures change no
    // other's colour.
    ByRate& rates = sizes[{run.tokens, run.d_sae}];
    if (!(run.final.loss > 0)) continue;
    if (run.outcome == Outcome::kCompleted)
      rates[run.lr].push_back(&run);
    else
      failed.places.push_back(RunPlace(run, failed.label));
  }
  int series = 0;
  for (const auto& [size, rates] : sizes) {
    std::string label = CountText(static_cast<double>(size.first), 3) + " tokens";
    // The width is named only where it tells sizes apart.
    if (widths.size() > 1) label += fmt::format(", d_sae {}", size.second);
    AddSize(label, rates, series++, figure);
  }
  figure.points.push_back(std::move(failed));

  std::vector<double> rates;
  std::vector<double> losses;
  AppendPoints(figure, rates, losses);
  constexpr double kRatesMargin = 0.03;
  figure.x = LogarithmicAxis("learning rate", rates, kRatesMargin);
  figure.y = LogarithmicAxis("held-out loss", losses);
  return figure;
}

}  // namespace saelaw

// A table of two architectures has two laws, and one law between them fits neither. Where a column
// names the kinds it is believed first, and the residuals alone speak otherwise.
#include "fit/critic/populations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "fit/points/csv_text.h"
#include "fit/solve/distributions.h"

namespace saelaw {
namespace {

// A split of the points by their residuals, and how far its halves lie apart.
struct Split {
  std::vector<bool> above;  // [points]
  double apart = 0;         // distance of the means over the sd within, 0: no split
  double distance = 0;      // of the means, in ln loss
};

// Squares about a line in the law's value, with one line for each half: populations that differ by
// a floor differ more where the loss is small.
double WithinSd(const Residuals& residuals, const std::vector<bool>& above) {
  double squares = 0;
  for (const bool half : {false, true}) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
      if (above[i] != half) continue;
      const double f = residuals.fitted[i];
      const double r = residuals.values[i];
      n += 1, x += f, y += r, xx += f * f, xy += f * r, yy += r * r;
    }
    const double spread = xx - x * x / n;
    const double along = xy - x * y / n;
    squares += yy - y * y / n - (spread > 0 ? along * along / spread : 0);
  }
  return std::sqrt(std::max(squares, 0.0) / static_cast<double>(residuals.size() - 4));
}

Split BestSplit(const Residuals& residuals) {
  const std::size_t n = residuals.size();
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return residuals.values[a] < residuals.values[b];
  });
  double total = 0;
  for (const double r : residuals.values) total += r;
  const auto fewest = std::max<std::size_t>(3, (n + 4) / 5);
  Split best;
  std::size_t cut = 0;
  double most = -1;  // squares between the halves
  double distance = 0;
  double below = 0;
  for (std::size_t k = 1; k + fewest <= n; ++k) {
    below += residuals.values[order[k - 1]];
    if (k < fewest) continue;
    const double left = below / static_cast<double>(k);
    const double right = (total - below) / static_cast<double>(n - k);
    const double between =
        static_cast<double>(k) * static_cast<double>(n - k) * (right - left) * (right - left);
    if (between <= most) continue;
    most = between;
    cut = k;
    distance = right - left;
  }
  if (cut == 0) return best;
  best.above.assign(n, false);
  for (std::size_t k = cut; k < n; ++k) best.above[order[k]] = true;
  best.distance = distance;
  best.apart = distance / std::max(WithinSd(residuals, best.above), 1e-300);
  return best;
}

// What lies apart in one range of the sizes is the law's own misfit; populations occur all along.
bool AllAlong(const Residuals& residuals, const std::vector<bool>& above) {
  std::vector<double> sorted = residuals.fitted;
  std::sort(sorted.begin(), sorted.end());
  const double middle = sorted[sorted.size() / 2];
  std::array<std::array<int, 2>, 2> count{};
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    ++count[above[i] ? 1 : 0][residuals.fitted[i] < middle ? 0 : 1];
  }
  const auto both = [](const std::array<int, 2>& of) {
    return 4 * std::min(of[0], of[1]) >= of[0] + of[1];
  };
  return both(count[0]) && both(count[1]);
}

}  // namespace

std::optional<warning::TwoPopulations> FindTwoPopulations(const Residuals& residuals,
                                                          std::span<const Point> points) {
  const Split split = BestSplit(residuals);
  // By simulation of normal residuals: 199 of 200 tables of n points lie below.
  const double apart = 3.6 + 40 / static_cast<double>(residuals.size());
  if (!(split.apart > apart) || !AllAlong(residuals, split.above)) return {};
  warning::TwoPopulations found;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (split.above[i]) found.above.push_back({points[i].row});
  }
  found.runs = points.size();
  found.distance = std::expm1(split.distance);
  return found;
}

namespace {

// The residuals of one word of a label.
struct Word {
  double sum = 0;
  double count = 0;
  double Mean() const { return sum / count; }
};

// An analysis of variance of the residuals, held within three sds, by the words of a label.
std::optional<warning::LabelledPopulations> WhatLabelTells(const UnreadColumn& label,
                                                           const std::vector<std::string>& words,
                                                           const Residuals& residuals,
                                                           double level) {
  const double most = 3 * kNormalMedian * MedianSize(residuals.values, residuals.parameters);
  std::map<std::string, Word> by_word;
  Word all;
  double squares = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const double r = std::clamp(residuals.values[i], -most, most);
    Word& word = by_word[words[i]];
    word.sum += r, word.count += 1;
    all.sum += r, all.count += 1;
    squares += r * r;
  }
  if (by_word.size() < 2 || by_word.size() > UnreadColumn::kMostWords) return {};
  double between = -all.sum * all.sum / all.count;
  for (const auto& [text, word] : by_word) between += word.sum * word.sum / word.count;
  const double within = squares - all.sum * all.sum / all.count - between;
  const auto df = static_cast<double>(by_word.size() - 1);
  const double left = all.count - df - 1 - static_cast<double>(residuals.parameters);
  if (!(left > 0) || !(FisherTail(between / df / (within / left), df, left) < level)) return {};
  const auto lower = [](const auto& a, const auto& b) { return a.second.Mean() < b.second.Mean(); };
  const auto [low, high] = std::minmax_element(by_word.begin(), by_word.end(), lower);
  return warning::LabelledPopulations{Shown(label.name),
                                      Shown(high->first),
                                      Shown(low->first),
                                      std::expm1(high->second.Mean() - low->second.Mean())};
}

}  // namespace

std::optional<warning::LabelledPopulations> FindLabelledPopulations(
    const Residuals& residuals,
    std::span<const Point> points,
    std::span<const UnreadColumn> labels,
    std::span<const Point> labelled) {
  std::map<std::int64_t, std::size_t> at;
  for (std::size_t i = 0; i < labelled.size(); ++i) at[labelled[i].row] = i;
  constexpr double kLevel = 1e-3;  // for all labels together
  for (const UnreadColumn& label : labels) {
    std::vector<std::string> words;
    for (const Point& point : points) {
      const auto found = at.find(point.row);
      if (found != at.end()) words.push_back(label.words[found->second]);
    }
    if (words.size() != points.size()) continue;
    auto told =
        WhatLabelTells(label, words, residuals, kLevel / static_cast<double>(labels.size()));
    if (told) return told;
  }
  return {};
}

}  // namespace saelaw

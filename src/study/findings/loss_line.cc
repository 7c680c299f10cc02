// The line's error at a target cannot be read off its scatter alone; how far the largest size
// misses the line of the smaller ones is an error of the kind that is made there.
#include "study/findings/loss_line.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "fit/fit.h"

namespace saelaw {
namespace {

constexpr std::size_t kFewest = 3;  // points, and sizes: two make a line of anything

// Sums of a straight line.
struct Sums {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;

  explicit Sums(const std::vector<LossLinePoint>& points) {
    for (const LossLinePoint& point : points) {
      n += 1;
      x += point.log_loss;
      y += point.y;
    }
    x /= n;
    y /= n;
    for (const LossLinePoint& point : points) {
      xx += (point.log_loss - x) * (point.log_loss - x);
      xy += (point.log_loss - x) * (point.y - y);
    }
  }
  double At(double log_loss) const { return y + (xx > 0 ? xy / xx : 0) * (log_loss - x); }
};

double LargestSize(const std::vector<LossLinePoint>& points) {
  double largest = 0;
  for (const LossLinePoint& point : points) largest = std::max(largest, point.tokens);
  return largest;
}

// How far the points of the largest size lie, on average, from the line of all others.
double Drift(const std::vector<LossLinePoint>& points) {
  const double largest = LargestSize(points);
  std::vector<LossLinePoint> smaller;
  for (const LossLinePoint& point : points) {
    if (point.tokens < largest) smaller.push_back(point);
  }
  const Sums line(smaller);
  double sum = 0;
  for (const LossLinePoint& point : points) {
    if (point.tokens == largest) sum += point.y - line.At(point.log_loss);
  }
  return sum / static_cast<double>(points.size() - smaller.size());
}

}  // namespace

LossLine::LossLine(const std::vector<LossLinePoint>& points) {
  std::set<double> sizes;
  for (const LossLinePoint& point : points) sizes.insert(point.tokens);
  if (points.size() < kFewest || sizes.size() < kFewest) return;
  const Sums sums(points);
  if (!(sums.xx > 0)) return;
  n_ = sums.n;
  centre_ = sums.x;
  level_ = sums.y;
  slope_ = sums.xy / sums.xx;
  spread_ = sums.xx;
  for (const LossLinePoint& point : points) {
    variance_ += std::pow(point.y - At(point.log_loss), 2) / (n_ - 2);
  }
  drift_ = Drift(points);
}

double LossLine::HalfWidth(double log_loss, double level) const {
  const double off = log_loss - centre_;
  const double variance = variance_ * (1 + 1 / n_ + off * off / spread_) + drift_ * drift_;
  return StudentTwoSided(level, n_ - 2) * std::sqrt(variance);
}

}  // namespace saelaw

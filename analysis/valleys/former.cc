// Written anew from the formulas of 0.1.0 (src/fit/rates/lr_optimum.cc and lr_law.cc there),
// without the product's code, so that the product may change.
#include "former.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <Eigen/Dense>

namespace saelaw::valleys {
namespace {

// All runs of one rate.
struct Rate {
  double x = 0;
  std::vector<double> losses;
  double Mean() const {
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
  }
};

std::vector<Rate> ListRates(const Size& size) {
  std::map<long long, Rate> rates;
  for (const Loss& run : size.runs) {
    Rate& rate = rates[std::llround(run.log_rate * 1e9)];
    rate.x = run.log_rate;
    rate.losses.push_back(run.log_loss);
  }
  std::vector<Rate> sorted;
  for (const auto& [key, rate] : rates) sorted.push_back(rate);
  return sorted;
}

std::size_t FindLowest(const std::vector<Rate>& rates) {
  const auto best = std::min_element(
      rates.begin(), rates.end(), [](const Rate& a, const Rate& b) { return a.Mean() < b.Mean(); });
  return static_cast<std::size_t>(best - rates.begin());
}

struct Parabola {
  Eigen::Vector3d c = Eigen::Vector3d::Zero();
  double square = 0;
  double unit_variance = 0;  // of the vertex
  int df = 0;
  double Vertex() const { return -c(1) / (2 * c(2)); }
};

Parabola Through(const std::vector<Rate>& rates, double centre) {
  Eigen::Matrix3d gram = Eigen::Matrix3d::Zero();
  Eigen::Vector3d right = Eigen::Vector3d::Zero();
  int points = 0;
  for (const Rate& rate : rates) {
    const double z = rate.x - centre;
    for (const double loss : rate.losses) {
      const Eigen::Vector3d row(1, z, z * z);
      gram += row * row.transpose();
      right += row * loss;
      ++points;
    }
  }
  Parabola parabola;
  const Eigen::Matrix3d inverse = gram.inverse();
  parabola.c = inverse * right;
  for (const Rate& rate : rates) {
    const double z = rate.x - centre;
    for (const double loss : rate.losses) {
      parabola.square += std::pow(loss - parabola.c.dot(Eigen::Vector3d(1, z, z * z)), 2);
    }
  }
  parabola.df = points - 3;
  const Eigen::Vector3d slope(
      0, -1 / (2 * parabola.c(2)), parabola.c(1) / (2 * std::pow(parabola.c(2), 2)));
  parabola.unit_variance = slope.dot(inverse * slope);
  return parabola;
}

std::vector<Rate> Around(const std::vector<Rate>& rates, std::size_t best, int reach) {
  constexpr double kFurthest = 1.5;
  std::vector<Rate> chosen;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const int places = std::abs(static_cast<int>(i) - static_cast<int>(best));
    const double distance = std::abs(rates[i].x - rates[best].x);
    if (places <= 1 || (places <= reach && distance < kFurthest)) chosen.push_back(rates[i]);
  }
  return chosen;
}

struct Optimum {
  double x = 0;
  double y = 0;
  double weight = 1;
};

double LineAt(const std::vector<Optimum>& optima, double x) {
  constexpr std::size_t kFewest = 3;
  if (optima.size() < kFewest) return NAN;
  double weight = 0;
  double mean_x = 0;
  double mean_y = 0;
  for (const Optimum& one : optima) {
    weight += one.weight;
    mean_x += one.weight * one.x;
    mean_y += one.weight * one.y;
  }
  mean_x /= weight;
  mean_y /= weight;
  double xx = 0;
  double xy = 0;
  for (const Optimum& one : optima) {
    xx += one.weight * std::pow(one.x - mean_x, 2);
    xy += one.weight * (one.x - mean_x) * (one.y - mean_y);
  }
  return mean_y + xy / xx * (x - mean_x);
}

bool Interior(const std::vector<Rate>& rates, std::size_t best) {
  return best > 0 && best + 1 < rates.size();
}

}  // namespace

double ByPlaces(const std::vector<Size>& sizes, double log_tokens) {
  constexpr double kSmallestSd = 1e-4;
  std::vector<Optimum> optima;
  double square = 0;
  int df = 0;
  for (const Size& size : sizes) {
    const std::vector<Rate> rates = ListRates(size);
    const std::size_t best = FindLowest(rates);
    if (!Interior(rates, best)) continue;
    const double centre = rates[best].x;
    Parabola parabola = Through(Around(rates, best, 2), centre);
    const bool between = parabola.c(2) > 0 && centre + parabola.Vertex() > rates[best - 1].x &&
                         centre + parabola.Vertex() < rates[best + 1].x;
    if (!between) parabola = Through(Around(rates, best, 1), centre);
    optima.push_back({size.log_tokens, centre + parabola.Vertex(), parabola.unit_variance});
    square += parabola.df > 0 ? parabola.square : 0;
    df += parabola.df;
  }
  const double noise = df > 0 ? std::sqrt(square / df) : 1;
  for (Optimum& one : optima) {
    one.weight = 1 / std::pow(std::max(noise * std::sqrt(one.weight), kSmallestSd), 2);
  }
  return LineAt(optima, log_tokens);
}

double ByAllRates(const std::vector<Size>& sizes, double log_tokens) {
  std::vector<Optimum> optima;
  for (const Size& size : sizes) {
    const std::vector<Rate> rates = ListRates(size);
    const std::size_t best = FindLowest(rates);
    const Parabola parabola = Through(rates, rates[best].x);
    if (!Interior(rates, best) || !(parabola.c(2) > 0)) continue;
    optima.push_back({size.log_tokens, rates[best].x + parabola.Vertex(), 1});
  }
  return LineAt(optima, log_tokens);
}

}  // namespace saelaw::valleys

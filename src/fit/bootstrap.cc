#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <random>

#include <fmt/format.h>

#include "fit/clusters.h"
#include "fit/noise.h"
#include "fit/parallel.h"
#include "fit/search.h"
#include "fit/uncertainty.h"

namespace saelaw {
namespace {

// Drawn by hand from the raw generator: the standard library's distributions differ between
// implementations, and intervals are to be reproducible.
class Draws {
 public:
  Draws(std::uint64_t seed, int stream)
      : generator_(seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(stream) + 1) {}
  double Uniform() { return (static_cast<double>(generator_() >> 11) + 0.5) * 0x1.0p-53; }
  std::size_t Below(std::size_t count) {
    return static_cast<std::size_t>(Uniform() * static_cast<double>(count));
  }
  double Normal() {
    return std::sqrt(-2 * std::log(Uniform())) * std::cos(2 * std::numbers::pi * Uniform());
  }

 private:
  std::mt19937_64 generator_;
};

// What is drawn as a whole, grouped by where it may be drawn from.
using Block = std::vector<int>;                  // rows that stay together
using Strata = std::vector<std::vector<Block>>;  // blocks that may replace each other

template <typename Key>
std::map<Key, Block> RowsBy(const std::vector<Key>& keys) {
  std::map<Key, Block> rows;
  for (std::size_t i = 0; i < keys.size(); ++i) rows[keys[i]].push_back(static_cast<int>(i));
  return rows;
}

Strata MakeStrata(const Sample& sample) {
  Strata strata;
  const std::vector<std::int64_t> clusters =
      ClustersOf(sample, kEnoughClusters, kFewestTrunksDrawn);
  if (!clusters.empty()) {
    strata.emplace_back();
    for (const auto& [cluster, rows] : RowsBy(clusters)) strata.back().push_back(rows);
    return strata;
  }
  const auto settings = RowsBy(sample.setting);
  const bool replicated = 2 * settings.size() <= sample.y.size();
  if (!replicated) strata.emplace_back();
  for (const auto& [setting, rows] : settings) {
    if (replicated) strata.emplace_back();
    for (const int row : rows) strata.back().push_back({row});
  }
  return strata;
}

Sample DrawCases(const Sample& sample, const Strata& strata, Draws& draws) {
  std::vector<int> rows;
  for (const auto& blocks : strata) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const Block& block = blocks[draws.Below(blocks.size())];
      rows.insert(rows.end(), block.begin(), block.end());
    }
  }
  return Select(sample, rows);
}

Sample DrawNoise(const FittedLaw& fit, Draws& draws) {
  Sample drawn = fit.sample;
  for (int i = 0; i < drawn.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    drawn.y[k] = fit.model->LogValue(fit.u.data(), fit.sample.Row(i), nullptr) +
                 fit.noise_sd / drawn.w[k] * draws.Normal();
  }
  return drawn;
}

// Linear between order statistics (the usual type 7).
double Percentile(const Vector& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

class Bootstrap : public Uncertainty {
 public:
  Bootstrap(const FittedLaw& fit, const LawModel& model, const FitOptions& options, bool parametric)
      : level_(options.level), parametric_(parametric) {
    const Strata strata = MakeStrata(fit.sample);
    std::vector<Vector> drawn(static_cast<std::size_t>(options.bootstrap_resamples));
    ParallelFor(options.bootstrap_resamples, options.threads, [&](int i) {
      Draws draws(options.seed, i);
      const Sample sample =
          parametric ? DrawNoise(fit, draws) : DrawCases(fit.sample, strata, draws);
      constexpr int kFreshStarts = 2;
      drawn[static_cast<std::size_t>(i)] =
          Search(model, sample, fit.criterion, kFreshStarts, &fit.u, 1).best.u;
    });
    for (Vector& u : drawn) {
      if (!u.empty()) refits_.push_back(std::move(u));
    }
  }

  std::string Name() const override {
    return fmt::format("{} bootstrap ({})", parametric_ ? "parametric" : "case", refits_.size());
  }

  Interval Of(const LogQuantity& quantity) const override {
    Vector values;
    for (const Vector& u : refits_) values.push_back(quantity(u.data(), nullptr));
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    return {Percentile(values, (1 - level_) / 2), Percentile(values, (1 + level_) / 2)};
  }

 private:
  double level_;
  bool parametric_;
  std::vector<Vector> refits_;
};

}  // namespace

std::unique_ptr<Uncertainty> MakeBootstrap(const FittedLaw& fit,
                                           const LawModel& model,
                                           const FitOptions& options,
                                           bool parametric) {
  return std::make_unique<Bootstrap>(fit, model, options, parametric);
}

}  // namespace saelaw

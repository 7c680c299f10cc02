// Documents are of unequal length, so a mean is a ratio of two sums over them, and its error comes
// from leaving documents out. Groups of parts are dealt in turn, so that neighbours fall into
// different ones.
#include "core/held_out.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace saelaw {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::vector<double> AsDoubles(const std::vector<std::int64_t>& counts) {
  return {counts.begin(), counts.end()};
}

// Sums over the tokens of each part, from the means.
std::vector<double> Sums(const std::vector<std::int64_t>& counts,
                         const std::vector<double>& means) {
  std::vector<double> sums(means.size());
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = means[i] * static_cast<double>(counts[i]);
  return sums;
}

// Sums over each group of parts, dealt in turn.
std::vector<double> Dealt(const std::vector<double>& values, std::size_t groups) {
  std::vector<double> dealt(groups, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) dealt[i % groups] += values[i];
  return dealt;
}

std::vector<double> Replicates(const std::vector<double>& tops,
                               const std::vector<double>& bottoms) {
  const std::size_t groups = std::min(kHeldOutGroups, bottoms.size());
  if (groups < 2 || tops.size() != bottoms.size()) return {};
  return RatiosWithout(Dealt(tops, groups), Dealt(bottoms, groups));
}

}  // namespace

double JackknifeError(std::span<const double> without) {
  if (without.size() < 2) return kNaN;
  const auto n = static_cast<double>(without.size());
  const double mean = Sum(without) / n;
  double square = 0;
  for (const double value : without) square += (value - mean) * (value - mean);
  return std::sqrt(square * (n - 1) / n);
}

double Ratio(std::span<const double> tops, std::span<const double> bottoms) {
  return Sum(tops) / Sum(bottoms);
}

std::vector<double> RatiosWithout(std::span<const double> tops, std::span<const double> bottoms) {
  const double top = Sum(tops), bottom = Sum(bottoms);
  std::vector<double> without(tops.size());
  for (std::size_t i = 0; i < without.size(); ++i) {
    without[i] = (top - tops[i]) / (bottom - bottoms[i]);
  }
  return without;
}

double RatioError(std::span<const double> tops, std::span<const double> bottoms) {
  return JackknifeError(RatiosWithout(tops, bottoms));
}

std::vector<std::int64_t> MergedBegins(std::span<const std::int64_t> begins, std::int64_t most) {
  const auto documents = static_cast<std::int64_t>(begins.size()) - 1;
  const std::int64_t parts = std::min(documents, most);
  std::vector<std::int64_t> merged;
  for (std::int64_t i = 0; i <= parts; ++i) {
    merged.push_back(begins[static_cast<std::size_t>(i * documents / parts)]);
  }
  return merged;
}

double EffectiveDocuments(const HeldOutRecord& record) {
  double squares = 0;
  for (const std::int64_t count : record.counts) {
    const double share = static_cast<double>(count) / static_cast<double>(record.tokens);
    squares += share * share;
  }
  return squares > 0 ? 1 / squares : 0;
}

bool SameHeldOut(const HeldOutRecord& a, const HeldOutRecord& b) {
  return !a.empty() && a.documents == b.documents && a.counts == b.counts;
}

PairedComparison ComparePaired(const HeldOutRecord& a, const HeldOutRecord& b) {
  PairedComparison compared{kNaN, kNaN, 0};
  if (!SameHeldOut(a, b) || a.loss.size() != a.counts.size() || b.loss.size() != a.loss.size()) {
    return compared;
  }
  std::vector<double> differences(a.loss.size());
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] = a.loss[i] - b.loss[i];
  const std::vector<double> sums = Sums(a.counts, differences);
  const std::vector<double> tokens = AsDoubles(a.counts);
  compared.difference = Ratio(sums, tokens);
  compared.se = RatioError(sums, tokens);
  compared.parts = static_cast<int>(sums.size());
  return compared;
}

std::vector<double> HeldOutReplicates(const HeldOutRecord& record,
                                      const std::vector<double>& means) {
  if (means.size() != record.counts.size()) return {};
  return Replicates(Sums(record.counts, means), AsDoubles(record.counts));
}

std::vector<double> FvuReplicates(const HeldOutRecord& record) {
  const std::size_t parts = record.counts.size();
  if (record.mse.size() != parts || record.variance.size() != parts) return {};
  return Replicates(Sums(record.counts, record.mse), Sums(record.counts, record.variance));
}

}  // namespace saelaw

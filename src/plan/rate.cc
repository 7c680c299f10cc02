#include "plan/rate.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>

#include <fmt/format.h>

namespace saelaw {
namespace {

double Rounded(double lr) { return std::strtod(fmt::format("{:.3g}", lr).c_str(), nullptr); }

// What one rate did at the sizes of the lr law.
struct RateRecord {
  std::set<std::int64_t> sizes;  // at which every run of it completed
  std::set<std::int64_t> failed;
  double loss = 0;  // the lowest at its largest size
};

std::map<double, RateRecord> RecordsOf(const Sweep& sweep, const Findings& findings) {
  std::map<double, RateRecord> records;
  for (const StudyRun& run : findings.runs) {
    const bool fitted = run.stage == Stage::kLossLaw || run.stage == Stage::kLrLaw;
    if (!fitted || run.d_sae != sweep.sae.d_sae) continue;
    RateRecord& record = records[run.lr];
    if (run.outcome != Outcome::kCompleted) {
      record.failed.insert(run.tokens);
      continue;
    }
    const bool larger = record.sizes.empty() || run.tokens > *record.sizes.rbegin();
    record.loss = larger ? run.final.loss : std::min(record.loss, run.final.loss);
    record.sizes.insert(run.tokens);
  }
  return records;
}

// The rate with the lowest loss at the largest size, among those that never failed, stand below
// the edge, and carry a law; 0 when there is none.
double BestMeasuredRate(const Sweep& sweep, const Findings& findings, double bound) {
  const std::map<double, RateRecord> records = RecordsOf(sweep, findings);
  std::int64_t largest = 0;
  for (const auto& [lr, record] : records) {
    if (!record.sizes.empty()) largest = std::max(largest, *record.sizes.rbegin());
  }
  double best = 0, best_loss = 0;
  for (const auto& [lr, record] : records) {
    const bool usable = record.sizes.size() >= 3 && record.failed.empty() && lr <= bound &&
                        *record.sizes.rbegin() == largest;
    if (!usable || (best > 0 && record.loss >= best_loss)) continue;
    best = lr;
    best_loss = record.loss;
  }
  return best;
}

// A measured rate is kept to the last bit, so that a law at this rate is a law of it.
bool IsMeasured(const Findings& findings, double lr) {
  return std::any_of(findings.runs.begin(), findings.runs.end(), [&](const StudyRun& run) {
    return run.lr == lr;
  });
}

// The lower bound of the edge where it is known; 0 otherwise.
double EdgeBound(const Findings& findings, double tokens) {
  return findings.lr_edge.ok() ? findings.lr_edge.LowerBound(tokens) : 0;
}

}  // namespace

std::string_view Name(LrBasis basis) {
  constexpr std::array<std::string_view, 3> kNames = {"optimum", "stability-edge", "none"};
  return kNames.at(static_cast<std::size_t>(basis));
}

RateChoice ChooseRate(const Sweep& sweep, const Findings& findings, double tokens) {
  const double bound = EdgeBound(findings, tokens);
  RateChoice choice;
  choice.lr = sweep.loss_law.lr;
  if (findings.lr_law.ok()) {
    Point at;
    at.tokens = tokens;
    const Prediction optimum = findings.lr_law.law.Predict(at);
    choice = {optimum.value, optimum.confidence, LrBasis::kOptimum};
  } else if (const double best = BestMeasuredRate(sweep, findings, bound); best > 0 && bound > 0) {
    choice = {best, {}, LrBasis::kStabilityEdge};
  }
  if (bound > 0 && choice.lr > bound) choice = {bound, {}, LrBasis::kStabilityEdge};
  if (!IsMeasured(findings, choice.lr)) choice.lr = Rounded(choice.lr);
  return choice;
}

RateChoice HoldOutRate(const Sweep& sweep, const Findings& findings) {
  if (findings.best_loss_lr > 0) return {findings.best_loss_lr, {}, LrBasis::kStabilityEdge};
  return ChooseRate(sweep, findings, static_cast<double>(sweep.hold_out.tokens));
}

}  // namespace saelaw

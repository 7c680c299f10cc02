#include "plan/rate.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace saelaw {
namespace {

double Rounded(double lr) { return std::strtod(fmt::format("{:.3g}", lr).c_str(), nullptr); }

// The best surviving rate at the largest size that has one; 0 when there is none.
double BestMeasuredRate(const Findings& findings) {
  for (auto optimum = findings.lr_law.optima.rbegin(); optimum != findings.lr_law.optima.rend();
       ++optimum) {
    if (optimum->censoring != Censoring::kNoSurvivor && optimum->best_lr > 0)
      return optimum->best_lr;
  }
  return 0;
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
  } else if (const double best = BestMeasuredRate(findings); best > 0 && bound > 0) {
    choice = {best, {}, LrBasis::kStabilityEdge};
  }
  if (bound > 0 && choice.lr > bound) choice = {bound, {}, LrBasis::kStabilityEdge};
  choice.lr = Rounded(choice.lr);
  return choice;
}

}  // namespace saelaw

// The names stand in JSON beside the words, for programs. Stored: do not change.
#include "study/advice/verdict.h"

#include <array>

namespace saelaw {

std::string_view Name(Confidence confidence) {
  constexpr std::array<std::string_view, 3> kNames = {"high", "medium", "low"};
  return kNames.at(static_cast<std::size_t>(confidence));
}

std::string_view Name(ReasonKind kind) {
  constexpr std::array<std::string_view, 20> kNames = {
      "nothing-survived", "no-loss-law",    "too-far-beyond",  "short-runs",     "hold-out-missed",
      "not-swept",        "no-interval",    "loss-very-wide",  "no-rate",        "unfinished",
      "no-hold-out",      "far-beyond",     "loss-wide",       "rate-from-edge", "rate-wide",
      "may-fail",         "largest-missed", "hold-out-inside", "near",           "loss-narrow"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view Name(NextKind kind) {
  constexpr std::array<std::string_view, 10> kNames = {"train",
                                                       "finish",
                                                       "change-recipe",
                                                       "add-sizes",
                                                       "longer-runs",
                                                       "larger-runs",
                                                       "add-hold-out",
                                                       "sweep-what-differs",
                                                       "add-rates",
                                                       "run"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Confidence JudgeConfidence(ReasonKind kind) {
  if (kind < ReasonKind::kUnfinished) return Confidence::kLow;
  return kind < ReasonKind::kHoldOutInside ? Confidence::kMedium : Confidence::kHigh;
}

}  // namespace saelaw

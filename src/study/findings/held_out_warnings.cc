// Two things can make held-out losses misleading for a whole sweep: too few documents, and
// documents that are not like the training text. Each is warned of once, by the median run.
#include "study/findings/held_out_warnings.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/held_out.h"

namespace saelaw {
namespace {

constexpr double kFewDocuments = 20;

// The training loss is the mean over a run's last tenth, in which it still falls: it may lie well
// above the held-out loss of the end for that reason alone, and hardly below it.
constexpr double kErrors = 3;         // standard errors
constexpr double kLeastAbove = 0.03;  // held-out above training, share of the loss
constexpr double kLeastBelow = 0.15;
constexpr double kTail = 0.1;  // of a run's tokens

void WarnOfFew(const std::vector<const KnownRun*>& runs, StudyWarnings* warnings) {
  const HeldOutRecord* fewest = nullptr;
  for (const KnownRun* run : runs) {
    const HeldOutRecord& record = run->result.held_out;
    if (record.empty()) continue;
    if (fewest == nullptr || EffectiveDocuments(record) < EffectiveDocuments(*fewest)) {
      fewest = &record;
    }
  }
  if (fewest == nullptr || EffectiveDocuments(*fewest) >= kFewDocuments) return;
  warnings->push_back(warning::FewDocuments{
      fewest->documents, static_cast<double>(fewest->tokens), EffectiveDocuments(*fewest)});
}

// Held-out loss over training loss less 1, where that is more than the errors explain.
struct Gap {
  double share = 0;
  double error = 0;  // standard error of it
};

// The training loss is of mixed documents: its error is at most that of as many held-out tokens.
std::optional<Gap> MeasureGap(const KnownRun& run) {
  const RunResult& result = run.result;
  const double tail = kTail * static_cast<double>(result.tokens);
  const double both = std::sqrt(1 + static_cast<double>(result.held_out.tokens) / tail);
  Gap gap{result.final.loss / result.train_loss - 1,
          result.final.se.loss / result.train_loss * both};
  const double least = gap.share > 0 ? kLeastAbove : kLeastBelow;
  const bool beyond =
      std::abs(gap.share) > kErrors * gap.error && std::abs(gap.share) > least;  // not where NaN
  return beyond ? std::optional(gap) : std::nullopt;
}

void WarnOfGap(const std::vector<const KnownRun*>& runs, StudyWarnings* warnings) {
  std::vector<Gap> gaps;
  std::size_t looked_at = 0;
  for (const KnownRun* run : runs) {
    const RunResult& result = run->result;
    const bool known = run->outcome == Outcome::kCompleted && result.final.se.loss > 0 &&
                       result.train_loss > 0 && result.tokens > 0;
    if (!known) continue;
    looked_at += 1;
    if (const std::optional<Gap> gap = MeasureGap(*run)) gaps.push_back(*gap);
  }
  if (gaps.empty() || 2 * gaps.size() < looked_at) return;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end(), [](const Gap& a, const Gap& b) {
    return a.share < b.share;
  });
  warnings->push_back(warning::HeldOutGap{gaps.size(), looked_at, middle->share, middle->error});
}

}  // namespace

void WarnOfHeldOut(const std::vector<const KnownRun*>& runs, StudyWarnings* warnings) {
  WarnOfFew(runs, warnings);
  WarnOfGap(runs, warnings);
}

}  // namespace saelaw

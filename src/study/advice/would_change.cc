#include "study/advice/would_change.h"

#include <cmath>

#include <fmt/format.h>

#include "study/design/places.h"

namespace saelaw {

std::vector<std::string> SayWhatWouldChange(const Sweep& sweep,
                                            const Findings& findings,
                                            const Recommendation& answer) {
  std::vector<std::string> lines = answer.criticism.would_change;
  if (findings.rates.best.ok() && findings.rates.surface.ok()) {
    lines.push_back(
        fmt::format("the joint surface puts the best learning rate at {:.3g}, the "
                    "sizes one by one at {:.3g}",
                    answer.lr_surface.value,
                    findings.rates.best.law.Predict(TargetPlace(sweep)).value));
  }
  if (!std::isnan(answer.lr_regret)) {
    lines.push_back(
        fmt::format("a learning rate at the end of its interval costs {:.2g} % of the "
                    "loss",
                    100 * answer.lr_regret));
  }
  if (answer.lr_bound > 0) {
    lines.push_back(
        fmt::format("one run survives {:.3g} with 99 %; a collapse below that rate at any size "
                    "would lower it",
                    answer.lr_bound));
  }
  for (const HoldOutCheck& check : answer.hold_out) {
    if (check.missed()) lines.push_back("the hold-out missed: the law is not to be believed yet");
  }
  return lines;
}

}  // namespace saelaw

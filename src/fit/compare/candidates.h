// Which laws of loss may be compared over a table.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/laws/law_info.h"

namespace saelaw {

struct CandidateLaw {
  const LawInfo* law = nullptr;
  std::optional<Variable> unknown;  // varies, and it does not know it: none after all
};

// The laws of fit/laws/loss_laws.h whose variables the points have, in that order. A law is left
// out where a variable that it does not know varies among its points in another way than along with
// tokens: it would take that variable's effect for noise.
std::vector<CandidateLaw> Candidates(std::span<const Point> points);

// Whether a fit of the law takes seconds, so that nobody should wait for tens of them.
bool SlowToFit(const LawInfo& law);

}  // namespace saelaw

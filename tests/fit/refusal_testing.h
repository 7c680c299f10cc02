// What tests ask of laws that were refused.
#pragma once

#include <string>
#include <variant>

#include "fit/points/fit_refusal.h"

namespace saelaw::testing {

// The kind of a refusal, for the messages of tests; empty where there is a law.
template <typename Fit>
std::string Why(const Fit& fit) {
  return fit.refusal ? std::string(Code(*fit.refusal)) : "";
}

// The refusal, where it is of this kind; null where it is not.
template <typename Kind, typename Fit>
const Kind* RefusedAs(const Fit& fit) {
  return fit.refusal ? std::get_if<Kind>(&*fit.refusal) : nullptr;
}

}  // namespace saelaw::testing

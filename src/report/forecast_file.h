// The forecast of a recommended run, frozen: what was predicted of it before it was trained, with
// the time, the laws, and the hash of the configuration that it speaks of.
#pragma once

#include <optional>
#include <string>

#include "core/run_spec.h"
#include "study/advice/recommendation.h"
#include "study/findings/findings.h"

namespace saelaw {

struct FrozenForecast {
  RunId run;
  std::string config_hash;  // HashBytes of the configuration's text
  std::string made_at;      // local time with offset; the caller has the clock
  double loss = 0;
  Interval interval;  // of one run
  std::string text;   // the object as it is written
};

// Nothing where no loss is predicted, or the advice is refused.
std::optional<FrozenForecast> Freeze(const Recommendation& recommendation,
                                     const Findings& findings,
                                     const std::string& config_text,
                                     const std::string& made_at);

// The object as `Freeze` wrote it; nothing for another text.
std::optional<FrozenForecast> ReadForecast(const std::string& text);

// "the forecast of 2026-11-28 10:00 was loss 0.42 (0.4 to 0.44): measured 0.43, +2.4 %, inside".
std::string CompareText(const FrozenForecast& forecast, double measured);

}  // namespace saelaw

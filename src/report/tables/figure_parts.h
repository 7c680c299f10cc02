// What several figures draw in the same way.
#pragma once

#include <string>
#include <vector>

#include "report/document/figure.h"
#include "study/advice/recommendation.h"
#include "study/findings/findings.h"

namespace saelaw {

// From the smallest measured run to the target (or the largest run, should that be larger).
struct TokensDrawn {
  double first = 0;
  double last = 0;
};
TokensDrawn DrawnTokens(const Findings& findings, const Recommendation& recommendation);

// "loss 0.38 at 2.1B tokens (95 % interval 0.37 to 0.39)", led by the label of what is drawn there.
std::string HoverText(const std::string& label,
                      const std::string& quantity,
                      const document::Place& place);
// "lr 0.004, d_sae 1152, seed 0, completed, run 6c1f".
std::string RunText(const StudyRun& run);

// The law's value and the interval of it, evenly spaced in ln tokens; empty without a law. `law` is
// dashed beyond `fitted_to` tokens.
document::Curve CurveOfLaw(const LawFit& fit,
                           double d_sae,
                           const TokensDrawn& drawn,
                           const std::string& label,
                           const std::string& quantity,
                           double fitted_to);

// The x of all places; their y with lo and hi.
void AppendX(const std::vector<document::Place>& places, std::vector<double>& values);
void AppendY(const std::vector<document::Place>& places, std::vector<double>& values);

// What the target is predicted to be; nothing where it is not.
std::vector<document::Place> TargetPlaces(double tokens, double value, const Interval& interval);

}  // namespace saelaw

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

// "2.1B tokens", "lr 0.001", "compute 1e+21".
std::string AtText(Variable variable, double value);

// A law's value along one variable, the others as in `at`, at `places` places apart by equal
// factors from `first` to `last`; with the law's interval where `band`. Dashed beyond `fitted_to`.
// Empty without a law.
struct Along {
  Variable variable = Variable::kTokens;
  double first = 0;
  double last = 0;
  double fitted_to = 0;
};
document::Curve CurveAlong(
    const LawFit& fit, const Along& along, const Point& at, const std::string& label, bool band);

// The optimum of each size with its interval, and the best rate of those that are none.
document::Points FittedOptima(const LrLawFit& fit);
document::Points CensoredOptima(const LrLawFit& fit);
// The largest size that the law is fitted to.
double FittedTo(const LrLawFit& fit, double otherwise);
// The y of a band's places with lo and hi, but for ends far away: an edge that is known from one
// side only has a band without end, which must not set an axis.
void AppendBand(const std::vector<document::Place>& places, std::vector<double>& values);

// The x of all places; their y with lo and hi.
void AppendX(const std::vector<document::Place>& places, std::vector<double>& values);
void AppendY(const std::vector<document::Place>& places, std::vector<double>& values);

// Both of all points of the figure.
void AppendPoints(const document::Figure& figure, std::vector<double>& x, std::vector<double>& y);

// The axes of a figure of learning rates against training tokens: every curve with its band, and
// the points alone, since their intervals may be very wide.
void SetRateAxes(document::Figure* figure);

// What the target is predicted to be; nothing where it is not.
std::vector<document::Place> TargetPlaces(double tokens, double value, const Interval& interval);

}  // namespace saelaw

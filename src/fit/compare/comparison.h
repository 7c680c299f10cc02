// The laws of loss side by side on one table: which of them hold up, and what they say together.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "fit/compare/rolling_origin.h"
#include "fit/intervals/law_fit.h"

namespace saelaw {

struct ComparedLaw {
  const LawInfo* law = nullptr;
  LawFit fit;                       // with its intervals; refused where the points do not carry it
  std::optional<Variable> unknown;  // varies, and the law does not know it: it takes no part
  double aicc = std::numeric_limits<double>::quiet_NaN();  // fit/compare/law_score.h
  std::vector<RolledScale> rolled;
  // One scale ahead, over the scales that all laws with a prediction have in common; NaN: none.
  double error = std::numeric_limits<double>::quiet_NaN();
  int inside = 0;     // scales one ahead inside their interval
  int predicted = 0;  // of so many
  bool holds_up = false;
  double weight = 0;  // in the average; 0 for a law that takes no part
};

// A place as all laws with a weight see it. `averaged` is the weighted mean of ln loss; its
// intervals are quantiles of the laws' distributions together, each with its discrepancy.
struct AveragedPrediction {
  Prediction averaged;
  double between = 0;             // sd of ln loss between the laws, by weight
  std::vector<Prediction> parts;  // of the laws with a weight, in the order of Comparison::laws
};

struct Comparison {
  std::vector<ComparedLaw> laws;  // in the order of the table
  std::vector<AveragedPrediction> predictions;
  FitWarnings warnings;
  double level = 0.95;
  bool carried = false;  // whether a law has a weight, so that there is something to compare

  bool ok() const { return carried; }
  bool empty() const { return laws.empty(); }
  // Of laws that are all without a weight the one whose reason says most: that it is not carried,
  // though it could speak of the points. Null where there is no law at all.
  const ComparedLaw* Nearest() const;
};

// A law holds up unless it erred more than twice as much one scale ahead as the best did. Those
// that do are weighed as Akaike has it, exp(-(AICc - least AICc)/2): how a law foretold what it had
// not seen decides whether it has a say, and how it fits what it saw, for its parameters, how
// large. A law that could not be rolled counts as one that holds up; one whose AICc is not defined
// has no weight, unless none has one, and then all that were rolled count alike. `rolled`: one of
// them whose scales are known already. Never throws for data.
Comparison CompareLaws(std::span<const Point> points,
                       const FitOptions& options,
                       std::span<const Point> at,
                       bool discrepancy = true,
                       const RolledLaw& rolled = {});

}  // namespace saelaw

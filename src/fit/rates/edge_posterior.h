// The posterior of the stability edge's model (fit/rates/lr_edge.h has its formula) on a grid. A
// grid needs no optimum, which separable data (every survivor below every failure, the usual case)
// does not have.
#pragma once

#include <vector>

namespace saelaw {

// The runs of one rate at one size.
struct EdgeTrial {
  double x = 0;  // ln tokens - centre
  double log_lr = 0;
  int survived = 0;
  int failed = 0;
};

// Priors: level flat from 2 below the lowest rate to 2 above the highest, in ln; exponent normal
// around 0 (published lr exponents lie within ±0.7); width with even odds sharp, as steps of an
// optimiser that overshoot are, or a lottery of a ln width that is flat between the two.
inline constexpr double kEdgeExponentSd = 1;
inline constexpr double kEdgeWidthSharp = 1e-4;
inline constexpr double kEdgeWidthLow = 0.004;
inline constexpr double kEdgeWidthHigh = 0.5;  // failures rise from 10 to 90 % over a factor of 9

class EdgePosterior {
 public:
  // Requires a trial that survived and one that failed.
  explicit EdgePosterior(const std::vector<EdgeTrial>& trials);

  // Of ln edge at x.
  double Mean(double x) const;
  double Quantile(double x, double share) const;
  double ExponentMean() const;
  double ExponentQuantile(double share) const;
  double WidthMean() const;
  double WidthQuantile(double share) const;
  // That one new run at x and this rate fails, and the ln rate at which it does with that
  // probability. The larger of two: by all of the posterior, and by its sharp part alone, while
  // the data allows that. A lottery of any width would have failed now and then beside a bracket's
  // ends, so it takes the edge to be away from them; a sharp edge may lie there as well.
  double FailureProbability(double x, double log_lr) const;
  double LogRateOfFailure(double x, double probability) const;
  // The same by all of the posterior alone.
  double LogRateOfFailureByAll(double x, double probability) const;

 private:
  struct Cell {
    double level = 0;
    double slope = 0;
    double width = 0;
    double weight = 0;  // summing to 1
  };
  struct Box {
    double level_lo = 0, level_hi = 0, slope_lo = 0, slope_hi = 0;
  };
  static std::vector<Cell> Evaluate(const std::vector<EdgeTrial>& trials,
                                    const Box& box,
                                    double width,
                                    int count);
  static Box Shrink(const std::vector<Cell>& cells, const Box& box, int count);
  void Normalise();
  double FailureByAll(double x, double log_lr) const;

  std::vector<Cell> cells_;
  double sharp_weight_ = 0;
};

}  // namespace saelaw

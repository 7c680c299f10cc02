// What else was measured of runs, as a straight line in their ln loss.
#pragma once

#include <vector>

namespace saelaw {

struct LossLinePoint {
  double tokens = 0;  // points of one number of tokens are one size
  double log_loss = 0;
  double y = 0;
};

// y = level + slope·(ln loss - centre) by least squares. What the line is wrong by comes from two
// sources, added in quadrature: the scatter of the points about it (of one more run, Student's t),
// and how far the points of the largest size lie from the line of the smaller ones. The second is
// small where the line holds, and it is an error of just the kind that is made at a target.
class LossLine {
 public:
  LossLine() = default;
  // Of at least 3 points of at least 3 sizes that differ in loss; without these it is not ok().
  explicit LossLine(const std::vector<LossLinePoint>& points);

  bool ok() const { return n_ > 0; }
  // Both require ok(). Half of the interval, to either side.
  double At(double log_loss) const { return level_ + slope_ * (log_loss - centre_); }
  double HalfWidth(double log_loss, double level) const;

 private:
  double n_ = 0, centre_ = 0, level_ = 0, slope_ = 0;
  double spread_ = 0;    // Σ (ln loss - centre)²
  double variance_ = 0;  // of the points about the line
  double drift_ = 0;     // of the largest size from the line of the others
};

}  // namespace saelaw

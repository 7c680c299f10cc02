// On the bound of 0 two intervals are at hand: that of a law whose floor may be negative, which is
// too wide, and that of a law whose floor may not, which may be too narrow. The answer lies between
// their common part and the first, by as much as the second is trusted.
#include "fit/intervals/floor_bound.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

// Lets a quantity of the law with a signed floor be seen as one of the law with ln floor; both have
// `size` parameters.
LogQuantity OfLogFloor(const LogQuantity& quantity, int size, double log_unit) {
  return [&quantity, size, log_unit](const double* u, double* gradient) {
    Vector converted(u, u + size);
    converted[0] = std::exp(u[0] - log_unit);
    const double value = quantity(converted.data(), gradient);
    // This is the chain rule: d floor / d ln floor is the floor.
    if (gradient != nullptr) gradient[0] *= converted[0];
    return value;
  };
}

class FloorBound : public Uncertainty {
 public:
  FloorBound(std::shared_ptr<const Uncertainty> with_sign,
             std::shared_ptr<const Uncertainty> bounded,
             int size,
             double log_unit,
             double trust)
      : with_sign_(std::move(with_sign)),
        bounded_(std::move(bounded)),
        size_(size),
        log_unit_(log_unit),
        trust_(trust) {}

  std::string Name() const override { return bounded_->Name(); }

  Interval Of(const LogQuantity& quantity) const override {
    const Interval one = with_sign_->Of(quantity);
    const Interval other = bounded_->Of(OfLogFloor(quantity, size_, log_unit_));
    const Interval common = Common(one, other);
    return {Between(one.lo, common.lo), Between(one.hi, common.hi)};
  }

  Interval OfRun(const LogQuantity& quantity, const Interval& law) const override {
    return bounded_->OfRun(OfLogFloor(quantity, size_, log_unit_), law);
  }

 private:
  static Interval Common(const Interval& one, const Interval& other) {
    // Intervals that do not meet have no common part, and the end nearest to the first stands for
    // it.
    if (one.hi < other.lo) return {other.lo, other.lo};
    if (other.hi < one.lo) return {other.hi, other.hi};
    return {std::max(one.lo, other.lo), std::min(one.hi, other.hi)};
  }

  // An infinite end stays infinite, unless the bound is trusted wholly.
  double Between(double with_sign, double common) const {
    return trust_ == 1 || with_sign == common ? common : std::lerp(with_sign, common, trust_);
  }

  std::shared_ptr<const Uncertainty> with_sign_;
  std::shared_ptr<const Uncertainty> bounded_;
  int size_;
  double log_unit_;
  double trust_;
};

}  // namespace

std::shared_ptr<const Uncertainty> MakeFloorBound(std::shared_ptr<const Uncertainty> with_sign,
                                                  std::shared_ptr<const Uncertainty> bounded,
                                                  int size,
                                                  double log_unit,
                                                  double trust) {
  return std::make_shared<FloorBound>(
      std::move(with_sign), std::move(bounded), size, log_unit, trust);
}

}  // namespace saelaw

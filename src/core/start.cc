// A wide SAE would begin with a reconstruction many times as large as its input. Its first size
// follows from Gaussian pre-activations and the threshold, so that the encoder's scale is found
// without a look at the data.
#include "core/start.h"

#include <cmath>

namespace saelaw {
namespace {

// E[z²; z > t] of a standard Gaussian.
double UpperSecondMoment(double t) {
  const double density = std::exp(-t * t / 2) / std::sqrt(2 * std::acos(-1.0));
  return t * density + std::erfc(t / std::sqrt(2.0)) / 2;
}

// ‖first reconstruction‖² / ‖x‖² at an encoder scale of s.
class FirstSize {
 public:
  FirstSize(const SaeSpec& spec, std::int64_t d_in, double norm)
      : width_(static_cast<double>(spec.d_sae) / static_cast<double>(d_in)),
        threshold_(spec.threshold_init * std::sqrt(static_cast<double>(d_in)) / norm) {}

  double At(double s) const {
    const double passed = width_ * UpperSecondMoment(threshold_ / s);
    return s * s * passed * (passed + 1);
  }

 private:
  double width_, threshold_;
};

// The largest scale up to 1 at which the first reconstruction is no larger than its input: the size
// rises with the scale, so half the interval is given up at each look.
double LargestScale(const FirstSize& size) {
  if (size.At(1) <= 1) return 1;
  constexpr int kLooks = 60;
  double low = 0, high = 1;
  for (int i = 0; i < kLooks; ++i) {
    const double middle = (low + high) / 2;
    (size.At(middle) <= 1 ? low : high) = middle;
  }
  return low;
}

double EncoderScale(const SaeSpec& spec, std::int64_t d_in, double squared_norm) {
  if (spec.w_enc_init_scale > 0) return spec.w_enc_init_scale;
  if (spec.d_sae <= kWideAbove * d_in || !(squared_norm > 0)) return 1;
  return LargestScale(FirstSize(spec, d_in, std::sqrt(squared_norm)));
}

}  // namespace

VectorMoments Scaled(const VectorMoments& moments, double scale) {
  VectorMoments scaled = moments;
  scaled.mean_squared_norm *= scale * scale;
  for (double& value : scaled.mean) value *= scale;
  return scaled;
}

bool StartsAtMean(const SaeSpec& spec, double mean_share) {
  if (spec.b_dec_init == BiasStart::kAuto) return mean_share >= kStrongMeanShare;
  return spec.b_dec_init == BiasStart::kMean;
}

SaeStart MakeStart(const SaeSpec& spec, std::int64_t d_in, const VectorMoments& moments) {
  SaeStart start;
  double squared_norm = moments.mean_squared_norm;
  if (StartsAtMean(spec, moments.mean_share)) {
    start.b_dec = moments.mean;
    squared_norm *= 1 - moments.mean_share;
  }
  start.encoder_scale = EncoderScale(spec, d_in, squared_norm);
  return start;
}

}  // namespace saelaw

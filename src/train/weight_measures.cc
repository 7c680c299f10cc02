// Cosines between decoder rows are computed as products of blocks, so that memory stays bounded for
// any number of latents, and for large SAEs only an evenly spaced part of the rows is compared.
#include "train/weight_measures.h"

#include <algorithm>
#include <limits>

#include <ATen/ATen.h>

#include "sae/model/architecture.h"
#include "sae/reference/metrics.h"

namespace saelaw {
namespace {

// For an SAE with more latents than this, so many of them, at even distances, are compared with all
// the others. That costs about as much as evaluating the SAE on as many held-out tokens, and tells
// the mean to less than a hundredth of the latents' spread.
constexpr std::int64_t kMostCompared = 16384;
// The products at once: 32 MB in fp32, whatever the SAE's size.
constexpr std::int64_t kRowsAtOnce = 1024, kOthersAtOnce = 8192;

constexpr double kNowhere = -2;  // below every cosine

// The largest cosine of each of `rows` [n, d_in] with a row of w_dec that is not itself: [n], fp32.
// Row i of `rows` is row first + i·step of w_dec.
at::Tensor LargestCosines(const at::Tensor& rows,
                          std::int64_t first,
                          std::int64_t step,
                          const at::Tensor& w_dec) {
  at::Tensor largest = at::full({rows.size(0)}, kNowhere, w_dec.options());
  const at::Tensor norms = rows.norm(2, /*dim=*/1, /*keepdim=*/true);  // [n, 1]
  const at::Tensor own =
      at::arange(first, first + rows.size(0) * step, step, w_dec.options().dtype(at::kLong));
  for (std::int64_t begin = 0; begin < w_dec.size(0); begin += kOthersAtOnce) {
    const std::int64_t count = std::min(kOthersAtOnce, w_dec.size(0) - begin);
    const at::Tensor others = w_dec.narrow(0, begin, count);
    at::Tensor cosines = at::mm(rows, others.t());  // [n, count]
    cosines.div_(norms).div_(others.norm(2, 1).unsqueeze(0));
    const at::Tensor columns = at::arange(begin, begin + count, own.options());
    // A row's product with itself must not win, so it is set below every cosine before the largest
    // is taken.
    cosines.masked_fill_(own.unsqueeze(1).eq(columns.unsqueeze(0)), kNowhere);
    largest = at::maximum(largest, cosines.amax(/*dim=*/1));
  }
  return largest;
}

// Mean over latents of the largest cosine between a decoder row and another latent's: high where
// latents share directions, as with an L0 that is not the data's (Chanin & Garriga-Alonso 2025,
// arXiv 2508.16560). NaN with one latent. w_dec is [d_sae, d_in].
double NearestDecoderCosine(const at::Tensor& w_dec) {
  const std::int64_t latents = w_dec.size(0);
  if (latents < 2) return std::numeric_limits<double>::quiet_NaN();
  const std::int64_t step = (latents + kMostCompared - 1) / kMostCompared;
  double sum = 0;
  std::int64_t compared = 0;
  for (std::int64_t first = 0; first < latents; first += kRowsAtOnce * step) {
    const std::int64_t end = std::min(latents, first + kRowsAtOnce * step);
    // Rows at a distance lie apart in memory, and the products want them together.
    const at::Tensor rows = w_dec.slice(0, first, end, step).contiguous();
    sum += LargestCosines(rows, first, step, w_dec).sum(at::kDouble).item<double>();
    compared += rows.size(0);
  }
  return sum / static_cast<double>(compared);
}

}  // namespace

void MeasureWeights(const SaeSpec& spec, const SaeParameters& sae, RunMeasures& measures) {
  // Not every architecture has thresholds; those without leave the measure unset.
  const at::Tensor thresholds = FindArchitecture(spec).Thresholds(spec, sae);
  if (thresholds.defined()) measures.threshold = ThresholdQuantiles(thresholds);
  measures.nearest_decoder_cosine = NearestDecoderCosine(sae.w_dec);
}

}  // namespace saelaw

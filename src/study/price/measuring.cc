// A measurement holds for the machine and the shapes that it was made on; what it knows of other
// shapes is asked for again, so that sweeps which take turns do not lose each other's.
#include "study/price/measuring.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "core/quantities.h"
#include "core/start.h"

namespace saelaw {
namespace {

// A batch that is worth half of its size or less.
constexpr double kLargeEffect = 2;

// Nats a token. Language models reach 2 to 4 on text of their kind; half a nat below ln V is next
// to nothing known.
constexpr double kPoorCrossEntropy = 6, kNothingKnown = 0.5;

std::string MeanLine(const Measurement& measured) {
  return fmt::format(
      "warning: the mean of the vectors has {:.3g} of their mean squared norm, so what is to be "
      "learned has {:.3g}: b_dec begins at the mean unless sae.b_dec_init says otherwise, and a "
      "sparsity coefficient, threshold and bandwidth that suit vectors without a mean are too "
      "large by as much",
      measured.mean_vector_share,
      1 - measured.mean_vector_share);
}

std::string ModelLine(const Measurement& measured) {
  const double own = measured.model_cross_entropy;
  const double uniform = measured.uniform_cross_entropy;
  std::string said =
      fmt::format("the language model's own cross-entropy on held-out text is {:.2f} nats", own);
  constexpr std::string_view kCauses = "check that weights, tokenizer and text belong together";
  if (own > uniform - kNothingKnown) {
    return fmt::format(
        "warning: {}, as guessing among all tokens has ({:.2f}): {}", said, uniform, kCauses);
  }
  if (own > kPoorCrossEntropy) {
    return fmt::format("warning: {}, where 2 to 4 are usual: {}", said, kCauses);
  }
  return said;
}

}  // namespace

std::vector<StepShape> ShapesOf(const Sweep& sweep) {
  std::set<std::int64_t> sizes(sweep.loss_law.d_sae.begin(), sweep.loss_law.d_sae.end());
  if (sweep.sae.d_sae > 0) sizes.insert(sweep.sae.d_sae);
  for (const ExtraRun& run : sweep.extra_runs) {
    if (run.d_sae > 0) sizes.insert(run.d_sae);
  }
  std::vector<StepShape> shapes;
  for (const std::int64_t d_sae : sizes) shapes.push_back({d_sae, sweep.training.batch_tokens});
  return shapes;
}

bool StillHolds(const Measurement& measured,
                const Place& place,
                const std::vector<StepShape>& shapes) {
  const StepTuning& tuning = measured.tuning;
  if (tuning.machine != place.machine) return false;
  if (!place.on_gpu) return true;
  // The library may have been built since.
  if (tuning.path == "reference" && place.has_gpu_library) return false;
  return std::all_of(shapes.begin(), shapes.end(), [&](const StepShape& shape) {
    return FindShape(tuning, shape) != nullptr;
  });
}

StepTuning ToMeasure(const std::optional<Measurement>& measured,
                     const Place& place,
                     const std::vector<StepShape>& shapes) {
  StepTuning wanted;
  wanted.machine = place.machine;
  if (!place.on_gpu) return wanted;
  if (place.has_gpu_library) wanted.path = "cuda";
  // Sweeps of one source that take turns need not measure each other's shapes anew.
  if (measured && measured->tuning.machine == place.machine) {
    for (const TunedShape& known : measured->tuning.shapes) {
      wanted.shapes.push_back({known.shape, {}});
    }
  }
  for (const StepShape& shape : shapes) {
    if (FindShape(wanted, shape) == nullptr) wanted.shapes.push_back({shape, {}});
  }
  return wanted;
}

double DesignEffect(const SourceSpec& source,
                    std::int64_t batch_tokens,
                    double document_correlation) {
  if (source.kind != SourceKind::kModel) return 1;
  const auto context = static_cast<double>(source.model.context_tokens - 1);
  const auto mixed = static_cast<double>(MixingTokens(source.model, batch_tokens));
  const double others =
      (static_cast<double>(batch_tokens) - 1) * (context - 1) / std::max(1.0, mixed - 1);
  return 1 + others * document_correlation;
}

std::vector<std::string> DataLines(const SourceSpec& source,
                                   std::int64_t batch_tokens,
                                   const Measurement& measured) {
  std::vector<std::string> lines;
  if (source.kind == SourceKind::kModel && measured.held_out_documents > 0) {
    lines.push_back(fmt::format("held-out losses are measured on {} vectors of {} documents",
                                FormatCount(static_cast<double>(measured.held_out_tokens)),
                                measured.held_out_documents));
    const double mixed = static_cast<double>(MixingTokens(source.model, batch_tokens));
    const double effect = DesignEffect(source, batch_tokens, measured.document_correlation);
    lines.push_back(fmt::format(
        "mixing: {} tokens, about {:.0f} contexts; design effect of a batch {:.2f} (1: its vectors "
        "are as good as independent){}",
        FormatCount(mixed),
        mixed / static_cast<double>(source.model.context_tokens - 1),
        effect,
        effect > kLargeEffect ? "; a larger activations.mixing_tokens lowers it" : ""));
  }
  if (measured.mean_vector_share >= kStrongMeanShare) lines.push_back(MeanLine(measured));
  if (measured.model_cross_entropy > 0) lines.push_back(ModelLine(measured));
  if (measured.outliers > 0) {
    const bool left_out = measured.largest_norm > 0;
    lines.push_back(fmt::format(
        "outliers: {} of {} measured vectors have more than {:.3g} times the median norm: {}",
        measured.outliers,
        measured.measured_tokens,
        left_out ? measured.largest_norm / measured.median_norm : kDefaultOutlierNorm,
        left_out ? "left out (activations.outlier_norm)" : "left out of the scale alone"));
  }
  return lines;
}

StepTuning TuningOf(const Execution& execution, const Measurement& measured) {
  StepTuning tuning = measured.tuning;
  if (!execution.kernels.empty()) tuning.path = execution.kernels;
  tuning.dense_above_fp32 = execution.dense_above.value_or(tuning.dense_above_fp32);
  tuning.dense_above_bf16 = execution.dense_above.value_or(tuning.dense_above_bf16);
  return tuning;
}

}  // namespace saelaw

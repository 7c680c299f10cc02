// What a trainer measured of one run. Measurements only: whether the run collapsed or diverged is
// judged from them, at any time, by fit/points/outcome.h.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/held_out.h"
#include "core/run_spec.h"

namespace saelaw {

// Standard errors by document (core/held_out.h) of an evaluation's means: how far those of other
// documents of the same kind would lie. NaN where they were not taken or one part is all there is.
struct EvaluationErrors {
  double loss = std::numeric_limits<double>::quiet_NaN();
  double mse = std::numeric_limits<double>::quiet_NaN();
  double fvu = std::numeric_limits<double>::quiet_NaN();
  double l0 = std::numeric_limits<double>::quiet_NaN();
  double dead_fraction = std::numeric_limits<double>::quiet_NaN();
};

// Means over held-out tokens.
struct Evaluation {
  std::int64_t tokens = 0;  // trained when this was measured
  double loss = 0;  // the training objective at the final sparsity coefficient: mse + penalty
  double mse = 0;   // ‖recons - x‖² summed over d_in, mean over tokens
  double fvu = 0;   // residual variance over total variance about the mean (1 - explained variance)
  double l0 = 0;    // active latents per token
  double dead_fraction = 0;  // latents that fired on none of the evaluated tokens
  EvaluationErrors se{};     // of a result; the points of a curve have none
};

// How often latents fire on held-out tokens: element 0 counts the latents that never do, element i
// from 1 to 12 those with -6 + (i-1)/2 <= log10(share of tokens) < -6 + i/2; rarer ones count in
// the first of these, a share of 1 in the last. Stored: do not change.
inline constexpr std::size_t kFiringBins = 13;

// What remains of a language model's prediction when the SAE's reconstructions stand in the place
// of its hook's activations, on some held-out contexts (ModelSource::spliced_contexts). NaN
// when the source is no language model.
struct SpliceLosses {
  double ce = std::numeric_limits<double>::quiet_NaN();        // cross-entropy, nats per token
  double ce_delta = std::numeric_limits<double>::quiet_NaN();  // ce less the unmodified model's
  double ce_zero = std::numeric_limits<double>::quiet_NaN();   // with zeros in the hook's place
  // Of what zeros cost, the share that the reconstruction does not: 1 - ce_delta / (ce_zero - the
  // unmodified model's).
  double loss_recovered = std::numeric_limits<double>::quiet_NaN();
  // Standard errors by document, as those of an evaluation.
  double ce_se = std::numeric_limits<double>::quiet_NaN();
  double ce_delta_se = std::numeric_limits<double>::quiet_NaN();
  double ce_zero_se = std::numeric_limits<double>::quiet_NaN();
  double loss_recovered_se = std::numeric_limits<double>::quiet_NaN();
  std::int64_t documents = 0, tokens = 0;  // that it was measured on; 0: not known
};

enum class RunEnd { kCompleted, kNonFinite, kStopped, kOutOfMemory };

struct Quantiles {
  double q05 = 0, q25 = 0, q50 = 0, q75 = 0, q95 = 0;
};

// How the numbers came about; never part of a run's name.
struct Provenance {
  std::string host, device, instruction_set, torch_version, saelaw_version;
  int threads = 0;
  int gang_size = 0;   // members at the start
  int trunk_size = 1;  // of these, the ones that began as one with this run (core/trunk.h)
};

// What was measured of a run: the part of its result that studies and reports go on with. Its
// numbers stand in the table of core/metrics.h, which says how each is stored and shown.
struct RunMeasures {
  Evaluation final;  // on all held-out tokens
  // The curve's points are of so many held-out tokens, evenly spaced over the set, of so many of
  // its parts. 0: not known (version 1: the set's first 4,096).
  std::int64_t curve_tokens = 0, curve_parts = 0;
  Quantiles threshold;  // over latents, at the end
  double dead_fraction_training =
      0;  // latents silent for dead_after_tokens of training; 0 if not asked
  std::int64_t dead_after_tokens = 0;  // that window, as the run asked for it; 0: it did not
  // Latents that fired on one held-out token alone, and on two: they say how many of the silent
  // ones are rare rather than dead. -1: not counted.
  std::int64_t fired_once = -1, fired_twice = -1;
  double dense_fraction = 0;  // latents that fire on more than 10 % of held-out tokens
  double dense_fraction_se = std::numeric_limits<double>::quiet_NaN();  // by document
  std::vector<std::int64_t> firing_histogram;  // kFiringBins counts of latents; empty: not taken
  SpliceLosses splice;
  // Mean over latents of the largest cosine between a decoder row and another latent's.
  double nearest_decoder_cosine = std::numeric_limits<double>::quiet_NaN();
  double train_loss = 0;    // mean over the last tenth of the steps
  double wall_seconds = 0;  // of this member's share of the gang
  double tokens_per_second = 0;
};

struct RunResult : RunMeasures {
  RunId id;
  std::string origin;  // TrunkKey of the run: what shares it is correlated, trained together or not
  RunEnd end = RunEnd::kCompleted;
  std::string end_reason;         // "loss is nan at step 17"; empty when completed
  std::int64_t tokens = 0;        // trained
  HeldOutRecord held_out;         // those of `final`; empty in results of version 1
  std::vector<Evaluation> curve;  // on curve_tokens of these, in order of tokens
  Provenance provenance;
  std::string weights;  // file name inside the attempt's folder; empty when none was written
};

std::string ToJson(const RunResult& result);
// Throws IoError when the text is not such an object.
RunResult RunResultFromJson(std::string_view json);

std::string_view Name(RunEnd end);

}  // namespace saelaw

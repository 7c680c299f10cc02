// The recipe is checked against the shortest of its runs, because what fits there fits everywhere.
// Good() sees a default of the table only once its key has been read, so the order matters here:
// sae is assembled before training, whose threshold_lr follows from it.
#include <cmath>

#include <fmt/format.h>

#include "core/architecture_traits.h"
#include "core/quantities.h"
#include "sweep/assemble.h"
#include "sweep/read_fields.h"

namespace saelaw {
namespace {

// A step may be at most a quarter of the kernel's width, or thresholds jump over it; a sweep of lr
// leaves this step alone. In logarithms the same step is taken relative to the initial threshold.
void DefaultThresholdLr(Reading& reading) {
  if (!reading.Good({"sae.bandwidth", "sae.threshold.init"})) return;
  const double quarter = reading.Number("sae.bandwidth") / 4;
  if (reading.Text("sae.threshold.parametrisation") == "log") {
    reading.Default("training.threshold_lr",
                    quarter / reading.Number("sae.threshold.init"),
                    "bandwidth/4 / threshold.init");
  } else {
    reading.Default("training.threshold_lr", quarter, "bandwidth/4");
  }
}

// A stretch that is a share of the run always fits; only one in tokens can be longer than a run.
void CheckStretch(Reading& reading,
                  const std::string& key,
                  const Stretch& stretch,
                  std::int64_t shortest_tokens) {
  if (!reading.Good({key}) || !stretch.in_tokens || stretch.tokens < shortest_tokens) return;
  reading.AddMistake(key,
                     fmt::format("{} of {} tokens does not fit into the shortest run of {} tokens",
                                 key,
                                 stretch.tokens,
                                 shortest_tokens));
}

// Shorter warm-ups leave it to luck whether a run survives near the stability edge: of runs with 6
// steps of it, every other one collapsed there (docs/architecture.md).
constexpr double kFewestWarmupSteps = 10;

void CheckWarmup(Reading& reading, const TrainingSpec& training, std::int64_t shortest_tokens) {
  if (!reading.Good({"training.lr_warmup", "training.batch_tokens"})) return;
  const double steps = static_cast<double>(training.lr_warmup.Tokens(shortest_tokens)) /
                       static_cast<double>(training.batch_tokens);
  // A warm-up of no steps at all was asked for on purpose and is left alone.
  if (steps <= 0 || steps >= kFewestWarmupSteps) return;
  reading.AddWarning(
      "training.lr_warmup",
      fmt::format("training.lr_warmup: the shortest run, {} tokens, warms up over {:.3g} steps; "
                  "below {} it is luck whether a run near the stability edge survives",
                  shortest_tokens,
                  steps,
                  kFewestWarmupSteps));
}

void CheckSchedule(Reading& reading, const TrainingSpec& training, std::int64_t shortest_tokens) {
  if (training.schedule != Schedule::kWarmupStableDecay) {
    if (reading.Given("training.decay_fraction")) {
      reading.AddWarning("training.decay_fraction",
                         "training.decay_fraction has no effect unless schedule is "
                         "warmup-stable-decay");
    }
    return;
  }
  const double tokens = static_cast<double>(shortest_tokens);
  // The shortest run is the hardest to fit: a warm-up in tokens takes the largest share of it.
  const double taken =
      training.lr_warmup.Tokens(shortest_tokens) + training.decay_fraction * tokens;
  // The tolerance lets two shares through that add up to 100 % but for a rounding error.
  if (taken > tokens * (1 + 1e-12)) {
    reading.AddMistake("training.decay_fraction",
                       fmt::format("lr_warmup and decay_fraction together take {:.0f} % of the "
                                   "shortest run of {} tokens; at most 100 % is possible",
                                   100 * taken / tokens,
                                   shortest_tokens));
  }
}

// A controller multiplies the coefficient, so that one of 0 stays 0 whatever it does.
void CheckController(Reading& reading, const TrainingSpec& training) {
  const std::string key = "training.sparsity.controller";
  if (!training.l0_controller || !reading.Good({key})) return;
  if (training.sparsity == SparsityRule::kCoefficient) {
    reading.AddMistake(key, key + " holds training.sparsity.target_l0, which is missing: give it");
  } else if (training.sparsity_coefficient == 0) {
    reading.AddMistake(key,
                       key +
                           " moves training.sparsity.coefficient, which must be more than 0 to "
                           "begin with");
  }
}

// Each of these has an effect with one choice alone.
void WarnOfEffectless(Reading& reading,
                      const std::string& key,
                      const std::string& choice,
                      const std::string& word) {
  if (!reading.Given(key) || reading.Text(choice) == word) return;
  reading.AddWarning(key, fmt::format("{} has no effect unless {} is {}", key, choice, word));
}

// A penalty by latents' sizes has no square about a number of them.
void CheckPenalty(Reading& reading, const TrainingSpec& training) {
  const std::string key = "training.sparsity.penalty";
  WarnOfEffectless(reading, "training.sparsity.tanh_scale", key, "tanh");
  if (training.penalty != PenaltyShape::kTanh || !reading.Good({key})) return;
  if (training.sparsity == SparsityRule::kCoefficient || training.l0_controller) return;
  reading.AddMistake(key,
                     key +
                         ": tanh is a linear penalty, which reaches training.sparsity.target_l0 "
                         "with training.sparsity.controller: true alone");
}

// Without a window of silence no latent is ever called dead during training.
void CheckDeadLatents(Reading& reading, const TrainingSpec& training, bool thresholds) {
  const std::string key = "training.dead_latents.method";
  const std::string section = "training.dead_latents.";
  WarnOfEffectless(reading, section + "coefficient", key, "auxk");
  WarnOfEffectless(reading, section + "k", key, "auxk");
  WarnOfEffectless(reading, section + "every", key, "resample");
  WarnOfEffectless(reading, section + "until", key, "resample");
  WarnOfEffectless(reading, section + "pre_act_coefficient", key, "pre_acts");
  if (training.dead_latents == DeadLatents::kNone) return;
  if (training.dead_after_tokens == 0) {
    reading.AddMistake(key,
                       fmt::format("{}: {} is for latents that are dead by "
                                   "training.dead_after_tokens, which is missing: give it",
                                   key,
                                   Name(training.dead_latents)));
  }
  if (training.dead_latents != DeadLatents::kPreActs || thresholds) return;
  reading.AddMistake(key,
                     key +
                         ": pre_acts is for latents with thresholds of their own, which "
                         "sae.architecture: jump_relu alone has");
}

}  // namespace

SaeSpec AssembleSae(Reading& reading) {
  SaeSpec sae;
  reading.Require("sae.d_sae");
  // The architecture decides which of the other keys may be given.
  ReadField(reading, "sae.architecture", sae.architecture);
  const ArchitectureTraits& traits = FindTraits(sae.architecture);
  if (traits.keeps_k) reading.Require("sae.k");
  ReadFieldsFor(reading, sae.architecture, sae);
  if (!traits.thresholds) return sae;
  // Raw thresholds are clamped at half the kernel's width, so a lower start would be moved at once;
  // logarithms stay positive by themselves and have no clamp.
  const bool raw = sae.threshold_parametrisation == ThresholdParametrisation::kRaw;
  if (raw && reading.Good({"sae.threshold.init", "sae.bandwidth"}) &&
      sae.threshold_init < sae.bandwidth / 2) {
    reading.AddMistake("sae.threshold.init",
                       fmt::format("sae.threshold.init must be at least half the bandwidth, {}, "
                                   "where raw thresholds are clamped, got {}",
                                   sae.bandwidth / 2,
                                   sae.threshold_init));
  }
  return sae;
}

TrainingSpec AssembleTraining(Reading& reading, SaeArchitecture architecture) {
  TrainingSpec training;
  const ArchitectureTraits& traits = FindTraits(architecture);
  if (traits.thresholds) DefaultThresholdLr(reading);
  ReadFieldsFor(reading, architecture, training);
  CheckDeadLatents(reading, training, traits.thresholds);
  if (!traits.penalty) {
    // A warm-up of nothing is as long for every run, and lets runs share a trunk.
    training.sparsity_warmup = {0, 0, true};
    return training;
  }
  // There is no key for the rule itself: whoever gives a target l0 asks to have it held.
  training.sparsity = reading.Given("training.sparsity.target_l0") ? SparsityRule::kTargetL0
                                                                   : SparsityRule::kCoefficient;
  CheckController(reading, training);
  CheckPenalty(reading, training);
  return training;
}

void CheckKept(Reading& reading, const SaeSpec& sae, std::int64_t smallest_d_sae) {
  const std::string key = "sae.k";
  if (!FindTraits(sae.architecture).keeps_k || !reading.Good({key})) return;
  if (sae.architecture == SaeArchitecture::kTopK && sae.k != std::floor(sae.k)) {
    reading.AddMistake(key,
                       fmt::format("{} of a topk SAE is a whole number of latents, got {}; "
                                   "batch_topk takes any",
                                   key,
                                   FormatExact(sae.k)));
  }
  // The smallest SAE decides, since every size of the sweep keeps as many.
  if (smallest_d_sae <= 0 || sae.k <= static_cast<double>(smallest_d_sae)) return;
  reading.AddMistake(key,
                     fmt::format("{} must be at most the number of latents, {}, got {}",
                                 key,
                                 smallest_d_sae,
                                 FormatExact(sae.k)));
}

void CheckRecipe(Reading& reading,
                 const TrainingSpec& training,
                 std::int64_t shortest_tokens,
                 std::int64_t smallest_d_sae) {
  CheckStretch(reading, "training.lr_warmup", training.lr_warmup, shortest_tokens);
  CheckStretch(reading, "training.sparsity.warmup", training.sparsity_warmup, shortest_tokens);
  CheckWarmup(reading, training, shortest_tokens);
  CheckSchedule(reading, training, shortest_tokens);
  const std::string target = "training.sparsity.target_l0";
  // The smallest SAE decides, since every size of the sweep is trained with the same target.
  if (reading.Good({target}) && smallest_d_sae > 0 &&
      training.target_l0 >= static_cast<double>(smallest_d_sae)) {
    reading.AddMistake(target,
                       fmt::format("{} must be less than the number of latents, {}, got {}",
                                   target,
                                   smallest_d_sae,
                                   FormatExact(training.target_l0)));
  }
}

void CheckHeldOut(Reading& reading,
                  const SourceSpec& source,
                  const TrainingSpec& training,
                  std::int64_t largest_d_sae) {
  // A latent that fires rarely may not fire at all on a few held-out tokens. The rule of one token
  // for each latent is coarse, so this is only a warning.
  const std::string key = "activations.held_out_tokens";
  if (!reading.Good({key}) || largest_d_sae <= source.held_out_tokens) return;
  reading.AddWarning(
      key,
      fmt::format("{}: {} tokens for {} latents, fewer than one a latent: many that are alive stay "
                  "silent on so few; {}",
                  key,
                  source.held_out_tokens,
                  largest_d_sae,
                  training.dead_after_tokens > 0
                      ? "which are dead is judged by training.dead_after_tokens"
                      : "give more, or training.dead_after_tokens, to tell which are dead"));
}

std::int64_t RoundSize(Reading& reading,
                       const std::string& key,
                       std::int64_t tokens,
                       double visible) {
  const std::int64_t batch = reading.Count("training.batch_tokens");
  // Zero stands for a value that was refused before; another mistake about it would be noise.
  if (batch < 1 || tokens < 1) return tokens;
  if (tokens < batch) {
    reading.AddMistake(key,
                       fmt::format("{} must be at least one batch (training.batch_tokens), {}, "
                                   "got {}",
                                   key,
                                   batch,
                                   tokens));
    return tokens;
  }
  // Every step takes a whole batch, so a run can only be a whole number of them long. The user
  // hears of it where the change is large enough to matter.
  const std::int64_t rounded = WholeBatches(tokens, batch);
  if (std::abs(static_cast<double>(rounded - tokens)) > visible * static_cast<double>(tokens)) {
    reading.AddWarning(
        key,
        fmt::format("{}: {} is rounded to {}, whole batches of {}", key, tokens, rounded, batch));
  }
  return rounded;
}

std::int64_t WholeBatches(std::int64_t tokens, std::int64_t batch_tokens) {
  const std::int64_t batches = (tokens + batch_tokens / 2) / batch_tokens;
  return std::max<std::int64_t>(1, batches) * batch_tokens;
}

}  // namespace saelaw

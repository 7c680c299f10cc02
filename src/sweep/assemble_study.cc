// Most keys here have defaults that follow from other keys, so the order is part of the logic: a
// default can only be set once its source has been read (Good), and sizes are rounded to whole
// batches before they are compared with one another.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "core/trunk.h"
#include "fit/fit.h"
#include "sweep/assemble.h"
#include "sweep/devices.h"

namespace saelaw {
namespace {

// Sizes must ascend strictly, or the same run would be asked for twice under two names. This is
// asked of rounded sizes, since two sizes may become one by rounding.
void CheckAscending(Reading& reading,
                    const std::string& key,
                    const std::vector<std::int64_t>& sizes) {
  const auto falls = std::adjacent_find(sizes.begin(), sizes.end(), std::greater_equal<>());
  if (falls == sizes.end()) return;
  reading.AddMistake(
      key,
      fmt::format("{} must be ascending and distinct, got {} before {}", key, falls[0], falls[1]));
}

// A rounding that changes a data size by less than this share is not worth a word.
constexpr double kVisibleRounding = 0.01;

std::vector<std::int64_t> RoundedSizes(Reading& reading, const std::string& key) {
  if (!reading.Good({key})) return {};
  const std::vector<std::int64_t> sizes = reading.Counts(key);
  std::vector<std::int64_t> rounded;
  for (const std::int64_t tokens : sizes)
    rounded.push_back(RoundSize(reading, key, tokens, kVisibleRounding));
  CheckAscending(reading, key, rounded);
  // `effective` must show what is trained, not what was written.
  reading.Replace(key, rounded);
  return rounded;
}

// A law of size can only be fitted where enough sizes are swept; `auto` names no law and chooses
// later, by what there is.
void AssembleChosenLaw(Reading& reading, LossLawStage& stage) {
  const std::string key = "study.loss_law.law";
  stage.law = reading.Text(key);
  const LawInfo* law = FindLossLaw(stage.law);
  if (law == nullptr || !reading.Good({key, "study.loss_law.d_sae"})) return;
  const auto& needed = law->variables;
  const bool of_size = std::find(needed.begin(), needed.end(), Variable::kParams) != needed.end();
  const std::size_t sizes = stage.d_sae.size();
  if (!of_size || sizes >= static_cast<std::size_t>(law->fewest_values)) return;
  reading.AddMistake(key,
                     fmt::format("{}: {} needs at least {} sizes in study.loss_law.d_sae, got {}",
                                 key,
                                 law->name,
                                 law->fewest_values,
                                 sizes));
}

void AssembleLossLaw(Reading& reading, Sweep& sweep) {
  LossLawStage& law = sweep.loss_law;
  const std::string tokens = "study.loss_law.tokens";
  reading.Require(tokens);
  law.tokens = RoundedSizes(reading, tokens);
  if (law.tokens.size() == 1) {
    reading.AddMistake(tokens, fmt::format("{} must have at least 2 sizes, got 1", tokens));
  }
  if (reading.Good({"training.lr"})) {
    reading.Default("study.loss_law.lr", sweep.training.lr, "training.lr");
  }
  law.lr = reading.Number("study.loss_law.lr");
  if (reading.Good({"sae.d_sae"})) {
    reading.Default("study.loss_law.d_sae", std::vector{sweep.sae.d_sae}, "sae.d_sae");
  }
  law.d_sae = reading.Counts("study.loss_law.d_sae");
  CheckAscending(reading, "study.loss_law.d_sae", law.d_sae);
  // Two sizes are a legitimate sweep, only no law of size comes out of it; that has to be said
  // before the runs are paid for.
  if (law.d_sae.size() == 2) {
    reading.AddWarning(
        "study.loss_law.d_sae",
        fmt::format("study.loss_law.d_sae: a law of size needs at least 3 sizes, got "
                    "2, so the law of loss will be that of d_sae {} alone",
                    sweep.sae.d_sae));
  }
  law.seeds = static_cast<int>(reading.Count("study.loss_law.seeds"));
  AssembleChosenLaw(reading, law);
}

void AssembleLrSizes(Reading& reading, Sweep& sweep) {
  const std::string key = "study.lr_law.d_sae";
  const std::int64_t base = sweep.sae.d_sae;
  if (reading.Good({"sae.d_sae"})) reading.Default(key, std::vector{base}, "sae.d_sae");
  std::vector<std::int64_t>& sizes = sweep.lr_law.d_sae;
  sizes = reading.Counts(key);
  CheckAscending(reading, key, sizes);
  if (!reading.Good({"sae.d_sae", key}) || sizes.empty()) return;
  if (std::find(sizes.begin(), sizes.end(), base) == sizes.end()) {
    reading.AddMistake(key,
                       fmt::format("{} must have sae.d_sae, {}, among its sizes: the hold-out is "
                                   "trained there",
                                   key,
                                   base));
  }
}

void AssembleLrLaw(Reading& reading, Sweep& sweep) {
  LrLawStage& law = sweep.lr_law;
  // With `none` the stage keeps no sizes, which everything else takes as "not asked for".
  if (reading.IsNone("study.lr_law")) return;
  const std::string tokens = "study.lr_law.tokens";
  if (reading.Good({"study.loss_law.tokens"})) {
    reading.Default(tokens, sweep.loss_law.tokens, "study.loss_law.tokens");
  }
  // A default is a list that has been rounded already, and rounding it again would repeat the
  // warnings under another key.
  law.tokens = reading.Given(tokens) ? RoundedSizes(reading, tokens) : reading.Counts(tokens);
  AssembleLrSizes(reading, sweep);
  law.points = static_cast<int>(reading.Count("study.lr_law.points"));
  law.factor = reading.Number("study.lr_law.factor");
  law.seeds = static_cast<int>(reading.Count("study.lr_law.seeds"));
  law.edge_seeds = static_cast<int>(reading.Count("study.lr_law.edge_seeds"));
  law.max_widenings = static_cast<int>(reading.Count("study.lr_law.max_widenings"));
  law.bisect_to = reading.Number("study.lr_law.bisect_to");
  // Fewer sizes still tell the best rate at each of them, so this is no mistake.
  if (!law.tokens.empty() && law.tokens.size() < 3) {
    reading.AddWarning(
        tokens,
        fmt::format("study.lr_law.tokens: a law needs at least 3 sizes, got {}, so no "
                    "learning rate will be extrapolated",
                    law.tokens.size()));
  }
}

// The result is 0 where no size could be read.
std::int64_t LargestFitted(const Sweep& sweep) {
  std::int64_t largest = 0;
  for (const std::int64_t tokens : sweep.loss_law.tokens) largest = std::max(largest, tokens);
  for (const std::int64_t tokens : sweep.lr_law.tokens) largest = std::max(largest, tokens);
  return largest;
}

void AssembleHoldOut(Reading& reading, Sweep& sweep) {
  if (reading.IsNone("study.hold_out")) return;
  const std::string key = "study.hold_out.tokens";
  const std::int64_t largest = LargestFitted(sweep);
  if (largest > 0) {
    reading.Default(key, 4 * static_cast<double>(largest), "4 times the largest fitted size");
  }
  sweep.hold_out.seeds = static_cast<int>(reading.Count("study.hold_out.seeds"));
  if (!reading.Good({key})) return;
  sweep.hold_out.tokens = RoundSize(reading, key, reading.Count(key), kVisibleRounding);
  reading.Replace(key, static_cast<double>(sweep.hold_out.tokens));
  // Within the range of the fit a prediction would only interpolate and prove nothing about the
  // target.
  if (sweep.hold_out.tokens <= largest) {
    reading.AddMistake(key,
                       fmt::format("{} must be more than the largest fitted size, {}, got {}",
                                   key,
                                   largest,
                                   sweep.hold_out.tokens));
  }
}

// The first of the recipe's keys that keeps its runs from sharing trunks (core/trunk.h), and how it
// is mended.
struct Obstacle {
  std::string key;
  std::string message;
};

std::optional<Obstacle> ObstacleToTrunks(const TrainingSpec& training) {
  if (SharesTrunks(training)) return std::nullopt;
  if (training.schedule != Schedule::kWarmupStableDecay) {
    return Obstacle{"training.schedule",
                    fmt::format("runs of schedule {} know their length from the start and share no "
                                "trunk: training.schedule must be {}",
                                Name(training.schedule),
                                Name(Schedule::kWarmupStableDecay))};
  }
  // SharesTrunks has said no and the schedule is right, so one of these is a share of the run. The
  // last is to blame where none before it is.
  const std::pair<const char*, const Stretch&> stretches[] = {
      {"training.lr_warmup", training.lr_warmup},
      {"training.sparsity.warmup", training.sparsity_warmup},
      {"training.dead_latents.every", training.resample_every},
      {"training.dead_latents.until", training.resample_until}};
  const auto* const found =
      std::find_if(std::begin(stretches), std::end(stretches) - 1, [](const auto& stretch) {
        return !stretch.second.in_tokens && stretch.second.fraction != 0;
      });
  const std::string key = found->first;
  return Obstacle{key,
                  fmt::format("{} is a share of each run, so that runs of different sizes share no "
                              "trunk: give it in tokens (e.g. {}: 64Ki)",
                              key,
                              key.substr(key.rfind('.') + 1))};
}

void CheckTrunks(Reading& reading, const Sweep& sweep) {
  const bool required = reading.Text("study.share_trunks") == "required";
  if (!reading.Good({"training.schedule", "training.lr_warmup", "training.sparsity.warmup"})) {
    return;
  }
  const std::optional<Obstacle> obstacle = ObstacleToTrunks(sweep.training);
  if (!obstacle) return;
  if (required) {
    reading.AddMistake(obstacle->key, "study.share_trunks: " + obstacle->message);
  } else if (sweep.training.schedule == Schedule::kWarmupStableDecay) {
    // Other schedules never share trunks, so with `auto` only a user of this one may have expected
    // it.
    reading.AddWarning(obstacle->key, obstacle->message);
  }
}

void AssembleExtraRuns(Reading& reading, Sweep& sweep) {
  for (std::size_t i = 0; i < reading.Length("study.extra_runs"); ++i) {
    std::string section = fmt::format("study.extra_runs[{}]", i);
    if (!reading.Given(section)) continue;  // refused: no block
    section += '.';
    reading.Require(section + "tokens");
    if (reading.Good({"sae.d_sae", "training.lr"})) {
      reading.Default(section + "d_sae", static_cast<double>(sweep.sae.d_sae), "sae.d_sae");
      reading.Default(section + "lr", sweep.training.lr, "training.lr");
    }
    ExtraRun run;
    run.tokens =
        RoundSize(reading, section + "tokens", reading.Count(section + "tokens"), kVisibleRounding);
    run.d_sae = reading.Count(section + "d_sae");
    run.lr = reading.Number(section + "lr");
    run.note = reading.Text(section + "note");
    // A size that was refused must not enter `effective` by being replaced.
    if (reading.Good({section + "tokens"})) {
      reading.Replace(section + "tokens", static_cast<double>(run.tokens));
    }
    sweep.extra_runs.push_back(run);
  }
}

// The result has two significant digits, because the assumption behind it (tokens of equal entropy)
// carries no more. Below 100 the step is 1, so that no digit behind the point arises.
std::int64_t TwoDigits(double tokens) {
  const double step = std::pow(10, std::max(0.0, std::floor(std::log10(tokens)) - 1));
  return std::llround(std::round(tokens / step) * step);
}

void DeriveTokens(Reading& reading, Sweep& sweep) {
  const std::string section = "target.tokens_from.";
  reading.Require(section + "reference_tokens");
  reading.Require(section + "reference_vocabulary");
  if (sweep.model_shape) {
    reading.Default(
        section + "vocabulary", static_cast<double>(sweep.model_shape->vocabulary), "the model's");
  }
  reading.Require(section + "vocabulary");
  TokenDerivation from;
  from.reference_tokens = reading.Number(section + "reference_tokens");
  from.reference_vocabulary = reading.Number(section + "reference_vocabulary");
  from.vocabulary = reading.Number(section + "vocabulary");
  from.size_ratio = reading.Number(section + "size_ratio");
  if (!reading.Good({section + "reference_tokens",
                     section + "reference_vocabulary",
                     section + "vocabulary",
                     section + "size_ratio"})) {
    return;
  }
  const double tokens = from.reference_tokens * std::log2(from.reference_vocabulary) /
                        std::log2(from.vocabulary) * from.size_ratio;
  // The negated form also refuses NaN; 9e15 is the limit of all counts (kMaxCount).
  if (!(tokens >= 1 && tokens <= 9e15)) {
    reading.AddMistake("target.tokens_from",
                       fmt::format("target.tokens_from gives {:.3g} tokens; it must be at least 1 "
                                   "and at most 9e15",
                                   tokens));
    return;
  }
  sweep.target.derivation = from;
  // From here on the derived size looks like any other value, and `effective` names its origin.
  reading.Default("target.tokens", static_cast<double>(TwoDigits(tokens)), "target.tokens_from");
}

void AssembleTargetTokens(Reading& reading, Sweep& sweep) {
  const bool derived = reading.Given("target.tokens_from");
  // Neither of the two is preferred silently, since they are unlikely to agree.
  if (derived && reading.Given("target.tokens")) {
    reading.AddMistake("target.tokens_from", "give target.tokens or target.tokens_from, not both");
    return;
  }
  if (derived) {
    DeriveTokens(reading, sweep);
  } else {
    reading.Require("target.tokens");
  }
  if (!reading.Good({"target.tokens", "target.batch_tokens"})) return;
  sweep.target.tokens = reading.Count("target.tokens");
  // The target has its own batch, so this is not the batch to which the sweep's sizes are rounded;
  // the target itself is not rounded.
  if (sweep.target.tokens < sweep.target.batch_tokens) {
    reading.AddMistake("target.tokens",
                       fmt::format("target.tokens must be at least one batch, {}, got {}",
                                   sweep.target.batch_tokens,
                                   sweep.target.tokens));
  }
}

// The laws are for what is larger than their runs. A target below all of them is a mistake; one
// within their range is a waste that the user may want all the same.
void CheckTargetAboveSweep(Reading& reading, const Sweep& sweep) {
  const std::string key = "target.tokens";
  if (!reading.Good({key, "study.loss_law.tokens"}) || sweep.loss_law.tokens.empty()) return;
  std::int64_t smallest = sweep.loss_law.tokens.front();
  if (!sweep.lr_law.tokens.empty()) smallest = std::min(smallest, sweep.lr_law.tokens.front());
  const std::int64_t tokens = sweep.target.tokens;
  if (tokens < std::max<std::int64_t>(1, sweep.target.batch_tokens)) return;  // said already
  if (tokens < smallest) {
    reading.AddMistake(
        key,
        fmt::format("{} must not be below the sweep's sizes, {} to {}, got {}: it is "
                    "the big run that they are to predict",
                    key,
                    smallest,
                    LargestFitted(sweep),
                    tokens));
  } else if (tokens < LargestFitted(sweep)) {
    reading.AddWarning(key,
                       fmt::format("{}: {} is below the sweep's largest size, {}: the sweep costs "
                                   "more than it is to predict",
                                   key,
                                   tokens,
                                   LargestFitted(sweep)));
  }
}

// A device is known by name, or by its peak. The peak decides where both are given, so the name is
// then free.
void CheckDevice(Reading& reading, const Target& target) {
  if (target.device_flops > 0 || reading.Given("target.device_flops")) return;
  if (FindDevice(target.device) != nullptr) return;
  if (!reading.Good({"target.device"})) return;
  reading.AddMistake("target.device",
                     fmt::format("target.device '{}' is not one of {}; for another give "
                                 "target.device_flops",
                                 target.device.substr(0, 60),
                                 fmt::join(DeviceNames(), ", ")));
}

}  // namespace

void AssembleStudy(Reading& reading, Sweep& sweep) {
  AssembleLossLaw(reading, sweep);
  AssembleLrLaw(reading, sweep);
  // The hold-out has to lie above the sizes of both laws, so it comes after them.
  AssembleHoldOut(reading, sweep);
  AssembleExtraRuns(reading, sweep);
  CheckTrunks(reading, sweep);
  // A limit that is not given is no limit, which no number could say.
  if (reading.Given("budget.wall")) sweep.budget.seconds = reading.Number("budget.wall");
  if (reading.Given("budget.flops")) sweep.budget.flops = reading.Number("budget.flops");
  if (reading.Given("budget.runs"))
    sweep.budget.runs = static_cast<int>(reading.Count("budget.runs"));
}

void AssembleTarget(Reading& reading, Sweep& sweep) {
  Target& target = sweep.target;
  if (reading.Good({"sae.d_sae"})) {
    reading.Default("target.d_sae", static_cast<double>(sweep.sae.d_sae), "sae.d_sae");
  }
  if (reading.Good({"training.batch_tokens"})) {
    reading.Default("target.batch_tokens",
                    static_cast<double>(sweep.training.batch_tokens),
                    "training.batch_tokens");
  }
  target.d_sae = reading.Count("target.d_sae");
  target.batch_tokens = reading.Count("target.batch_tokens");
  target.device = reading.Text("target.device");
  target.device_flops = reading.Number("target.device_flops");
  target.utilisation = reading.Number("target.utilisation");
  target.risk = reading.Number("target.risk");
  AssembleTargetTokens(reading, sweep);
  CheckTargetAboveSweep(reading, sweep);
  CheckDevice(reading, target);
}

}  // namespace saelaw

// The one table of metrics. An entry points at the member that holds its value, and everybody who
// reads, writes or shows results walks the table.
#include "core/metrics.h"

#include <array>
#include <limits>

namespace saelaw {
namespace {

// One call for each kind of member.
template <typename... Calls>
struct Overloaded : Calls... {
  using Calls::operator()...;
};
// clang 14 deduces no aggregate's arguments by itself.
template <typename... Calls>
Overloaded(Calls...) -> Overloaded<Calls...>;

// Null where the member is nowhere. `Measures` is RunMeasures, const or not.
template <typename Measures>
auto* Find(const MetricMember& member, Measures& run) {
  using Number = std::remove_reference_t<decltype((run.dense_fraction))>;
  return std::visit(
      Overloaded{[](std::monostate) -> Number* { return nullptr; },
                 [&](double Evaluation::*of) -> Number* { return &(run.final.*of); },
                 [&](double EvaluationErrors::*of) -> Number* { return &(run.final.se.*of); },
                 [&](double SpliceLosses::*of) -> Number* { return &(run.splice.*of); },
                 [&](double RunMeasures::*of) -> Number* { return &(run.*of); }},
      member);
}

double ValueAt(const MetricMember& member, const RunMeasures& run) {
  const double* found = Find(member, run);
  return found == nullptr ? std::numeric_limits<double>::quiet_NaN() : *found;
}

std::vector<double> LossReplicates(const HeldOutRecord& record) {
  return HeldOutReplicates(record, record.loss);
}
std::vector<double> MseReplicates(const HeldOutRecord& record) {
  return HeldOutReplicates(record, record.mse);
}
std::vector<double> L0Replicates(const HeldOutRecord& record) {
  return HeldOutReplicates(record, record.l0);
}

constexpr unsigned kEverywhere = kInJson | kInCsv | kErrorInCsv;

}  // namespace

constexpr Metric kLossMetric = {.name = "loss",
                                .meaning = "held-out mean per token: mse + penalty",
                                .value = &Evaluation::loss,
                                .error = &EvaluationErrors::loss,
                                .replicates = LossReplicates,
                                .since_first = true,
                                .shown = kEverywhere,
                                .heading = "loss"};
constexpr Metric kMseMetric = {.name = "mse",
                               .meaning = "held-out mean per token, summed over d_in",
                               .value = &Evaluation::mse,
                               .error = &EvaluationErrors::mse,
                               .replicates = MseReplicates,
                               .since_first = true,
                               .shown = kEverywhere,
                               .heading = "mse"};
constexpr Metric kFvuMetric = {.name = "fvu",
                               .meaning = "fraction of variance unexplained",
                               .value = &Evaluation::fvu,
                               .error = &EvaluationErrors::fvu,
                               .replicates = FvuReplicates,
                               .since_first = true,
                               .shown = kEverywhere,
                               .heading = "fvu"};
constexpr Metric kL0Metric = {.name = "l0",
                              .meaning = "active latents per token",
                              .value = &Evaluation::l0,
                              .error = &EvaluationErrors::l0,
                              .replicates = L0Replicates,
                              .since_first = true,
                              .shown = kEverywhere,
                              .heading = "l0"};

namespace {

constexpr std::array kMetrics = {
    kLossMetric,
    kMseMetric,
    kFvuMetric,
    kL0Metric,
    Metric{.name = "dead_fraction",
           .meaning = "share of latents that fire on no held-out token",
           .value = &Evaluation::dead_fraction,
           .error = &EvaluationErrors::dead_fraction,
           .since_first = true,
           .shown = kEverywhere,
           .heading = "dead",
           .digits = 3},
    Metric{.name = "dead_fraction_training",
           .meaning = "share of latents that were silent for dead_after_tokens of training",
           .group = MetricGroup::kTraining,
           .value = &RunMeasures::dead_fraction_training,
           .since_first = true},
    Metric{.name = "dense_fraction",
           .meaning = "share of latents that fire on more than 10 % of held-out tokens",
           .group = MetricGroup::kLatents,
           .value = &RunMeasures::dense_fraction,
           .error = &RunMeasures::dense_fraction_se,
           .since_first = true,
           .shown = kEverywhere,
           .heading = "dense",
           .digits = 3},
    Metric{.name = "ce",
           .meaning = "nats per token of the language model, reconstructions spliced in",
           .group = MetricGroup::kSplice,
           .value = &SpliceLosses::ce,
           .error = &SpliceLosses::ce_se,
           .shown = kInJson | kInCsv},
    Metric{.name = "ce_delta",
           .meaning = "ce less the unmodified model's",
           .group = MetricGroup::kSplice,
           .value = &SpliceLosses::ce_delta,
           .error = &SpliceLosses::ce_delta_se,
           .shown = kEverywhere,
           .heading = "CE delta",
           .digits = 3},
    Metric{.name = "ce_zero",
           .meaning = "ce with zeros in the reconstructions' place",
           .group = MetricGroup::kSplice,
           .value = &SpliceLosses::ce_zero,
           .error = &SpliceLosses::ce_zero_se,
           .shown = kInJson | kInCsv},
    Metric{.name = "loss_recovered",
           .meaning = "share of what zeros cost that the reconstruction does not",
           .group = MetricGroup::kSplice,
           .value = &SpliceLosses::loss_recovered,
           .error = &SpliceLosses::loss_recovered_se,
           .shown = kEverywhere,
           .heading = "loss recovered",
           .digits = 3},
    Metric{.name = "train_loss",
           .meaning = "mean loss per token over the last tenth of the steps",
           .group = MetricGroup::kTraining,
           .value = &RunMeasures::train_loss,
           .since_first = true,
           .shown = kInJson},
    Metric{.name = "wall_seconds",
           .meaning = "this member's share of its gang, seconds",
           .group = MetricGroup::kTraining,
           .value = &RunMeasures::wall_seconds,
           .since_first = true},
    Metric{.name = "tokens_per_second",
           .meaning = "tokens trained on per second of that share",
           .group = MetricGroup::kTraining,
           .value = &RunMeasures::tokens_per_second,
           .since_first = true},
    // Latents that share directions: a sign of an L0 that is not the data's (Chanin &
    // Garriga-Alonso, arXiv 2508.16560).
    Metric{.name = "nearest_decoder_cosine",
           .meaning = "mean over latents of the largest cosine of a decoder row with another's",
           .group = MetricGroup::kWeights,
           .value = &RunMeasures::nearest_decoder_cosine,
           .shown = kInJson | kInCsv | kWhereKnown,
           .heading = "nearest cosine",
           .digits = 3},
};

}  // namespace

std::span<const Metric> AllMetrics() { return kMetrics; }

double MetricValue(const Metric& metric, const RunMeasures& run) {
  return ValueAt(metric.value, run);
}

double MetricError(const Metric& metric, const RunMeasures& run) {
  return ValueAt(metric.error, run);
}

void SetMetric(const Metric& metric, double value, RunMeasures& run) {
  if (double* found = Find(metric.value, run)) *found = value;
}

void SetMetricError(const Metric& metric, double error, RunMeasures& run) {
  if (double* found = Find(metric.error, run)) *found = error;
}

bool HasError(const Metric& metric) {
  return !std::holds_alternative<std::monostate>(metric.error);
}

double& ValueIn(const Metric& metric, Evaluation& evaluation) {
  return evaluation.*std::get<double Evaluation::*>(metric.value);
}

double ValueIn(const Metric& metric, const Evaluation& evaluation) {
  return evaluation.*std::get<double Evaluation::*>(metric.value);
}

std::string ErrorName(const Metric& metric) { return std::string(metric.name) + "_se"; }

}  // namespace saelaw

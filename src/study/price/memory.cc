// What a trainer takes is added up array by array, as the code that allocates them has it: a gang
// that does not fit is found out only after its language model was loaded.
#include "study/price/memory.h"

#include <algorithm>
#include <initializer_list>
#include <limits>

#include "core/architecture_traits.h"
#include "core/portions.h"
#include "models/forward_cost.h"

namespace saelaw {
namespace {

using namespace portions;

// A process with LibTorch, before it has read anything. On a GPU the context is part of what is not
// free when the device is measured.
constexpr double kProcessBytes = 250e6;

constexpr double kMachineShare = 0.7;
constexpr double kGpuShare = 0.9;  // the rest: the allocator's cuttings, and libraries

constexpr double kFp32 = 4, kBf16 = 2;

double Of(Precision precision) { return precision == Precision::kBf16 ? kBf16 : kFp32; }

constexpr std::int64_t PaddedTo(std::int64_t count, std::int64_t unit) {
  return (count + unit - 1) / unit * unit;
}

// Of arrays of so many bytes, each of which begins at a multiple of 256.
double Placed(std::initializer_list<std::int64_t> arrays) {
  double bytes = 0;
  for (const std::int64_t array : arrays) bytes += static_cast<double>(PaddedTo(array, 256));
  return bytes;
}

// Biases, thresholds where there are any, and the count of each latent's updates.
double Weights(const SaeSpec& sae, double d_in) {
  const auto d_sae = static_cast<double>(sae.d_sae);
  const double of_a_latent = FindTraits(sae.architecture).thresholds ? 3 : 2;
  return 2 * d_in * d_sae + of_a_latent * d_sae + d_in;
}

// Whether dead latents have a loss of their own.
bool HasAuxiliary(const TrainingSpec& training) {
  return training.dead_latents == DeadLatents::kAuxK ||
         training.dead_latents == DeadLatents::kPreActs;
}

// Of a token and a latent, in a step of the reference. The auxiliary loss holds which dead latents
// are chosen, their activations and derivatives beside what the step has; the tanh of all latents
// is there twice.
double ReferenceArrays(const SaeSpec& sae, const TrainingSpec& training) {
  constexpr double kAuxiliary = 5, kTanh = 2;
  const double own = FindTraits(sae.architecture).reference_arrays;
  return own + (HasAuxiliary(training) ? kAuxiliary : 0) +
         (training.penalty == PenaltyShape::kTanh ? kTanh : 0);
}

// A context of each document at least.
double HeldOutTokens(const SourceSpec& source) {
  std::int64_t least = 0;
  if (source.kind == SourceKind::kModel) {
    least = source.model.held_out_documents * (source.model.context_tokens - 1);
  }
  return static_cast<double>(std::max(source.held_out_tokens, least));
}

// The spliced contexts' vectors at the hook and the stream beside them, kept from run to run, and
// three times what is spliced at once.
double SpliceBytes(const SourceSpec& source, const std::optional<ModelShape>& model) {
  const auto width = static_cast<double>(source.d_in);
  const double stream = model ? static_cast<double>(model->hidden_size) : width;
  const double context = kFp32 * source.model.context_tokens;
  const double contexts = source.model.spliced_contexts;
  return context * (contexts * (width + stream) +
                    3 * std::min(contexts, static_cast<double>(kGpuContexts)) * width);
}

}  // namespace

// sae/gpu/view.h says what each array is.
GpuKernelBytes GpuKernels(std::int64_t d_in, std::int64_t d_sae, std::int64_t tokens) {
  constexpr std::int64_t kMostGroups = 1024, kProductScratch = std::int64_t{32} << 20;
  constexpr std::int64_t kListed = 256, kMostCrowded = 64;
  constexpr std::int64_t kNow = 64, kHalf = 2, kWord = 4, kDouble = 8;
  const std::int64_t width = PaddedTo(d_in, 8), row = PaddedTo(tokens, 8);
  GpuKernelBytes bytes;
  bytes.own = Placed({kNow, kHalf * d_sae * width, kHalf * d_sae * width});
  const double any = Placed({kWord * d_sae,
                             kHalf * tokens * width,
                             kHalf * tokens * width,
                             kWord * d_sae * row,
                             kHalf * d_sae * row,
                             kWord * tokens,
                             kWord * tokens,
                             kDouble * tokens,
                             kWord * (PaddedTo(tokens, 4) / 4) * d_in,
                             kWord * std::min(d_sae, kMostGroups) * d_in,
                             kProductScratch});
  const double dense = Placed({kHalf * d_sae * row,
                               kHalf * tokens * width,
                               kHalf * d_sae * width,
                               kHalf * d_sae * width,
                               kWord * d_sae,
                               kWord * d_sae});
  const std::int64_t lists = PaddedTo(tokens, kListed) / kListed;
  const double sparse = Placed({d_sae * PaddedTo(tokens, 32) / 8,
                                tokens * PaddedTo(d_sae, 32) / 8,
                                kWord * d_sae,
                                kWord * (1 + kMostCrowded),
                                kWord * 2 * kMostCrowded * lists * width,
                                3 * kWord * kMostCrowded * lists});
  bytes.scratch = any + std::max(dense, sparse);
  return bytes;
}

StepMemory EstimateStepMemory(const SaeSpec& sae,
                              const TrainingSpec& training,
                              std::string_view device,
                              std::string_view path) {
  const ArchitectureTraits& traits = FindTraits(sae.architecture);
  const bool beyond_kernels = training.adam_beta1 != 0 || training.gradient_clip > 0 ||
                              HasAuxiliary(training) || training.penalty != PenaltyShape::kL0;
  if (path == "reference" || beyond_kernels) return StepMemory::kReference;
  if (device == "cpu") {
    return traits.cpu_kernels ? StepMemory::kCpuKernels : StepMemory::kReference;
  }
  const bool own = traits.gpu_kernels && training.precision == Precision::kBf16 &&
                   (path.empty() || path == "cuda");
  return own ? StepMemory::kGpuKernels : StepMemory::kReference;
}

double MemberBytes(const SaeSpec& sae,
                   std::int64_t d_in,
                   const TrainingSpec& training,
                   StepMemory how) {
  const double weights = Weights(sae, static_cast<double>(d_in));
  const double moments = training.adam_beta1 == 0 ? 1 : 2;
  const double masters = weights * kFp32 * (1 + moments);
  if (how == StepMemory::kGpuKernels) {
    return masters + GpuKernels(d_in, sae.d_sae, training.batch_tokens).own;
  }
  const bool copies = how == StepMemory::kCpuKernels && training.precision == Precision::kBf16;
  return masters + (copies ? weights * kBf16 : 0);
}

double WorkingBytes(const SaeSpec& sae,
                    std::int64_t d_in,
                    const TrainingSpec& training,
                    StepMemory how) {
  const auto d_sae = static_cast<double>(sae.d_sae);
  const auto width = static_cast<double>(d_in);
  const auto batch = static_cast<double>(training.batch_tokens);
  // Pre-activations, latents and their like of the tokens that are evaluated together, and a matrix
  // of weights on its way to a file.
  const double evaluation =
      kFp32 * (6 * static_cast<double>(kMeasuredTokens) * d_sae + width * d_sae);
  double step = 0;
  switch (how) {
    case StepMemory::kReference:
      // Gradients, bf16 copies where products are bf16, and pre-activations, latents and their
      // derivatives.
      step = Weights(sae, width) * (kFp32 + (training.precision == Precision::kBf16 ? kBf16 : 0)) +
             kFp32 * batch * (4 * width + ReferenceArrays(sae, training) * d_sae);
      break;
    case StepMemory::kCpuKernels:
      // Latents, and a bit for each.
      step = batch * ((Of(training.precision) + 1.0 / 8) * d_sae + kFp32 * 4 * width);
      break;
    case StepMemory::kGpuKernels:
      step = GpuKernels(d_in, sae.d_sae, training.batch_tokens).scratch;
      break;
  }
  return std::max(step, evaluation);
}

double StreamBytes(const SourceSpec& source,
                   const std::optional<ModelShape>& model,
                   std::int64_t batch_tokens,
                   bool on_gpu) {
  const auto width = static_cast<double>(source.d_in);
  const double held_out = kFp32 * width * HeldOutTokens(source);
  const double batches = 2 * kFp32 * width * static_cast<double>(batch_tokens);
  double bytes = held_out + batches + (on_gpu ? 0 : kProcessBytes);
  switch (source.kind) {
    case SourceKind::kSynthetic: {
      const auto vectors = static_cast<double>(source.synthetic.dictionary_size);
      if (!on_gpu) bytes += kFp32 * width * (static_cast<double>(kSyntheticBlockTokens) + vectors);
      break;
    }
    case SourceKind::kShards:  // read ahead, by the CPU
      if (!on_gpu) bytes += 2 * kFp32 * width * static_cast<double>(kShardBlockTokens);
      break;
    case SourceKind::kModel:
      // On a GPU one block is computed ahead.
      bytes += (on_gpu ? 2 : 1) * Of(source.model.precision) * width *
               static_cast<double>(MixingTokens(source.model, batch_tokens));
      bytes += SpliceBytes(source, model);
      if (model) bytes += LanguageModelBytes(source.model, *model, on_gpu);
      break;
  }
  return bytes;
}

TrainerBytes EstimateBytes(const RunSpec& run,
                           const std::optional<ModelShape>& model,
                           std::string_view device,
                           std::string_view path) {
  const StepMemory how = EstimateStepMemory(run.sae, run.training, device, path);
  const std::int64_t d_in = run.source.d_in;
  return {MemberBytes(run.sae, d_in, run.training, how),
          WorkingBytes(run.sae, d_in, run.training, how) +
              StreamBytes(run.source, model, run.training.batch_tokens, device != "cpu")};
}

double BytesOfGang(std::span<const RunSpec> runs,
                   const std::optional<ModelShape>& model,
                   std::string_view device,
                   std::string_view path) {
  TrainerBytes all;
  for (const RunSpec& run : runs) {
    const TrainerBytes bytes = EstimateBytes(run, model, device, path);
    all.own += bytes.own;
    all.shared = std::max(all.shared, bytes.shared);
  }
  return all.total();
}

double GangRoom(const Execution& execution,
                double machine_bytes,
                const Measurement& measured,
                const std::optional<ModelShape>& model,
                const std::vector<Job>& refused) {
  double bytes = std::numeric_limits<double>::infinity();
  if (execution.device == "cpu") {
    bytes = kMachineShare * machine_bytes / std::max(1, execution.trainers());
  } else if (measured.device_bytes_free > 0) {
    bytes = kGpuShare * measured.device_bytes_free / std::max(1, execution.workers);
  }
  for (const Job& job : refused) {
    if (job.runs.empty() || (job.device == "cpu") != (execution.device == "cpu")) continue;
    const std::span<const RunSpec> half(job.runs.data(), (job.runs.size() + 1) / 2);
    bytes = std::min(bytes, BytesOfGang(half, model, job.device, job.tuning.path));
  }
  return bytes;
}

}  // namespace saelaw

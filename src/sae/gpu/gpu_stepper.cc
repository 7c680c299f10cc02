// Owns the device memory of a step and hands the library raw pointers into it. Nothing here waits
// for the GPU but a look at the activity, so that the host runs ahead of the device.
#include "sae/gpu/gpu_stepper.h"

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>

#include "gpu/stream.h"
#include "sae/gpu/gpu_library.h"
#include "sae/model/jump_relu.h"
#include "sae/reference/loss.h"

namespace saelaw {
namespace {

void Check(std::int32_t code, const char* doing) {
  CheckGpu(code, GpuLibrary().last_error(), doing);
}

// All memory comes from LibTorch's allocator, so that its limits and its errors hold here too.
at::Tensor Bytes(std::size_t count, const at::Device& device) {
  return at::empty({static_cast<std::int64_t>(count)},
                   at::TensorOptions().dtype(at::kByte).device(device));
}

// The kernels want each latent's row in one piece, in W_enc as in W_dec.
void StoreByLatent(SaeParameters& parameters) {
  parameters.w_enc = StoredByLatent(parameters.w_enc);
  parameters.w_dec = parameters.w_dec.contiguous();
}

SaelawGpuParameters MakePointers(const SaeParameters& parameters) {
  const auto data = [](const at::Tensor& tensor) { return tensor.data_ptr<float>(); };
  return {data(parameters.w_enc),
          data(parameters.b_enc),
          data(parameters.w_dec),
          data(parameters.b_dec),
          data(parameters.threshold)};
}

// The room of the GPU steppers in a StepWorkspace.
struct GpuScratch {
  at::Tensor bytes;
};

struct Destroy {
  void operator()(SaelawGpuStepper* stepper) const { GpuLibrary().destroy(stepper); }
};

class GpuStepper : public Stepper {
 public:
  GpuStepper(const StepSettings& settings, StepWorkspace& workspace, SaeState& state)
      : settings_(settings),
        scratch_(workspace.Of<GpuScratch>().bytes),
        state_(state),
        device_(state.parameters.w_dec.device()) {
    if (!state.adam.row_updates.defined()) {
      // The kernels leave latents without entries alone and must know since when.
      state.adam.row_updates = at::zeros({state.parameters.d_sae()},
                                         at::TensorOptions().dtype(at::kInt).device(device_));
    }
    StoreByLatent(state.parameters);
    StoreByLatent(state.adam.second);
  }

  BatchSums Step(const StepRates& rates, const at::Tensor& x) override {
    const c10::DeviceGuard on_device(device_);
    const at::Tensor batch = x.contiguous();
    // A larger batch than ever before needs a stepper of larger sizes; a smaller one does not.
    if (stepper_ == nullptr || batch.size(0) > shape_.tokens) Open(batch.size(0));
    // The count is raised first, as the step's corrections are those of the update that it makes.
    state_.adam.updates += 1;
    // New tensors at each step: the caller keeps those of earlier steps until it reads them.
    const BatchSums sums{at::empty({3}, at::TensorOptions().dtype(at::kDouble).device(device_)),
                         at::empty_like(state_.parameters.threshold)};
    // The way of stepping may have changed since, and with it the scratch memory that is needed.
    Reserve();
    const SaelawGpuStep step{batch.const_data_ptr<float>(),
                             batch.size(0),
                             state_.dense ? 1 : 0,
                             state_.adam.updates,
                             rates.lr,
                             rates.threshold_lr,
                             rates.coefficient,
                             sums.totals.data_ptr<double>(),
                             sums.fired.data_ptr<float>(),
                             scratch_.data_ptr(),
                             scratch_.nbytes()};
    Check(GpuLibrary().step(stepper_.get(), &step, CurrentStream(device_)), "a step");
    // This is the only time that a step waits for the GPU, and after the first few it is one step
    // in eight.
    if (LooksAfter(state_.adam.updates)) {
      Look(settings_, sums.totals.cpu().const_data_ptr<double>()[2], batch.size(0), state_);
    }
    return sums;
  }

  // LibTorch's dense products: what is measured is a small part of what is trained.
  BatchSums Measure(const at::Tensor& x, const at::Tensor& recons) override {
    return MeasureForward(state_.parameters, settings_.objective, x, recons);
  }

  void Retire() override {
    stepper_.reset();  // it points at the moments
    own_.reset();
    state_.adam.second = {};
  }

 private:
  void Open(std::int64_t tokens) {
    const SaeObjective& objective = settings_.objective;
    shape_ = {state_.parameters.d_in(), state_.parameters.d_sae(), tokens};
    SaelawGpuSettings settings{objective.pre_encoder_bias ? 1 : 0,
                               objective.parametrisation == ThresholdParametrisation::kLog ? 1 : 0,
                               objective.sparsity == SparsityRule::kTargetL0 ? 1 : 0,
                               objective.input_gradients ? 1 : 0,
                               objective.target_l0,
                               objective.bandwidth,
                               settings_.adam.beta2,
                               settings_.adam.epsilon,
                               {}};
    // The border knows plain arrays only.
    std::copy(
        settings_.gpu_algorithms.begin(), settings_.gpu_algorithms.end(), settings.algorithms);
    const SaelawGpuModel model{MakePointers(state_.parameters),
                               MakePointers(state_.adam.second),
                               state_.adam.row_updates.data_ptr<std::int32_t>()};
    Check(GpuLibrary().memory(&shape_, &memory_), "asking for the memory of a step");
    // The old stepper and its memory must be gone before the new memory is asked for, or both are
    // there.
    stepper_.reset();
    own_ = Bytes(memory_.own, device_);
    SaelawGpuStepper* stepper = nullptr;
    Check(GpuLibrary().create(&shape_, &settings, &model, own_.data_ptr(), &stepper),
          "opening a stepper");
    stepper_.reset(stepper);
    // The operand copies are made from the masters, so a stepper that is opened anew goes on
    // exactly.
    Check(GpuLibrary().prepare(stepper, CurrentStream(device_)), "copying the weights");
  }

  void Reserve() {
    // Both sizes were asked for at once when the stepper was opened.
    const std::size_t bytes = state_.dense ? memory_.dense_scratch : memory_.sparse_scratch;
    if (scratch_.defined() && scratch_.device() == device_ && scratch_.nbytes() >= bytes) return;
    scratch_.reset();  // before the new one, so that never both are there
    scratch_ = Bytes(bytes, device_);
  }

  StepSettings settings_;
  at::Tensor& scratch_;
  SaeState& state_;
  at::Device device_;
  SaelawGpuShape shape_{};
  SaelawGpuMemory memory_{};
  at::Tensor own_;
  std::unique_ptr<SaelawGpuStepper, Destroy> stepper_;
};

}  // namespace

Acceleration GpuAcceleration() {
  // The path is only for bf16: fp32 runs take the reference on a GPU.
  Acceleration cuda;
  cuda.name = kCudaPath;
  cuda.device = at::kCUDA;
  cuda.architectures = {JumpRelu().name()};
  cuda.precisions = {Precision::kBf16};
  cuda.is_here = HasGpuLibrary;
  cuda.make = MakeGpuStepper;
  return cuda;
}

std::unique_ptr<Stepper> MakeGpuStepper(const StepSettings& settings,
                                        StepWorkspace& workspace,
                                        SaeState& state) {
  return std::make_unique<GpuStepper>(settings, workspace, state);
}

}  // namespace saelaw

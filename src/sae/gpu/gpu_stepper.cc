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

at::Tensor Bytes(std::size_t count, const at::Device& device) {
  return at::empty({static_cast<std::int64_t>(count)},
                   at::TensorOptions().dtype(at::kByte).device(device));
}

// The rows of a latent are one after the other.
void StoreByLatent(SaeParameters& parameters) {
  parameters.w_enc = StoredByLatent(parameters.w_enc);
  parameters.w_dec = parameters.w_dec.contiguous();
}

SaelawGpuParameters PointersOf(const SaeParameters& parameters) {
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
      state.adam.row_updates = at::zeros({state.parameters.d_sae()},
                                         at::TensorOptions().dtype(at::kInt).device(device_));
    }
    StoreByLatent(state.parameters);
    StoreByLatent(state.adam.second);
  }

  BatchSums Step(const StepRates& rates, const at::Tensor& x) override {
    const c10::DeviceGuard on_device(device_);
    const at::Tensor batch = x.contiguous();
    if (stepper_ == nullptr || batch.size(0) > shape_.tokens) Open(batch.size(0));
    state_.adam.updates += 1;
    const BatchSums sums{at::empty({3}, at::TensorOptions().dtype(at::kDouble).device(device_)),
                         at::empty_like(state_.parameters.threshold)};
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
    // The only time that a step waits for the GPU.
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
                               objective.target_l0,
                               objective.bandwidth,
                               settings_.adam.beta2,
                               settings_.adam.epsilon,
                               {}};
    std::copy(
        settings_.gpu_algorithms.begin(), settings_.gpu_algorithms.end(), settings.algorithms);
    const SaelawGpuModel model{PointersOf(state_.parameters),
                               PointersOf(state_.adam.second),
                               state_.adam.row_updates.data_ptr<std::int32_t>()};
    Check(GpuLibrary().memory(&shape_, &memory_), "asking for the memory of a step");
    stepper_.reset();
    own_ = Bytes(memory_.own, device_);
    SaelawGpuStepper* stepper = nullptr;
    Check(GpuLibrary().create(&shape_, &settings, &model, own_.data_ptr(), &stepper),
          "opening a stepper");
    stepper_.reset(stepper);
    Check(GpuLibrary().prepare(stepper, CurrentStream(device_)), "copying the weights");
  }

  void Reserve() {
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

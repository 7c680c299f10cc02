// Binds the CPU kernels to a run's state. The masters are moved once into large pages, so that
// kernels work on raw rows; whether a step goes the dense or the sparse way is decided by Look,
// from the run's own numbers. Everything a step needs besides lives in the gang's workspace.
#include "sae/cpu/cpu_stepper.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "core/architecture_traits.h"
#include "sae/cpu/parallel.h"
#include "sae/cpu/tensors.h"
#include "sae/cpu/update.h"
#include "sae/cpu/workspace.h"
#include "sae/model/jump_relu.h"
#include "sae/model/l0_penalty.h"
#include "sae/model/top_k.h"

namespace saelaw {
namespace {

// An operand copy of a weight by latent, with the padding that the screen wants.
template <typename T>
class OperandCopy {
 public:
  OperandCopy(std::size_t d_in, std::size_t d_sae)
      : stride_(PaddedTo(d_in, kScreenWidth) + kRowGap),
        memory_(MapZeroed((d_sae + kReadBeyond) * stride_ * sizeof(T))) {}
  Rows<T> rows() const { return {static_cast<T*>(memory_.get()), stride_}; }

 private:
  // Rows after the last that kernels which take 32 at a time may read.
  static constexpr std::size_t kReadBeyond = 31;
  std::size_t stride_;
  std::unique_ptr<void, FreeMapped> memory_;
};

float* Data(const at::Tensor& tensor) { return tensor.data_ptr<float>(); }

template <typename T>
class CpuStepper : public Stepper {
 public:
  CpuStepper(const CpuInstructions& instructions,
             const StepSettings& settings,
             CpuWorkspace<T>& workspace,
             SaeState& state)
      : settings_(settings),
        kernels_(FindCpuKernels<T>(instructions)),
        native_(std::is_same_v<T, float> || instructions.multiply_bf16),
        parallel_(AllThreads()),
        workspace_(workspace),
        state_(state) {
    SaeParameters& own = state.parameters;
    SaeParameters& second = state.adam.second;
    model_.d_in = static_cast<std::size_t>(own.d_in());
    model_.d_sae = static_cast<std::size_t>(own.d_sae());
    if (!state.adam.row_updates.defined()) {
      state.adam.row_updates = at::zeros({own.d_sae()}, at::kInt);
    }
    // W_enc is stored by latent, which for LibTorch is the transpose: the copy is made of the
    // transpose and turned back, so that the tensor keeps its shape [d_in, d_sae].
    for (SaeParameters* of : {&own, &second}) {
      of->w_enc = InLargePages(of->w_enc.t()).t();
      ReturnFreed();  // one matrix at a time, so that never all are there twice
      of->w_dec = InLargePages(of->w_dec);
      ReturnFreed();
    }
    Point(model_.w_enc, own.w_enc.t(), second.w_enc.t());
    Point(model_.w_dec, own.w_dec, second.w_dec);
    model_.b_enc = {Data(own.b_enc), Data(second.b_enc)};
    model_.b_dec = {Data(own.b_dec), Data(second.b_dec)};
    if (own.threshold.defined()) model_.threshold = {Data(own.threshold), Data(second.threshold)};
    model_.row_updates = state.adam.row_updates.template data_ptr<std::int32_t>();
  }

  BatchSums Step(const StepRates& rates, const at::Tensor& x) override {
    state_.adam.updates += 1;
    Prepare(x, /*trains=*/true);
    const CpuStep step = MakeStep(rates);
    at::Tensor fired = at::empty_like(state_.parameters.b_enc);
    // Which latents are kept is known before a batch is decoded, and they are few from the start.
    const bool dense = state_.dense && step.kept == 0;
    const std::size_t parts =
        dense ? StepDense(step, rates, fired) : StepSparse(step, rates, fired);
    // Each way of stepping fills a workspace of its own, so the parts must be read where they were
    // written.
    UpdateDecoderBias(
        step,
        batch_.bias_gradients,
        batch_.chunks(),
        dense ? workspace_.dense.partial_encoder.data() : workspace_.sparse.partial_encoder.data(),
        parts,
        model_);
    // The batch is let go before the caller makes its next one.
    x_.reset();
    if (step.kept > 0) {
      Kind().TakeIn(at::scalar_tensor(batch_.least, at::kFloat), state_.parameters);
    }
    BatchSums sums{Totals(), fired};
    Look(settings_, sums.totals.const_data_ptr<double>()[2], x.size(0), state_);
    // A run that has become sparse seldom turns back, so the room of dense steps is freed. Others
    // of the gang that still step densely make it anew.
    if (dense && !state_.dense) workspace_.dense = {};
    return sums;
  }

  BatchSums Measure(const at::Tensor& x, const at::Tensor& recons) override {
    // Measuring takes the way that the next step would take, and so is as fast as a step.
    Prepare(x, /*trains=*/false);
    if (recons.defined()) batch_.recons = Data(recons);
    at::Tensor fired = at::empty_like(state_.parameters.b_enc);
    if (state_.dense) {
      DenseMeasure(kernels_, parallel_, native_, model_, batch_, workspace_.dense, Data(fired));
    } else {
      SparseMeasure<T>(
          kernels_, parallel_, Product(), model_, batch_, workspace_.sparse, Data(fired));
    }
    // The next batch must not write into the caller's reconstructions.
    batch_.recons = nullptr;
    x_.reset();
    return {Totals(), fired};
  }

  void Retire() override {
    // The views of the moments are cleared too, as they would point at memory that is gone.
    state_.adam.second = {};
    for (CpuWeight<T>* weight : {&model_.w_enc, &model_.w_dec}) weight->second = {};
    for (CpuVector* vector : {&model_.b_enc, &model_.b_dec, &model_.threshold}) {
      vector->second = nullptr;
    }
  }

 private:
  static constexpr bool kCopies = !std::is_same_v<T, float>;

  // Lets the kernels see a weight's master rows, [d_sae, d_in], and makes the copy that products
  // read, where operands are not fp32.
  void Point(CpuWeight<T>& weight, const at::Tensor& master, const at::Tensor& second) {
    weight.master = {Data(master), model_.d_in};
    weight.second = {Data(second), model_.d_in};
    if constexpr (kCopies) {
      // The vector holds only handles, so a copy's rows stay where they are when it grows.
      copies_.emplace_back(model_.d_in, model_.d_sae);
      weight.operand = copies_.back().rows();
      parallel_(model_.d_sae, [&](std::size_t j) {
        kernels_.rows->centre(weight.master[j], nullptr, model_.d_in, weight.operand[j]);
      });
    } else {
      weight.operand = weight.master;
    }
  }

  CpuStep MakeStep(const StepRates& rates) const {
    const AdamSettings& adam = settings_.adam;
    CpuStep step;
    step.pre_encoder_bias = settings_.objective.pre_encoder_bias;
    step.log_threshold = settings_.objective.parametrisation == ThresholdParametrisation::kLog;
    step.bandwidth = KeepsLargest() ? 0 : static_cast<float>(settings_.objective.bandwidth);
    if (settings_.objective.input_gradients && !KeepsLargest()) {
      step.window_share = static_cast<float>(1 / settings_.objective.bandwidth);
    }
    if (KeepsLargest()) {
      step.kept = static_cast<std::size_t>(
          KeptInBatch(settings_.objective.k, static_cast<std::int64_t>(batch_.tokens)));
    }
    // Below half the window's width the window would reach negative pre-activations.
    step.lowest_threshold = step.bandwidth / 2;
    step.beta2 = adam.beta2;
    step.updates = state_.adam.updates;
    const double bias_correction =
        1 - std::pow(adam.beta2, static_cast<double>(state_.adam.updates));
    // Scalars are rounded to fp32 once per step; each latent adds only its own carry.
    step.weights = {1,
                    static_cast<float>(1 - adam.beta2),
                    static_cast<float>(1 / std::sqrt(bias_correction)),
                    static_cast<float>(rates.lr),
                    static_cast<float>(adam.epsilon)};
    step.threshold_rate = static_cast<float>(rates.threshold_lr);
    return step;
  }

  void Prepare(const at::Tensor& x, bool trains) {
    x_ = x.contiguous();
    batch_.tokens = static_cast<std::size_t>(x.size(0));
    batch_.x = Data(x_);
    const std::size_t width = PaddedTo(model_.d_in, kScreenWidth);
    const std::size_t stride = width + kRowGap;
    batch_.inputs = {workspace_.inputs.Reserve(batch_.tokens * stride), stride};
    batch_.errors = {workspace_.errors.Reserve(batch_.tokens * stride), stride};
    batch_.l0 = workspace_.l0.Reserve(batch_.tokens);
    batch_.slopes = workspace_.slopes.Reserve(batch_.tokens);
    batch_.squares = workspace_.squares.Reserve(batch_.chunks());
    batch_.bias_gradients = workspace_.bias_gradients.Reserve(batch_.chunks() * model_.d_in);
    const bool pack = kernels_.screen != nullptr;
    if (pack) batch_.panels = workspace_.panels.Reserve(batch_.chunks() * kChunkTokens * width);
    const float* bias = settings_.objective.pre_encoder_bias ? model_.b_dec.master : nullptr;
    // A task takes the tokens of one panel, which it can therefore pack as soon as it has centred
    // them.
    parallel_(batch_.chunks(), [&](std::size_t chunk) {
      const std::size_t begin = chunk * kChunkTokens;
      const std::size_t end = std::min(batch_.tokens, begin + kChunkTokens);
      for (std::size_t t = begin; t < end; ++t) {
        T* row = batch_.inputs[t];
        kernels_.rows->centre(batch_.x + t * model_.d_in, bias, model_.d_in, row);
        // The workspace may have held another width.
        std::fill(row + model_.d_in, row + width, T{0});
      }
      if (pack) Pack(begin, end - begin, width);
    });
    FillTheta(trains);
  }

  void Pack(std::size_t begin, std::size_t count, std::size_t width) {
    PackPanel(reinterpret_cast<const Bf16*>(batch_.inputs[begin]),
              batch_.inputs.stride,
              count,
              width,
              batch_.panels + begin * width);
  }

  const Architecture& Kind() const { return *settings_.objective.architecture; }
  bool KeepsLargest() const { return model_.threshold.master == nullptr; }

  // The exponential is taken once per step, as kernels ask for θ once per pair.
  void FillTheta(bool trains) {
    float* theta = workspace_.theta.Reserve(model_.d_sae);
    model_.theta = theta;
    if (KeepsLargest()) {
      // What is kept in training is positive; nothing else is an entry. A measure goes by the
      // threshold that training has left.
      const float all = trains ? 0 : RunningThreshold(state_.parameters).template item<float>();
      std::fill_n(theta, model_.d_sae, all);
      return;
    }
    const bool is_log = settings_.objective.parametrisation == ThresholdParametrisation::kLog;
    for (std::size_t j = 0; j < model_.d_sae; ++j) {
      theta[j] = is_log ? std::exp(model_.threshold.master[j]) : model_.threshold.master[j];
    }
  }

  // The slope depends on L0 alone, which a token's kernel learns only when the token is decoded.
  std::function<float(float)> ComputeSlope(const StepRates& rates) const {
    const L0Slope slope = SlopeOfL0(HasTarget(),
                                    settings_.objective.target_l0,
                                    rates.coefficient,
                                    static_cast<std::int64_t>(batch_.tokens));
    return [slope](float l0) { return slope.At(l0); };
  }

  bool HasTarget() const { return settings_.objective.sparsity == SparsityRule::kTargetL0; }

  std::size_t StepDense(const CpuStep& step, const StepRates& rates, at::Tensor& fired) {
    return DenseStep(kernels_,
                     parallel_,
                     native_,
                     step,
                     ComputeSlope(rates),
                     model_,
                     batch_,
                     workspace_.dense,
                     Data(fired));
  }

  EncoderProduct Product() const {
    // The batch is brought into operand form once, before the first of many products reads it.
    ProductRoom& room = workspace_.sparse.room;
    const at::Tensor inputs = TensorOver(batch_.inputs, batch_.tokens, model_.d_in);
    const at::Tensor operand = AsOperand(inputs, native_, room.right).t();  // of all products
    return [this, operand, &room](std::size_t first, std::size_t count, float* products) {
      const Rows<T> rows{model_.w_enc.operand[first], model_.w_enc.operand.stride};
      MultiplyInto(TensorOver(rows, count, model_.d_in),
                   operand,
                   native_,
                   room,
                   TensorOver(Rows<float>{products, batch_.tokens}, count, batch_.tokens));
    };
  }

  std::size_t StepSparse(const CpuStep& step, const StepRates& rates, at::Tensor& fired) {
    return SparseStep<T>(kernels_,
                         parallel_,
                         step,
                         ComputeSlope(rates),
                         Product(),
                         model_,
                         batch_,
                         workspace_.sparse,
                         Data(fired));
  }

  // As BatchSums::totals.
  at::Tensor Totals() const {
    const bool penalised = FindTraits(Kind().kind()).penalty;
    double squares = 0, penalty = 0, active = 0;
    // The chunks are added in their order, whichever threads made them.
    for (std::size_t i = 0; i < batch_.chunks(); ++i) squares += batch_.squares[i];
    for (std::size_t t = 0; t < batch_.tokens; ++t) {
      active += batch_.l0[t];
      if (!penalised) continue;
      penalty += UnitL0Penalty(batch_.l0[t], HasTarget(), settings_.objective.target_l0);
    }
    return at::tensor({squares, penalty, active}, at::kDouble);
  }

  StepSettings settings_;
  CpuKernels<T> kernels_;
  bool native_;
  Parallel parallel_;
  CpuWorkspace<T>& workspace_;
  SaeState& state_;
  std::vector<OperandCopy<T>> copies_;
  CpuModel<T> model_;
  CpuBatch<T> batch_;
  at::Tensor x_;
};

// Operands of fp32 and bf16 use different kernels, and so different types of workspace.
std::unique_ptr<Stepper> MakeCpuStepper(const CpuInstructions& instructions,
                                        const StepSettings& settings,
                                        StepWorkspace& workspace,
                                        SaeState& state) {
  if (settings.objective.precision == Precision::kBf16) {
    return std::make_unique<CpuStepper<Bf16>>(
        instructions, settings, workspace.Of<CpuWorkspace<Bf16>>(), state);
  }
  return std::make_unique<CpuStepper<float>>(
      instructions, settings, workspace.Of<CpuWorkspace<float>>(), state);
}

}  // namespace

std::vector<Acceleration> CpuAccelerations() {
  std::vector<Acceleration> all;
  // The paths differ in their kernels alone; which of them a CPU can take is asked when it is
  // wanted.
  for (const CpuInstructions& instructions : AllCpuInstructions()) {
    Acceleration acceleration;
    acceleration.name = instructions.name;
    acceleration.device = at::kCPU;
    acceleration.architectures = {JumpRelu().name(), BatchTopK().name()};
    acceleration.precisions = {Precision::kFp32, Precision::kBf16};
    acceleration.is_here = instructions.are_here;
    acceleration.make = [&instructions](
                            const StepSettings& settings, StepWorkspace& room, SaeState& state) {
      return MakeCpuStepper(instructions, settings, room, state);
    };
    all.push_back(acceleration);
  }
  return all;
}

}  // namespace saelaw

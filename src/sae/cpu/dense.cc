// Latents go through in blocks that fit the caches. The way forward sums all blocks into one
// reconstruction; only then are errors known, so the way back visits the blocks a second time. Sums
// over latents are kept by task and added in order, which makes the result free of threads.
#include "sae/cpu/dense.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <ATen/ATen.h>

#include "sae/cpu/tensors.h"
#include "sae/cpu/update.h"

namespace saelaw {
namespace {

// Numbers of a block's [latents, tokens]: three such blocks stay near the cores.
constexpr std::size_t kBlockNumbers = std::size_t{1} << 20;
// Latents of one task.
constexpr std::size_t kTaskLatents = 32;
// Latents are kept for the way back where they are at most this part of the weights, their second
// moments and copies (where the batch is small beside d_in), or one block has them all.
constexpr std::size_t kKeptPart = 16;

template <typename T>
bool LatentsAreSmall(const CpuModel<T>& model, std::size_t tokens) {
  const std::size_t model_bytes = 2 * model.d_in * model.d_sae * (2 * sizeof(float) + sizeof(T));
  return model.d_sae * tokens <= kBlockNumbers ||
         model.d_sae * tokens * sizeof(T) <= model_bytes / kKeptPart;
}

// Room for the encoder's sums of one task's latents, which stay in the thread's own cache.
float* SumsOfThisThread(std::size_t count) {
  static thread_local Buffer<float> sums{Pages::kSmall};
  return sums.Reserve(count);
}

template <typename T>
class Dense {
 public:
  Dense(const CpuKernels<T>& kernels,
        const Parallel& parallel,
        bool native,
        const CpuStep& step,
        const CpuModel<T>& model,
        CpuBatch<T>& batch,
        bool keep,
        DenseWorkspace<T>& workspace)
      : kernels_(*kernels.rows),
        encode_(kernels.encode),
        parallel_(parallel),
        native_(native),
        step_(step),
        model_(model),
        batch_(batch),
        block_latents_(std::max(kTaskLatents, kBlockNumbers / batch.tokens)),
        block_tasks_((block_latents_ + kTaskLatents - 1) / kTaskLatents),
        keep_(keep),
        inputs_(TensorOver(batch.inputs, batch.tokens, model.d_in)),
        errors_(TensorOver(batch.errors, batch.tokens, model.d_in)),
        latents_{workspace.latents.Reserve(KeptLatents() * batch.tokens), batch.tokens},
        window_{workspace.window.Reserve(KeptLatents() * BitBytes(batch.tokens)),
                BitBytes(batch.tokens)},
        products_{
            workspace.products.Reserve(encode_ == nullptr ? block_latents_ * batch.tokens : 0),
            batch.tokens},
        recons_{workspace.recons.Reserve(std::max(batch.tokens * model.d_in, LatentFloats())),
                model.d_in},
        d_latents_{static_cast<T*>(static_cast<void*>(recons_.data)), batch.tokens},
        l0_{workspace.l0.Reserve(block_tasks_ * batch.tokens), batch.tokens},
        partial_encoder_{workspace.partial_encoder.Reserve(Tasks() * model.d_in), model.d_in},
        room_(workspace.room) {}

  // `fired`, where it is not null, receives the active tokens of each latent.
  void Forward(float* fired) {
    std::fill_n(batch_.l0, batch_.tokens, 0.0F);
    const at::Tensor recons = TensorOver(recons_, batch_.tokens, model_.d_in).zero_();
    ForBlocks([&](std::size_t first, std::size_t count) {
      Encode(first, count);
      CountActive(count);
      if (fired != nullptr) CountFired(first, count, fired);
      MultiplyAdd(TensorOver(FindLatents(first), count, batch_.tokens).t(),
                  Operands(model_.w_dec, first, count),
                  native_,
                  room_,
                  recons);
    });
  }

  void Compare(const std::function<float(float)>& slope_of) {
    parallel_(batch_.chunks(), [&](std::size_t chunk) {
      float* bias_gradient = batch_.bias_gradients + chunk * model_.d_in;
      std::fill_n(bias_gradient, model_.d_in, 0.0F);
      double squares = 0;
      const std::size_t end = std::min(batch_.tokens, (chunk + 1) * kChunkTokens);
      for (std::size_t t = chunk * kChunkTokens; t < end; ++t) {
        if (slope_of) batch_.slopes[t] = slope_of(batch_.l0[t]);
        GiveRecons(model_, batch_, t, recons_[t]);
        squares += kernels_.error(recons_[t],
                                  model_.b_dec.master,
                                  batch_.x + t * model_.d_in,
                                  2.0F / static_cast<float>(batch_.tokens),
                                  model_.d_in,
                                  recons_[t],
                                  batch_.errors[t],
                                  bias_gradient);
      }
      batch_.squares[chunk] = squares;
    });
  }

  // Returns how many parts partial_encoder has. A block's gradients are applied before the next
  // block's are made, so that the gradients of the whole model never exist at once.
  std::size_t Backward(float* fired) {
    at::Tensor d_w_enc =
        at::empty({Signed(block_latents_), Signed(model_.d_in)}, inputs_.options());
    at::Tensor d_w_dec = at::empty_like(d_w_enc);
    std::vector<RowGradients> gradients(block_latents_);
    ForBlocks([&](std::size_t first, std::size_t count) {
      // Latents that were not kept are computed again: that costs one product and saves memory.
      if (!keep_) Encode(first, count);
      const at::Tensor d_latents = TensorOver(d_latents_, count, batch_.tokens);
      MultiplyInto(Operands(model_.w_dec, first, count), errors_.t(), native_, room_, d_latents);
      Differentiate(first, count, gradients);
      const auto rows = [&](at::Tensor& all) { return all.narrow(0, 0, Signed(count)); };
      MultiplyInto(d_latents, inputs_, native_, room_, rows(d_w_enc));
      MultiplyInto(TensorOver(FindLatents(first), count, batch_.tokens),
                   errors_,
                   native_,
                   room_,
                   rows(d_w_dec));
      Update(first,
             gradients,
             static_cast<const T*>(d_w_enc.const_data_ptr()),
             static_cast<const T*>(d_w_dec.const_data_ptr()),
             count,
             fired);
    });
    return step_.pre_encoder_bias ? Tasks() : 0;
  }

 private:
  static std::int64_t Signed(std::size_t count) { return static_cast<std::int64_t>(count); }
  template <typename U>
  static Rows<U> From(const Rows<U>& rows, std::size_t first) {
    return {rows[first], rows.stride};
  }
  std::size_t KeptLatents() const { return keep_ ? model_.d_sae : block_latents_; }

  // What a block's d_latents take.
  std::size_t LatentFloats() const {
    return (block_latents_ * batch_.tokens * sizeof(T) + sizeof(float) - 1) / sizeof(float);
  }

  std::size_t Tasks() const {
    const std::size_t blocks = (model_.d_sae + block_latents_ - 1) / block_latents_;
    return blocks * block_tasks_;
  }

  at::Tensor Operands(const CpuWeight<T>& weight, std::size_t first, std::size_t count) const {
    return TensorOver(From(weight.operand, first), count, model_.d_in);
  }

  template <typename Visit>
  void ForBlocks(Visit visit) const {
    for (std::size_t first = 0; first < model_.d_sae; first += block_latents_) {
      visit(first, std::min(block_latents_, model_.d_sae - first));
    }
  }

  // Calls visit(task, first row of the block, past the last) for the tasks of a block's rows.
  template <typename Visit>
  void ForTasks(std::size_t count, Visit visit) const {
    parallel_((count + kTaskLatents - 1) / kTaskLatents, [&](std::size_t task) {
      visit(task, task * kTaskLatents, std::min(count, (task + 1) * kTaskLatents));
    });
  }

  // Of the block from `first` on.
  Rows<T> FindLatents(std::size_t first) const { return keep_ ? From(latents_, first) : latents_; }
  Rows<std::uint8_t> FindWindow(std::size_t first) const {
    return keep_ ? From(window_, first) : window_;
  }

  // A block's latents, which of them lie in the window, and how many of each task's are active.
  void Encode(std::size_t first, std::size_t count) {
    if (encode_ == nullptr) {
      MultiplyInto(Operands(model_.w_enc, first, count),
                   inputs_.t(),
                   native_,
                   room_,
                   TensorOver(products_, count, batch_.tokens));
    }
    ForTasks(count, [&](std::size_t task, std::size_t begin, std::size_t end) {
      const Rows<float> products = ComputeProducts(first, begin, end);
      std::fill_n(l0_[task], batch_.tokens, 0.0F);
      for (std::size_t row = begin; row < end; ++row) {
        kernels_.activate(products[row - begin],
                          model_.b_enc.master[first + row],
                          model_.theta[first + row],
                          step_.bandwidth / 2,
                          batch_.tokens,
                          FindLatents(first)[row],
                          FindWindow(first)[row],
                          l0_[task]);
      }
    });
  }

  // Of rows [begin, end) of the block: LibTorch's, or multiplied now.
  Rows<float> ComputeProducts(std::size_t first, std::size_t begin, std::size_t end) const {
    if (encode_ == nullptr) return From(products_, begin);
    const std::size_t stride = PaddedTo(batch_.tokens, kScreenTokens);
    const EncoderSums sums{SumsOfThisThread((end - begin) * stride), stride};
    const Rows<T>& weights = model_.w_enc.operand;
    ScreenRows rows;
    rows.weights = reinterpret_cast<const Bf16*>(weights[first + begin]);
    rows.stride = weights.stride;
    rows.latents = end - begin;
    encode_({batch_.panels, batch_.tokens, PaddedTo(model_.d_in, kScreenWidth)}, rows, sums);
    return {sums.data, sums.stride};
  }

  // Counts are whole numbers, so that their order does not matter.
  void CountActive(std::size_t count) {
    for (std::size_t task = 0; task * kTaskLatents < count; ++task) {
      for (std::size_t t = 0; t < batch_.tokens; ++t) batch_.l0[t] += l0_[task][t];
    }
  }

  // Latents are positive where they are active, or NaN.
  void CountFired(std::size_t first, std::size_t count, float* fired) {
    ForTasks(count, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const T* latents = FindLatents(first)[row];
        fired[first + row] = static_cast<float>(
            std::count_if(latents, latents + batch_.tokens, [](T latent) { return latent != 0; }));
      }
    });
  }

  void Differentiate(std::size_t first, std::size_t count, std::vector<RowGradients>& gradients) {
    ForTasks(count, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        gradients[row] = kernels_.backward(FindLatents(first)[row],
                                           FindWindow(first)[row],
                                           model_.theta[first + row],
                                           step_.window_share,
                                           batch_.slopes,
                                           batch_.tokens,
                                           d_latents_[row]);
      }
    });
  }

  void Update(std::size_t first,
              const std::vector<RowGradients>& gradients,
              const T* d_w_enc,
              const T* d_w_dec,
              std::size_t count,
              float* fired) {
    ForTasks(count, [&](std::size_t task, std::size_t begin, std::size_t end) {
      float* partial = nullptr;
      if (step_.pre_encoder_bias) {
        partial = partial_encoder_[first / block_latents_ * block_tasks_ + task];
        std::fill_n(partial, model_.d_in, 0.0F);
      }
      std::vector<float> gradient(model_.d_in);
      for (std::size_t row = begin; row < end; ++row) {
        fired[first + row] = gradients[row].fired;
        UpdateLatent(first + row,
                     gradients[row],
                     d_w_enc + row * model_.d_in,
                     d_w_dec + row * model_.d_in,
                     gradient.data(),
                     partial);
      }
    });
    // The last block may have fewer tasks; their places are summed too and so must hold zeros.
    if (!step_.pre_encoder_bias) return;
    for (std::size_t task = (count + kTaskLatents - 1) / kTaskLatents; task < block_tasks_;
         ++task) {
      std::fill_n(
          partial_encoder_[first / block_latents_ * block_tasks_ + task], model_.d_in, 0.0F);
    }
  }

  void UpdateLatent(std::size_t latent,
                    const RowGradients& gradients,
                    const T* d_w_enc,
                    const T* d_w_dec,
                    float* gradient,
                    float* partial_encoder) {
    const AdamRow adam = AdamFor(step_, model_.row_updates[latent]);
    model_.row_updates[latent] = static_cast<std::int32_t>(step_.updates);
    const float one = 1;
    const CpuWeight<T>& enc = model_.w_enc;
    const CpuWeight<T>& dec = model_.w_dec;
    if (partial_encoder != nullptr) {
      kernels_.add(enc.master[latent], gradients.bias, model_.d_in, partial_encoder);
    }
    kernels_.accumulate(&d_w_enc, &one, 1, model_.d_in, gradient);
    kernels_.update_encoder(
        adam, gradient, model_.d_in, enc.master[latent], enc.second[latent], enc.copy_of(latent));
    kernels_.accumulate(&d_w_dec, &one, 1, model_.d_in, gradient);
    kernels_.update_decoder(
        adam, gradient, model_.d_in, dec.master[latent], dec.second[latent], dec.copy_of(latent));
    UpdateScalars(step_, adam, gradients, model_, latent);
  }

  const RowKernels<T>& kernels_;
  EncoderKernel encode_;  // null where LibTorch multiplies
  const Parallel& parallel_;
  bool native_;
  const CpuStep& step_;
  const CpuModel<T>& model_;
  CpuBatch<T>& batch_;
  std::size_t block_latents_, block_tasks_;
  bool keep_;  // the latents of all blocks, not of one alone
  at::Tensor inputs_, errors_;
  Rows<T> latents_;
  Rows<std::uint8_t> window_;
  Rows<float> products_;
  Rows<float> recons_;  // of the forward pass
  Rows<T> d_latents_;   // of the backward pass, in the same memory
  Rows<float> l0_, partial_encoder_;
  ProductRoom& room_;
};

}  // namespace

template <typename T>
std::size_t DenseStep(const CpuKernels<T>& kernels,
                      const Parallel& parallel,
                      bool native,
                      const CpuStep& step,
                      const std::function<float(float l0)>& slope_of,
                      const CpuModel<T>& model,
                      CpuBatch<T>& batch,
                      DenseWorkspace<T>& workspace,
                      float* fired) {
  const bool keep = LatentsAreSmall(model, batch.tokens);
  Dense<T> dense(kernels, parallel, native, step, model, batch, keep, workspace);
  dense.Forward(nullptr);
  dense.Compare(slope_of);
  return dense.Backward(fired);
}

template <typename T>
void DenseMeasure(const CpuKernels<T>& kernels,
                  const Parallel& parallel,
                  bool native,
                  const CpuModel<T>& model,
                  CpuBatch<T>& batch,
                  DenseWorkspace<T>& workspace,
                  float* fired) {
  const CpuStep none;
  Dense<T> dense(kernels, parallel, native, none, model, batch, /*keep=*/false, workspace);
  dense.Forward(fired);
  dense.Compare({});
}

template void DenseMeasure<float>(const CpuKernels<float>&,
                                  const Parallel&,
                                  bool,
                                  const CpuModel<float>&,
                                  CpuBatch<float>&,
                                  DenseWorkspace<float>&,
                                  float*);
template void DenseMeasure<Bf16>(const CpuKernels<Bf16>&,
                                 const Parallel&,
                                 bool,
                                 const CpuModel<Bf16>&,
                                 CpuBatch<Bf16>&,
                                 DenseWorkspace<Bf16>&,
                                 float*);
template std::size_t DenseStep<float>(const CpuKernels<float>&,
                                      const Parallel&,
                                      bool,
                                      const CpuStep&,
                                      const std::function<float(float)>&,
                                      const CpuModel<float>&,
                                      CpuBatch<float>&,
                                      DenseWorkspace<float>&,
                                      float*);
template std::size_t DenseStep<Bf16>(const CpuKernels<Bf16>&,
                                     const Parallel&,
                                     bool,
                                     const CpuStep&,
                                     const std::function<float(float)>&,
                                     const CpuModel<Bf16>&,
                                     CpuBatch<Bf16>&,
                                     DenseWorkspace<Bf16>&,
                                     float*);

}  // namespace saelaw

// Three visits: by block of latents to find the entries, by token to decode and differentiate them,
// and by latent to update. Lists belong to threads; sums belong to chunks and blocks.
#include "sae/cpu/sparse.h"

#include <algorithm>

#include "sae/cpu/entry_lister.h"
#include "sae/cpu/update.h"
#include "sae/model/jump_relu_pair.h"

namespace saelaw {
namespace {

// One thread's lists, kept from step to step.
template <typename T>
struct Scratch {
  std::vector<const T*> rows, other_rows;
  std::vector<float> factors, other_factors, dots, sum;

  void ReserveRows(std::size_t count, std::size_t width) {
    if (rows.size() < count) {
      rows.resize(count);
      other_rows.resize(count);
      factors.resize(count);
      other_factors.resize(count);
      dots.resize(count);
    }
    if (sum.size() < width) sum.resize(width);
  }
};
template <typename T>
Scratch<T>& OfThisThread() {
  static thread_local Scratch<T> scratch;
  return scratch;
}

template <typename T>
class Sparse {
 public:
  Sparse(const CpuKernels<T>& kernels,
         const Parallel& parallel,
         const CpuStep& step,
         const CpuModel<T>& model,
         CpuBatch<T>& batch,
         SparseWorkspace& workspace)
      : kernels_(kernels),
        parallel_(parallel),
        step_(step),
        model_(model),
        batch_(batch),
        workspace_(workspace),
        entries_(workspace.entries),
        window_{step.bandwidth / 2, step.window_share} {}

  void Select(const EncoderProduct& product) {
    const EntryLister<T> lister(kernels_, parallel_, product, model_, batch_, workspace_);
    if (step_.kept > 0) {
      batch_.least = lister.ListLargest(step_.kept, batch_.least);
    } else {
      // Entries begin at the window's lower end, not at θ: latents just below θ take part in its
      // gradient.
      lister.ListAbove(window_.half);
    }
    entries_.IndexByToken(batch_.tokens, parallel_);
  }

  // Without slopes nothing is prepared for an update.
  void Decode(const std::function<float(float)>& slope_of) {
    parallel_(batch_.chunks(), [&](std::size_t chunk) {
      float* bias_gradient = batch_.bias_gradients + chunk * model_.d_in;
      std::fill_n(bias_gradient, model_.d_in, 0.0F);
      double squares = 0;
      const std::size_t end = std::min(batch_.tokens, (chunk + 1) * kChunkTokens);
      for (std::size_t t = chunk * kChunkTokens; t < end; ++t) {
        squares += DecodeToken(t, slope_of, bias_gradient);
      }
      batch_.squares[chunk] = squares;
    });
  }

  // This counts entries and is right where every entry is active, as without a window.
  void Count(float* fired) const {
    for (const EntryBlock& block : entries_.blocks()) {
      for (std::size_t k = 0; k < block.latents(); ++k) {
        fired[block.first_latent + k] = static_cast<float>(block.begins[k + 1] - block.begins[k]);
      }
    }
  }

  // Returns the parts of partial_encoder.
  std::size_t Update(float* fired) {
    std::vector<EntryBlock>& blocks = entries_.blocks();
    const std::size_t parts = step_.pre_encoder_bias ? blocks.size() : 0;
    float* partial = workspace_.partial_encoder.Reserve(parts * model_.d_in);
    parallel_(blocks.size(), [&](std::size_t i) {
      float* sum = parts == 0 ? nullptr : partial + i * model_.d_in;
      if (sum != nullptr) std::fill_n(sum, model_.d_in, 0.0F);
      const EntryBlock& block = blocks[i];
      for (std::size_t k = 0; k < block.latents(); ++k) {
        fired[block.first_latent + k] = UpdateLatent(block, k, sum);
      }
    });
    return parts;
  }

 private:
  void PrefetchDecoderRows(std::size_t token) const {
    for (const TokenEntry& entry : entries_.OfToken(token)) {
      const T* row = model_.w_dec.operand[entry.latent];
      kernels_.rows->prefetch(&row, 1, model_.d_in);
    }
  }

  void PrefetchTokenRows(const EntryBlock& block, std::size_t index) const {
    const std::uint32_t end = block.begins[index + 1];
    for (std::uint32_t i = block.begins[index]; i < end; ++i) {
      const T* rows[2] = {batch_.inputs[block.tokens[i]], batch_.errors[block.tokens[i]]};
      kernels_.rows->prefetch(rows, 2, model_.d_in);
    }
  }

  // Returns ‖recons - x‖².
  double DecodeToken(std::size_t token,
                     const std::function<float(float)>& slope_of,
                     float* bias_gradient) {
    const std::span<const TokenEntry> entries = entries_.OfToken(token);
    Scratch<T>& scratch = OfThisThread<T>();
    scratch.ReserveRows(entries.size(), model_.d_in);
    // The next token's rows are on their way while this one's are summed.
    if (token + 1 < batch_.tokens) PrefetchDecoderRows(token + 1);
    std::size_t active = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const T* row = model_.w_dec.operand[entries[i].latent];
      scratch.rows[i] = row;
      if (entries[i].pre_act <= model_.theta[entries[i].latent]) continue;
      scratch.other_rows[active] = row;
      scratch.factors[active] = entries[i].pre_act;
      active += 1;
    }
    batch_.l0[token] = static_cast<float>(active);
    float* error = scratch.sum.data();
    kernels_.rows->accumulate(
        scratch.other_rows.data(), scratch.factors.data(), active, model_.d_in, error);
    GiveRecons(model_, batch_, token, error);
    const float squares = kernels_.rows->error(error,
                                               model_.b_dec.master,
                                               batch_.x + token * model_.d_in,
                                               2.0F / static_cast<float>(batch_.tokens),
                                               model_.d_in,
                                               error,
                                               batch_.errors[token],
                                               bias_gradient);
    if (slope_of) {
      batch_.slopes[token] = slope_of(batch_.l0[token]);
      DifferentiateLatents(entries, scratch);
    }
    return squares;
  }

  // scratch.sum holds the token's error, scratch.rows its decoder rows.
  void DifferentiateLatents(std::span<const TokenEntry> entries, Scratch<T>& scratch) {
    kernels_.rows->dots(
        scratch.rows.data(), entries.size(), model_.d_in, scratch.sum.data(), scratch.dots.data());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      entries_.d_latents()[entries[i].number] = scratch.dots[i];
    }
  }

  // Returns on how many tokens the latent was active.
  float UpdateLatent(const EntryBlock& block, std::size_t index, float* partial_encoder) {
    const std::uint32_t begin = block.begins[index];
    const std::uint32_t end = block.begins[index + 1];
    if (begin == end) return 0;  // its gradients are 0: only second moments decay, later
    const std::size_t latent = block.first_latent + index;
    Scratch<T>& scratch = OfThisThread<T>();
    scratch.ReserveRows(end - begin, model_.d_in);
    if (index + 1 < block.latents()) PrefetchTokenRows(block, index + 1);
    const Listed listed = ListRows(block, begin, end, latent, scratch);
    const AdamRow adam = AdamFor(step_, model_.row_updates[latent]);
    model_.row_updates[latent] = static_cast<std::int32_t>(step_.updates);
    UpdateEncoder(latent, adam, listed, scratch, partial_encoder);
    UpdateDecoder(latent, adam, listed, scratch);
    UpdateScalars(step_, adam, listed.gradients, model_, latent);
    return listed.gradients.fired;
  }

  // A latent's sums over its entries, and of how many rows its two weight gradients are sums.
  struct Listed {
    RowGradients gradients;
    std::size_t encoder = 0, decoder = 0;
  };

  // Lists these rows and their factors. W_dec learns from active entries alone, W_enc from those
  // inside the window too where the estimators reach pre-activations.
  Listed ListRows(const EntryBlock& block,
                  std::uint32_t begin,
                  std::uint32_t end,
                  std::size_t latent,
                  Scratch<T>& scratch) {
    const float theta = model_.theta[latent];
    const float* d_latents = entries_.d_latents().data() + block.base;
    Listed listed;
    for (std::uint32_t i = begin; i < end; ++i) {
      const std::uint32_t token = block.tokens[i];
      const float pre = block.pre_acts[i];
      const float d_pre =
          AddPair(pre, theta, window_, d_latents[i], batch_.slopes[token], listed.gradients);
      const bool silent = pre <= theta;
      if (silent && window_.share == 0) continue;
      scratch.rows[listed.encoder] = batch_.inputs[token];
      scratch.factors[listed.encoder] = d_pre;
      listed.encoder += 1;
      if (silent) continue;
      scratch.other_rows[listed.decoder] = batch_.errors[token];
      scratch.other_factors[listed.decoder] = pre;
      listed.decoder += 1;
    }
    return listed;
  }

  void UpdateEncoder(std::size_t latent,
                     const AdamRow& adam,
                     const Listed& listed,
                     Scratch<T>& scratch,
                     float* partial_encoder) {
    const CpuWeight<T>& w = model_.w_enc;
    if (partial_encoder != nullptr) {
      kernels_.rows->add(w.master[latent], listed.gradients.bias, model_.d_in, partial_encoder);
    }
    kernels_.rows->accumulate(scratch.rows.data(),
                              scratch.factors.data(),
                              listed.encoder,
                              model_.d_in,
                              scratch.sum.data());
    kernels_.rows->update_encoder(adam,
                                  scratch.sum.data(),
                                  model_.d_in,
                                  w.master[latent],
                                  w.second[latent],
                                  w.copy_of(latent));
  }

  void UpdateDecoder(std::size_t latent,
                     const AdamRow& adam,
                     const Listed& listed,
                     Scratch<T>& scratch) {
    const CpuWeight<T>& w = model_.w_dec;
    kernels_.rows->accumulate(scratch.other_rows.data(),
                              scratch.other_factors.data(),
                              listed.decoder,
                              model_.d_in,
                              scratch.sum.data());
    kernels_.rows->update_decoder(adam,
                                  scratch.sum.data(),
                                  model_.d_in,
                                  w.master[latent],
                                  w.second[latent],
                                  w.copy_of(latent));
  }

  const CpuKernels<T>& kernels_;
  const Parallel& parallel_;
  const CpuStep& step_;
  const CpuModel<T>& model_;
  CpuBatch<T>& batch_;
  SparseWorkspace& workspace_;
  Entries& entries_;
  JumpWindow window_;
};

}  // namespace

template <typename T>
std::size_t SparseStep(const CpuKernels<T>& kernels,
                       const Parallel& parallel,
                       const CpuStep& step,
                       const std::function<float(float l0)>& slope_of,
                       const EncoderProduct& product,
                       const CpuModel<T>& model,
                       CpuBatch<T>& batch,
                       SparseWorkspace& workspace,
                       float* fired) {
  Sparse<T> sparse(kernels, parallel, step, model, batch, workspace);
  sparse.Select(product);
  sparse.Decode(slope_of);
  return sparse.Update(fired);
}

template <typename T>
void SparseMeasure(const CpuKernels<T>& kernels,
                   const Parallel& parallel,
                   const EncoderProduct& product,
                   const CpuModel<T>& model,
                   CpuBatch<T>& batch,
                   SparseWorkspace& workspace,
                   float* fired) {
  const CpuStep no_window;
  Sparse<T> sparse(kernels, parallel, no_window, model, batch, workspace);
  sparse.Select(product);
  sparse.Decode({});
  sparse.Count(fired);
}

template void SparseMeasure<float>(const CpuKernels<float>&,
                                   const Parallel&,
                                   const EncoderProduct&,
                                   const CpuModel<float>&,
                                   CpuBatch<float>&,
                                   SparseWorkspace&,
                                   float*);
template void SparseMeasure<Bf16>(const CpuKernels<Bf16>&,
                                  const Parallel&,
                                  const EncoderProduct&,
                                  const CpuModel<Bf16>&,
                                  CpuBatch<Bf16>&,
                                  SparseWorkspace&,
                                  float*);
template std::size_t SparseStep<float>(const CpuKernels<float>&,
                                       const Parallel&,
                                       const CpuStep&,
                                       const std::function<float(float)>&,
                                       const EncoderProduct&,
                                       const CpuModel<float>&,
                                       CpuBatch<float>&,
                                       SparseWorkspace&,
                                       float*);
template std::size_t SparseStep<Bf16>(const CpuKernels<Bf16>&,
                                      const Parallel&,
                                      const CpuStep&,
                                      const std::function<float(float)>&,
                                      const EncoderProduct&,
                                      const CpuModel<Bf16>&,
                                      CpuBatch<Bf16>&,
                                      SparseWorkspace&,
                                      float*);

}  // namespace saelaw

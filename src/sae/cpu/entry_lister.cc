// The largest of a batch are found among candidates above a floor, which is a guess: too low a
// floor only lists more than is needed, and one that is too high is lowered and the batch gone
// through again. What is kept is decided by values and places alone, so no guess shows in a result.
#include "sae/cpu/entry_lister.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sae/cpu/keep_largest.h"

namespace saelaw {
namespace {

// Batches of one run differ by a few parts in a hundred in where their largest end.
constexpr float kBelowNear = 0.95F;
constexpr float kLower = 0.7F;
constexpr int kMostGuesses = 6;  // then the floor is 0
// Without a batch before it, so many tokens tell about where the largest end, with some to spare.
constexpr std::size_t kSampleTokens = kScreenTokens;
constexpr std::size_t kSpare = 16;

// One thread's lists, kept from step to step, with room for all tokens at each latent, of which
// few come.
struct Room {
  std::vector<std::uint32_t> counts;
  Buffer<std::uint32_t> tokens{Pages::kSmall};
  Buffer<float> pre_acts{Pages::kSmall};

  ScreenLists Lists(std::size_t latents, std::size_t batch_tokens) {
    const std::size_t capacity = PaddedTo(batch_tokens, kScreenTokens) + 16;
    if (counts.size() < latents) counts.resize(latents);
    return {counts.data(),
            tokens.Reserve(latents * capacity),
            pre_acts.Reserve(latents * capacity),
            capacity};
  }
};
Room& RoomOfThisThread() {
  static thread_local Room room;
  return room;
}

// Moves a block's lists, each at its own place, into one row after the other.
void Gather(const ScreenLists& lists, EntryBlock& block) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < block.latents(); ++i) {
    block.begins[i] = size;
    size += lists.counts[i];
  }
  block.begins[block.latents()] = size;
  block.tokens.resize(size);
  block.pre_acts.resize(size);
  for (std::size_t i = 0; i < block.latents(); ++i) {
    const std::size_t count = lists.counts[i];
    std::memcpy(block.tokens.data() + block.begins[i],
                lists.tokens + i * lists.capacity,
                count * sizeof(std::uint32_t));
    std::memcpy(block.pre_acts.data() + block.begins[i],
                lists.pre_acts + i * lists.capacity,
                count * sizeof(float));
  }
}

}  // namespace

template <typename T>
EntryLister<T>::EntryLister(const CpuKernels<T>& kernels,
                            const Parallel& parallel,
                            const EncoderProduct& product,
                            const CpuModel<T>& model,
                            const CpuBatch<T>& batch,
                            SparseWorkspace& workspace)
    : kernels_(kernels),
      parallel_(parallel),
      product_(product),
      model_(model),
      batch_(batch),
      workspace_(workspace) {
  const std::size_t stride = model.w_enc.operand.stride;
  workspace.entries.Resize(model.d_sae, BlockLatents(kernels, stride, batch.tokens, model.d_sae));
  workspace.floors.Reserve(model.d_sae);
}

template <typename T>
void EntryLister<T>::ListAbove(float below) const {
  float* floors = workspace_.floors.data();
  for (std::size_t j = 0; j < model_.d_sae; ++j) floors[j] = model_.theta[j] - below;
  List(batch_.tokens);
}

template <typename T>
float EntryLister<T>::ListLargest(std::size_t count, float near) const {
  float floor = near > 0 && std::isfinite(near) ? kBelowNear * near : Guess(count);
  for (int guess = 0;; ++guess) {
    if (guess == kMostGuesses) floor = 0;
    ListAboveOne(floor, batch_.tokens);
    if (!(floor > 0) || CountEntries(workspace_.entries) >= count) break;
    floor *= kLower;
  }
  return KeepLargest(count, parallel_, workspace_.entries, workspace_.values);
}

// The value below which one and a half times as many lie as are wanted, by the first tokens.
template <typename T>
float EntryLister<T>::Guess(std::size_t count) const {
  const std::size_t tokens = std::min(batch_.tokens, kSampleTokens);
  ListAboveOne(0, tokens);
  const std::size_t wanted = 3 * count * tokens / (2 * batch_.tokens) + kSpare;
  return std::max(0.0F, LargestValue(wanted, workspace_.entries, workspace_.values));
}

template <typename T>
void EntryLister<T>::ListAboveOne(float floor, std::size_t tokens) const {
  std::fill_n(workspace_.floors.data(), model_.d_sae, floor);
  List(tokens);
}

template <typename T>
void EntryLister<T>::List(std::size_t tokens) const {
  std::vector<EntryBlock>& blocks = workspace_.entries.blocks();
  if (kernels_.screen != nullptr) {
    parallel_(blocks.size(), [&](std::size_t i) { Screen(blocks[i], tokens); });
  } else {
    for (EntryBlock& block : blocks) Filter(block, tokens);
  }
}

template <typename T>
void EntryLister<T>::Screen(EntryBlock& block, std::size_t tokens) const {
  const std::size_t first = block.first_latent;
  const ScreenLists lists = RoomOfThisThread().Lists(block.latents(), batch_.tokens);
  const Rows<T>& weights = model_.w_enc.operand;
  kernels_.screen({batch_.panels, tokens, PaddedTo(model_.d_in, kScreenWidth)},
                  {reinterpret_cast<const Bf16*>(weights[first]),
                   weights.stride,
                   model_.b_enc.master + first,
                   workspace_.floors.data() + first,
                   block.latents()},
                  lists);
  Gather(lists, block);
}

template <typename T>
void EntryLister<T>::Filter(EntryBlock& block, std::size_t tokens) const {
  const std::size_t first = block.first_latent;
  float* products = workspace_.products.Reserve(block.latents() * batch_.tokens);
  product_(first, block.latents(), products);
  const ScreenLists lists = RoomOfThisThread().Lists(block.latents(), batch_.tokens);
  parallel_(block.latents(), [&](std::size_t i) {
    lists.counts[i] =
        static_cast<std::uint32_t>(kernels_.rows->select(products + i * batch_.tokens,
                                                         model_.b_enc.master[first + i],
                                                         workspace_.floors.data()[first + i],
                                                         tokens,
                                                         lists.tokens + i * lists.capacity,
                                                         lists.pre_acts + i * lists.capacity));
  });
  Gather(lists, block);
}

template class EntryLister<float>;
template class EntryLister<Bf16>;

}  // namespace saelaw

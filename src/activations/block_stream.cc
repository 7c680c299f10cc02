// A batch is put together from as many blocks as it takes; the position in the stream is all the
// state there is, so that a stream that was opened in the middle gives the same batches.
#include "activations/block_stream.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {
namespace {

class BlockStream : public ActivationStream {
 public:
  BlockStream(std::unique_ptr<BlockReader> reader,
              BlockLayout layout,
              std::int64_t batch_tokens,
              std::int64_t position)
      : reader_(std::move(reader)),
        layout_(std::move(layout)),
        batch_tokens_(batch_tokens),
        position_(position) {}

  at::Tensor Next() override {
    CheckThatThereIsMore();
    std::vector<at::Tensor> parts;
    std::int64_t missing = batch_tokens_;
    while (missing > 0) {
      at::Tensor part = Take(missing);
      missing -= part.size(0);
      // The rest of a block is copied, so that the block can go before the next is read.
      parts.push_back(missing > 0 ? part.clone() : part);
    }
    return (parts.size() == 1 ? parts.front() : at::cat(parts)).to(layout_.device, at::kFloat);
  }

 private:
  void CheckThatThereIsMore() const {
    if (layout_.training_tokens < 0) return;
    // This is checked before anything is read: a part of a batch is no batch.
    if (position_ + batch_tokens_ <= layout_.training_tokens) return;
    throw ConfigurationError(fmt::format(
        "{} has {} training tokens, too few for {} (batch {} of {}): data is never repeated; give "
        "more text or train on fewer tokens",
        layout_.name,
        layout_.training_tokens,
        position_ + batch_tokens_,
        position_ / batch_tokens_,
        batch_tokens_));
  }

  std::int64_t BlockAt(std::int64_t position) const {
    if (layout_.block_tokens > 0) return position / layout_.block_tokens;
    const auto& begins = layout_.begins;
    // The position lies in the last block that begins at or before it.
    return std::upper_bound(begins.begin(), begins.end(), position) - begins.begin() - 1;
  }
  std::int64_t BlockBegin(std::int64_t index) const {
    if (layout_.block_tokens > 0) return index * layout_.block_tokens;
    return layout_.begins[static_cast<std::size_t>(index)];
  }

  // At most `wanted` vectors, up to the end of the current block.
  at::Tensor Take(std::int64_t wanted) {
    const std::int64_t index = BlockAt(position_);
    if (index != index_) {
      block_.reset();  // two blocks at once would double the memory
      block_ = reader_->Read(index);
      index_ = index;
    }
    const std::int64_t begin = position_ - BlockBegin(index);
    const std::int64_t count = std::min(wanted, block_.size(0) - begin);
    position_ += count;
    return block_.narrow(0, begin, count);
  }

  std::unique_ptr<BlockReader> reader_;
  BlockLayout layout_;
  std::int64_t batch_tokens_;
  std::int64_t position_;  // of the next vector in the stream
  std::int64_t index_ = -1;
  at::Tensor block_;
};

}  // namespace

std::unique_ptr<ActivationStream> OpenBlockStream(std::unique_ptr<BlockReader> reader,
                                                  BlockLayout layout,
                                                  std::int64_t batch_tokens,
                                                  std::int64_t first_batch) {
  if (batch_tokens < 1) {
    throw ConfigurationError(
        fmt::format("batch_tokens is {}: it must be at least 1", batch_tokens));
  }
  if (first_batch < 0) {
    throw ConfigurationError(
        fmt::format("first batch is {}: it must not be negative", first_batch));
  }
  return std::make_unique<BlockStream>(
      std::move(reader), std::move(layout), batch_tokens, first_batch * batch_tokens);
}

}  // namespace saelaw

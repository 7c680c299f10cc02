#include "activations/outliers.h"

#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {
namespace {

// One flag for each vector, on the host; undefined where none is an outlier.
at::Tensor MakeFlags(const at::Tensor& vectors, double largest_norm) {
  const at::Tensor flags = SquaredNorms(vectors).gt(largest_norm * largest_norm);
  return flags.any().item<bool>() ? flags.cpu() : at::Tensor();
}

// For each place, which vector stands in it.
std::vector<std::int64_t> Stand(const at::Tensor& flags) {
  const bool* outlier = flags.const_data_ptr<bool>();
  std::int64_t last = 0;
  while (last + 1 < flags.numel() && outlier[last]) ++last;
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < flags.numel(); ++i) {
    if (!outlier[i]) last = i;
    places.push_back(last);
  }
  return places;
}

class OrdinaryReader : public BlockReader {
 public:
  OrdinaryReader(std::unique_ptr<BlockReader> reader, double largest_norm)
      : reader_(std::move(reader)), largest_norm_(largest_norm) {}

  at::Tensor Read(std::int64_t index) override {
    at::Tensor block = reader_->Read(index);
    const at::Tensor flags = MakeFlags(block, largest_norm_);
    if (!flags.defined() || flags.all().item<bool>()) return block;
    return block.index_select(0, at::tensor(Stand(flags), at::kLong).to(block.device()));
  }

 private:
  std::unique_ptr<BlockReader> reader_;
  double largest_norm_;
};

}  // namespace

at::Tensor SquaredNorms(const at::Tensor& vectors) {
  constexpr std::int64_t kRows = 1024;  // at once: in fp32 they may take twice their memory
  std::vector<at::Tensor> norms;
  for (const at::Tensor& rows : vectors.split(kRows)) {
    norms.push_back(rows.to(at::kFloat).square().sum(1));
  }
  return at::cat(norms);
}

std::optional<std::int64_t> FirstNotFinite(const at::Tensor& vectors) {
  const at::Tensor finite = at::isfinite(vectors).all(1);  // [n]
  if (finite.all().item<bool>()) return std::nullopt;
  return finite.to(at::kByte).argmin().item<std::int64_t>();
}

void CheckHeldOut(const at::Tensor& vectors) {
  const std::optional<std::int64_t> first = FirstNotFinite(vectors);
  if (!first) return;
  throw IoError(fmt::format(
      "held-out vector {} is not finite (NaN or infinity), of {}: every loss is measured on them; "
      "capture or compute the activations anew",
      *first,
      vectors.size(0)));
}

std::unique_ptr<BlockReader> WithoutOutliers(std::unique_ptr<BlockReader> reader,
                                             double largest_norm) {
  if (largest_norm <= 0) return reader;
  return std::make_unique<OrdinaryReader>(std::move(reader), largest_norm);
}

HeldOutVectors WithoutOutliers(HeldOutVectors held_out, double largest_norm) {
  if (largest_norm <= 0) return held_out;
  const at::Tensor flags = MakeFlags(held_out.x, largest_norm);
  if (!flags.defined() || flags.all().item<bool>()) return held_out;
  const bool* outlier = flags.const_data_ptr<bool>();
  std::vector<std::int64_t> kept;
  std::vector<std::int64_t> begins = {0};
  for (std::size_t d = 0; d + 1 < held_out.begins.size(); ++d) {
    for (std::int64_t i = held_out.begins[d]; i < held_out.begins[d + 1]; ++i) {
      if (!outlier[i]) kept.push_back(i);
    }
    const auto end = static_cast<std::int64_t>(kept.size());
    if (end > begins.back()) begins.push_back(end);
  }
  return {held_out.x.index_select(0, at::tensor(kept, at::kLong).to(held_out.x.device())),
          std::move(begins)};
}

}  // namespace saelaw

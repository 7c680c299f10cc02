// The only place that knows all kinds of sources: each of them is one function in a file of its
// own, and the rest sees the interface.
#include "activations/source.h"

#include <algorithm>

#include <fmt/format.h>

#include "activations/model_source.h"
#include "activations/shards.h"
#include "activations/synthetic.h"
#include "core/errors.h"

namespace saelaw {
namespace {

std::unique_ptr<ActivationSource> Open(const SourceSpec& spec, const SourceOptions& options) {
  switch (spec.kind) {
    case SourceKind::kSynthetic:
      return OpenSynthetic(spec, options);
    case SourceKind::kShards:
      return OpenShards(spec, options);
    case SourceKind::kModel:
      return OpenModel(spec, options);
  }
  throw ConfigurationError("a source of an unknown kind");
}

void CheckCounts(const SourceSpec& spec) {
  if (spec.held_out_tokens < 1) {
    throw ConfigurationError(
        fmt::format("held_out_tokens is {}: it must be at least 1", spec.held_out_tokens));
  }
  if (spec.normalise && spec.normalisation_tokens < 1) {
    throw ConfigurationError(fmt::format("normalisation_tokens is {}: it must be at least 1",
                                         spec.normalisation_tokens));
  }
}

}  // namespace

std::vector<std::int64_t> CutIntoBlocks(std::int64_t tokens, std::int64_t most) {
  const std::int64_t blocks = std::min(most, tokens);
  std::vector<std::int64_t> begins;
  for (std::int64_t i = 0; i <= blocks; ++i) begins.push_back(tokens * i / blocks);
  return begins;
}

std::unique_ptr<ActivationSource> OpenSource(const SourceSpec& spec, const SourceOptions& options) {
  CheckCounts(spec);
  std::unique_ptr<ActivationSource> source = Open(spec, options);
  // The plan's sizes and prices were made for this width.
  if (spec.d_in != 0 && spec.d_in != source->d_in()) {
    throw ConfigurationError(fmt::format(
        "the source's vectors have d_in {}, where {} was planned", source->d_in(), spec.d_in));
  }
  return source;
}

}  // namespace saelaw

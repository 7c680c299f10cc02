// A synthetic source and its capture, for tests of both sides of shards.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "activations/source.h"

namespace saelaw {

inline constexpr std::int64_t kTokens = 70'000;  // two shards of 65,536; three blocks of 32,768

inline SourceSpec SyntheticSpec() {
  SourceSpec spec;
  spec.synthetic.d_in = 4;
  spec.synthetic.dictionary_size = 8;
  spec.synthetic.active_latents = 2;
  spec.held_out_tokens = 300;
  return spec;
}

inline SourceSpec ShardsSpec(const std::filesystem::path& folder) {
  SourceSpec spec;
  spec.kind = SourceKind::kShards;
  spec.shards = folder.string();
  spec.held_out_tokens = 300;
  return spec;
}

inline std::vector<std::int64_t> CaptureInto(const std::filesystem::path& folder,
                                             std::int64_t tokens = kTokens,
                                             const std::string& dtype = "fp32") {
  std::vector<std::int64_t> written;
  const auto source = OpenSource(SyntheticSpec(), {});
  Capture(SyntheticSpec(), *source, {folder.string(), tokens, dtype}, [&](std::int64_t done) {
    written.push_back(done);
  });
  return written;
}

inline at::Tensor All(ActivationSource& source, std::uint64_t stream_seed) {
  return source.OpenStream(stream_seed, kTokens, 0)->Next();
}

}  // namespace saelaw

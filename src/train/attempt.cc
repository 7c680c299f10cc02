// Writes the weights of a finished run. The tensors are streamed, so that an SAE is never held
// twice, and the metadata repeats what a reader needs who has this file and nothing else: the whole
// run, the scale of the activations and where they came from.
#include "train/attempt.h"

#include <filesystem>
#include <map>
#include <vector>

#include "core/architecture_traits.h"
#include "core/quantities.h"
#include "sae/model/architecture.h"
#include "tensors/shard_manifest.h"
#include "train/tensor_bytes.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// The last part of a path, whether or not a slash ends it.
std::string MakeName(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

// docs/weights.md describes these keys. A path is cut down to its last name, because the file may
// be given away and should not tell how its maker's disk is laid out.
std::map<std::string, std::string> MakeMetadata(const RunSpec& spec, double activation_scale) {
  std::map<std::string, std::string> metadata = {
      {"format", "saelaw-sae-1"},
      {"run", CanonicalJson(spec)},
      {"activation_scale", FormatExact(activation_scale)},
      {"source", std::string(Name(spec.source.kind))},
      {"architecture", std::string(FindTraits(spec.sae.architecture).exported)},
      {"pre_encoder_bias", spec.sae.pre_encoder_bias ? "true" : "false"}};
  // Only where each token keeps so many is the number needed to use the SAE.
  if (spec.sae.architecture == SaeArchitecture::kTopK) metadata["k"] = FormatExact(spec.sae.k);
  if (spec.source.kind == SourceKind::kModel) {
    const ModelSource& model = spec.source.model;
    metadata["model"] = MakeName(model.model);
    metadata["hook"] = model.hook;
    metadata["layer"] = std::to_string(model.layer);
    metadata["context_tokens"] = std::to_string(model.context_tokens);
  } else if (spec.source.kind == SourceKind::kShards) {
    // A run on shards knows only their folder. What they were captured from stands in their
    // manifest.
    const ShardManifest manifest = ReadShardManifest(spec.source.shards);
    metadata["shards"] = MakeName(spec.source.shards);
    metadata["captured_from"] = manifest.identity;
    metadata["hook"] = manifest.hook;
    metadata["layer"] = std::to_string(manifest.layer);
    metadata["context_tokens"] = std::to_string(manifest.context_tokens);
  }
  return metadata;
}

}  // namespace

std::string Attempt::WriteWeights(const RunSpec& spec,
                                  const SaeParameters& parameters,
                                  double activation_scale) const {
  const Architecture& architecture = FindArchitecture(spec.sae);
  std::vector<TensorStream> tensors;
  for (const SaeTensor& tensor : architecture.tensors()) {
    // The architecture decides which tensors leave and under which names: its exported form is the
    // one that other tools read, and need not be the form that it trains in.
    tensors.push_back(
        MakeStream(tensor.exported, architecture.Exported(tensor, spec.sae, parameters)));
  }
  // The name is made from the run's id alone, so that a repeated attempt writes the same name
  // again.
  std::string name = WeightsFile(ComputeId(spec));
  StreamSafetensors(folder() / name, tensors, MakeMetadata(spec, activation_scale));
  return name;
}

}  // namespace saelaw

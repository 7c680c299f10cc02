// The example is made from the table of keys, so that it cannot show a key that is gone or a
// default that has changed. A key is set where an example needs it, else it stands there commented
// out at its default.
#include <map>

#include <fmt/format.h>

#include "core/errors.h"
#include "sweep/keys.h"
#include "sweep/sweep.h"

namespace saelaw {
namespace {

using Settings = std::map<std::string_view, std::string_view>;

// What is set here is what a reader should see first; it often equals the default.
const Settings& Common() {
  static const Settings settings = {
      {"about.question", "What do the laws predict for the big run?"},
      {"about.prediction", "Written down before the sweep is run."},
      {"about.cost", "An evening on this machine."},
      {"study.lr_law.points", "5"},
      {"study.lr_law.factor", "2"},
      {"study.hold_out.seeds", "1"},
  };
  return settings;
}

// The sizes are small enough for a first try on a CPU.
Settings Synthetic() {
  return {{"name", "my-synthetic-sweep"},
          {"activations.source", "synthetic"},
          {"activations.synthetic.d_in", "64"},
          {"activations.synthetic.dictionary_size", "256"},
          {"sae.d_sae", "192"},
          {"training.batch_tokens", "128"},
          {"training.lr", "4e-3"},
          {"study.loss_law.tokens", "[32Ki, 64Ki, 128Ki, 256Ki]"},
          {"study.loss_law.seeds", "2"},
          {"target.tokens", "16Mi"},
          {"execution.workers", "1"}};
}

Settings Model() {
  return {{"name", "my-model-sweep"},
          {"activations.source", "model"},
          {"activations.model", "models/llama-3.2-1b"},
          {"activations.card", "llama-3.2-1b"},
          {"activations.text", "[text/*.txt]"},
          {"activations.hook", "mlp_out"},
          {"sae.d_sae", "4096"},
          {"training.batch_tokens", "4096"},
          {"training.lr", "7e-5"},
          {"study.loss_law.tokens", "[16M, 32M, 64M, 128M]"},
          {"study.loss_law.seeds", "2"},
          {"target.tokens", "2.1B"},
          {"target.d_sae", "16384"},
          {"target.device", "rtx4090"},
          {"execution.device", "cuda"}};
}

// These keys only matter to another kind of source. Shards and the shape by hand are left out of
// both examples, since neither is a way to begin.
bool IsForeign(std::string_view path, bool synthetic) {
  constexpr std::string_view kActivations = "activations.";
  if (path.substr(0, kActivations.size()) != kActivations) return false;
  const std::string_view key = path.substr(kActivations.size());
  if (key.substr(0, 9) == "synthetic") return !synthetic;
  if (key == "shards" || key.substr(0, 5) == "shape") return true;
  for (const std::string_view prefix :
       {"model", "card", "text", "token_", "hook", "layer", "context_tokens", "precision"}) {
    if (key.substr(0, prefix.size()) == prefix) return synthetic;
  }
  return false;
}

// Two spaces for each level, and a level for each dot of the path.
std::string Indent(std::string_view path) {
  std::string indent;
  for (const char c : path) {
    if (c == '.') indent += "  ";
  }
  return indent;
}

std::string Entry(const Key& key, const Settings& settings) {
  const std::string indent = Indent(key.path);
  const std::string_view name = key.path.substr(key.path.rfind('.') + 1);
  // A blank line stands before each top-level key but the first.
  const std::string_view gap = indent.empty() && key.path != "name" ? "\n" : "";
  const std::string comment = fmt::format("{}{}# {}.\n", gap, indent, key.doc);
  if (key.type == KeyType::kSection || key.type == KeyType::kOptionalSection) {
    return fmt::format("{}{}{}:\n", comment, indent, name);
  }
  const auto set = settings.find(key.path);
  if (set != settings.end()) {
    return fmt::format("{}{}{}: {}\n", comment, indent, name, set->second);
  }
  // A key without a default in the table is worked out or has to be given; its description says
  // which.
  const std::string_view value = key.fallback.empty() ? "..." : key.fallback;
  return fmt::format("{}{}# {}: {}\n", comment, indent, name, value);
}

}  // namespace

std::string ExampleSweep(std::string_view kind) {
  const bool synthetic = kind == "synthetic";
  if (!synthetic && kind != "model") {
    throw UsageError(fmt::format("no example of kind '{}'; there are synthetic and model", kind));
  }
  Settings settings = synthetic ? Synthetic() : Model();
  // insert() keeps what is there, so a kind's own setting goes before the common one.
  settings.insert(Common().begin(), Common().end());
  std::string text =
      "# A sweep. Numbers take units: 512K, 64Mi, 2.1B, 5%, 8h. Relative paths begin at this\n"
      "# file's folder and may use ${VAR} and ${VAR:-default}.\n";
  for (const Key& key : AllKeys()) {
    // Lists of blocks, recipes and the derivation of the target would need invented entries, so
    // they are left to docs/sweep.md.
    const bool in_list = key.path.find('[') != key.path.npos || key.type == KeyType::kSections ||
                         key.type == KeyType::kRecipes;
    const bool derived = key.path.substr(0, 18) == "target.tokens_from";
    if ((key.files & kInSweep) == 0 || in_list || derived) continue;
    if (!IsForeign(key.path, synthetic)) text += Entry(key, settings);
  }
  return text;
}

}  // namespace saelaw

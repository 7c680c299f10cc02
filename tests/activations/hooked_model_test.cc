#include "activations/hooked_model.h"

#include <algorithm>
#include <set>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/expect_error.h"
#include "activations/model_folder.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Before any text is read or weight loaded.
TEST(HookedModel, RejectsWhatDoesNotExistAndSaysWhatDoes) {
  const ModelFolder folder;
  const auto message = [](const SourceSpec& spec) {
    return MakeMessage(ExitCode::kConfiguration, [&] { HookedModel(spec, {}); });
  };
  SourceSpec spec = folder.Spec();
  spec.model.hook = "mlp_in";
  EXPECT_THAT(message(spec),
              HasSubstr("no hook 'mlp_in': mlp_out, mlp_act, resid_post, resid_pre or attn_out"));
  spec = folder.Spec();
  spec.model.layer = 3;
  EXPECT_THAT(message(spec), HasSubstr("no layer 3: its layers are 0 to 2"));
  spec = folder.Spec();
  spec.model.context_tokens = 65;
  EXPECT_THAT(message(spec), HasSubstr("allows 2 to 64"));
}

// Replaces one tensor of a checkpoint by one large value.
void Overwrite(const fs::path& path, const std::string& name, float value) {
  const SafetensorsFile file(path);
  std::vector<TensorView> views;
  for (const auto& entry : file.tensors()) views.push_back(entry.second);
  const auto found =
      std::find_if(views.begin(), views.end(), [&](const auto& view) { return view.name == name; });
  ASSERT_NE(found, views.end());
  const std::vector<float> values(static_cast<std::size_t>(found->size()), value);
  found->bytes = std::as_bytes(std::span(values));
  WriteSafetensors(path, views, file.metadata());
}

TEST(HookedModel, NamesTheContextWhoseActivationsAreNotFinite) {
  const ModelFolder folder;
  Overwrite(folder.model() / "model.safetensors", "model.layers.1.mlp.down_proj.weight", 3e38F);
  SourceSpec spec = folder.Spec();
  spec.held_out_tokens = 32;
  const auto source = OpenSource(spec, {});
  EXPECT_THAT(MakeMessage(ExitCode::kIo, [&] { source->HeldOut(); }),
              AllOf(HasSubstr("mlp_out of layer 1 are not finite"), HasSubstr("of document ")));
}

// Contexts of one length or nearly so go together, the longest first: whether memory suffices shows
// at once, and little is computed for padding.
TEST(HookedModel, CutsContextsIntoBatchesOfNearlyOneLength) {
  const ModelFolder folder;
  const HookedModel model(folder.Spec(), {});
  std::vector<Context> contexts;
  for (std::int32_t tokens = 2; tokens <= 33; ++tokens) {
    Context context = model.corpus().training_contexts().front();
    context.tokens = tokens;
    contexts.push_back(context);
  }
  std::set<std::size_t> seen;
  std::int64_t before = 33;
  for (const ForwardBatch& batch : model.CutIntoBatches(contexts)) {
    const std::int64_t length = batch.ids.size(1);
    EXPECT_TRUE(length == 33 || length == 32) << length;  // a whole context, or whole units of 32
    EXPECT_LE(length, before);
    before = length;
    ASSERT_EQ(batch.used_begin.size(), batch.contexts.size() + 1);
    EXPECT_TRUE(std::is_sorted(batch.used.begin(), batch.used.end()));
    for (std::size_t i = 0; i < batch.contexts.size(); ++i) {
      EXPECT_TRUE(seen.insert(batch.contexts[i]).second);
      const Context& context = contexts[batch.contexts[i]];
      EXPECT_LE(context.tokens, length);
      const auto used = static_cast<std::size_t>(batch.used_begin[i + 1] - batch.used_begin[i]);
      EXPECT_EQ(used, model.corpus().UsablePositions(context).size());
      // Nothing behind its own tokens is used.
      if (used > 0) {
        const std::int64_t last = batch.used[static_cast<std::size_t>(batch.used_begin[i + 1]) - 1];
        EXPECT_LT(last - static_cast<std::int64_t>(i) * length, context.tokens);
      }
    }
  }
  EXPECT_EQ(seen.size(), contexts.size());
}

}  // namespace
}  // namespace saelaw

#include "tensors/shard_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

ShardManifest Example() {
  ShardManifest manifest;
  manifest.source_key = "0123456789abcdef";
  manifest.identity = "content";
  manifest.kind = "model";
  manifest.hook = "mlp_out";
  manifest.layer = 14;
  manifest.context_tokens = 256;
  manifest.precision = "bf16";
  manifest.d_in = 576;
  manifest.activation_scale = 0.0298275;
  manifest.normalisation_tokens = 65536;
  manifest.shards = {{"shard-00000.safetensors", 65536, "a1"},
                     {"shard-00001.safetensors", 7, "b2"}};
  manifest.held_out = {"held-out.safetensors", 16384, "c3"};
  return manifest;
}

TEST(ShardManifest, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  WriteShardManifest(folder.path(), Example());
  const ShardManifest read = ReadShardManifest(folder.path());
  EXPECT_EQ(read.training_tokens(), 65543);
  EXPECT_EQ(read.source_key, "0123456789abcdef");
  EXPECT_EQ(read.layer, 14);
  EXPECT_EQ(read.activation_scale, 0.0298275);
  EXPECT_EQ(read.shards[1].hash, "b2");
  EXPECT_EQ(read.held_out.tokens, 16384);
  // Writing again what was read changes nothing: no field is lost.
  const std::string first = ReadFile(folder.path() / kManifestFile);
  WriteShardManifest(folder.path(), read);
  EXPECT_EQ(ReadFile(folder.path() / kManifestFile), first);
}

std::string MakeMessage(const TemporaryFolder& folder) {
  try {
    ReadShardManifest(folder.path());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
    return error.what();
  }
  return "no error";
}

TEST(ShardManifest, RefusesWhatIsDamaged) {
  const TemporaryFolder folder;
  EXPECT_THAT(MakeMessage(folder), HasSubstr("manifest.json"));
  WriteShardManifest(folder.path(), Example());
  const std::string good = ReadFile(folder.path() / kManifestFile);
  folder.Write(kManifestFile, good.substr(0, good.size() / 2));
  EXPECT_THAT(MakeMessage(folder), HasSubstr("damaged"));
  folder.Write(kManifestFile, "{}");
  EXPECT_THAT(MakeMessage(folder), HasSubstr("damaged"));
  folder.Write(kManifestFile, R"({"saelaw_shards": 2})");
  EXPECT_THAT(MakeMessage(folder), HasSubstr("version 2"));
}

TEST(ShardManifest, RefusesValuesThatCannotBe) {
  const TemporaryFolder folder;
  const auto message = [&](const ShardManifest& manifest) {
    WriteShardManifest(folder.path(), manifest);
    return MakeMessage(folder);
  };
  ShardManifest manifest = Example();
  manifest.shards[0].file = "../elsewhere";
  EXPECT_THAT(message(manifest), HasSubstr("not a file name inside the folder"));
  manifest = Example();
  manifest.shards[0].tokens = 0;
  EXPECT_THAT(message(manifest), HasSubstr("has 0 tokens"));
  manifest = Example();
  manifest.dtype = "fp64";
  EXPECT_THAT(message(manifest), HasSubstr("bf16 or fp32"));
  manifest = Example();
  manifest.activation_scale = 0;
  EXPECT_THAT(message(manifest), HasSubstr("activation_scale is 0"));
}

}  // namespace
}  // namespace saelaw

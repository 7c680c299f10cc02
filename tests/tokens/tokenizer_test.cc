#include "tokens/tokenizer.h"

#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "tokens/fixtures.h"
#include "tokens/utf8.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kData;
using Ids = std::vector<std::int32_t>;
using Json = nlohmann::json;

struct Vector {
  std::string kind;
  std::string text;
  Ids ids;
};

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// Made by tests/tokens/make_tokenizer_vectors.py with the `tokenizers` library.
std::vector<Vector> ReadVectors(const std::string& name) {
  std::vector<Vector> vectors;
  for (const Json& entry : Json::parse(ReadFile(kData / name))) {
    const std::string text =
        entry.contains("hex") ? FromHex(entry["hex"]) : entry["text"].get<std::string>();
    vectors.push_back({entry["kind"], text, entry["ids"].get<Ids>()});
  }
  return vectors;
}

void ExpectVectors(const Tokenizer& tokenizer, const std::string& name) {
  const std::vector<Vector> vectors = ReadVectors(name);
  ASSERT_GE(vectors.size(), 20u);
  for (const Vector& vector : vectors) {
    EXPECT_EQ(tokenizer.Encode(vector.text), vector.ids) << vector.kind;
  }
}

TEST(Tokenizer, EncodesAsTheLibraryWithLlama3Json) {
  const Tokenizer tokenizer = Tokenizer::Load(kData / "llama3_made");
  ExpectVectors(tokenizer, "llama3_made_vectors.json");
}

TEST(Tokenizer, EncodesAsTheLibraryWithLlama3Gguf) {
  ExpectVectors(Tokenizer::Load(kData / "llama3_made.gguf"), "llama3_made_vectors.json");
}

TEST(Tokenizer, EncodesAsTheLibraryWithSmolLmGguf) {
  ExpectVectors(Tokenizer::Load(kData / "smollm_made.gguf"), "smollm_made_vectors.json");
}

TEST(Tokenizer, EncodesAsTheLibraryWithSmolLm2) {
  const char* path = std::getenv("SAELAW_SMOLLM2");
  if (path == nullptr) GTEST_SKIP() << "SAELAW_SMOLLM2 does not name SmolLM2's GGUF";
  const Tokenizer tokenizer = Tokenizer::Load(path);
  ExpectVectors(tokenizer, "smollm2_vectors.json");
  EXPECT_EQ(tokenizer.vocabulary(), 49152);
  EXPECT_THAT(tokenizer.Encode("\n\n  7"), ElementsAre(39892, 39));
  EXPECT_FALSE(tokenizer.add_bos());
}

TEST(Tokenizer, DecodesWhatItEncoded) {
  const Tokenizer tokenizer = Tokenizer::Load(kData / "llama3_made");
  for (const Vector& vector : ReadVectors("llama3_made_vectors.json")) {
    EXPECT_EQ(tokenizer.Decode(vector.ids), RepairUtf8(vector.text).text) << vector.kind;
  }
}

// `xyzzyqux` is a token that no merges lead to; see make_tokenizer_vectors.py.
TEST(Tokenizer, TakesWholePiecesBeforeMerges) {
  const Tokenizer tokenizer = Tokenizer::Load(kData / "llama3_made");
  EXPECT_EQ(tokenizer.Encode(" xyzzyqux").size(), 1u);
  EXPECT_GT(tokenizer.Encode(" xyzzyquxx").size(), 2u);
}

TEST(Tokenizer, JsonAndGgufOfOneTokenizerAreAlike) {
  const Tokenizer json = Tokenizer::Load(kData / "llama3_made/tokenizer.json");
  const Tokenizer gguf = Tokenizer::Load(kData / "llama3_made.gguf");
  EXPECT_EQ(json.Identity(), gguf.Identity());
  EXPECT_EQ(json.vocabulary(), gguf.vocabulary());
  EXPECT_EQ(json.bos(), gguf.bos());
  EXPECT_EQ(json.eos(), gguf.eos());
  EXPECT_EQ(json.special_ids(), gguf.special_ids());
  EXPECT_NE(json.Identity(), Tokenizer::Load(kData / "smollm_made.gguf").Identity());
}

TEST(Tokenizer, KnowsGgufByItsFirstBytes) {
  const TemporaryFolder folder;
  const auto blob = folder.path() / "sha256-0badc0de";
  std::filesystem::copy_file(kData / "llama3_made.gguf", blob);
  EXPECT_EQ(Tokenizer::Load(blob).Identity(), Tokenizer::Load(kData / "llama3_made").Identity());
}

TEST(Tokenizer, SpecialTokensAreWrittenOutButNeverRead) {
  const Tokenizer tokenizer = Tokenizer::Load(kData / "llama3_made");
  ASSERT_TRUE(tokenizer.bos() && tokenizer.eos());
  const Ids special = {*tokenizer.bos(), *tokenizer.eos()};
  EXPECT_EQ(tokenizer.Decode(special), "<|begin_of_text|><|end_of_text|>");
  EXPECT_GT(tokenizer.Encode("<|begin_of_text|>").size(), 3u);
  EXPECT_TRUE(tokenizer.add_bos());
}

TEST(Tokenizer, RefusesIdsOutsideTheVocabulary) {
  const Tokenizer tokenizer = Tokenizer::Load(kData / "smollm_made.gguf");
  EXPECT_THROW(tokenizer.Decode(Ids{tokenizer.vocabulary()}), Error);
  EXPECT_THROW(tokenizer.Decode(Ids{-1}), Error);
}

TEST(Tokenizer, LongWordsAreNotQuadratic) {
  const Tokenizer tokenizer = Tokenizer::Load(kData / "smollm_made.gguf");
  for (const char unit : {'a', ' ', '='}) {
    const std::string text(1'000'000, unit);
    EXPECT_EQ(tokenizer.Decode(tokenizer.Encode(text)), text);  // hours, if it were
  }
}

TEST(Tokenizer, MayBeUsedByThreadsAtOnce) {
  const Tokenizer tokenizer = Tokenizer::Load(kData / "llama3_made");
  const std::string text = ReadFile(kData / "llama3_made_vectors.json");
  const Ids expected = tokenizer.Encode(text);
  std::vector<Ids> found(4);
  std::vector<std::thread> threads;
  for (Ids& ids : found) threads.emplace_back([&] { ids = tokenizer.Encode(text); });
  for (std::thread& thread : threads) thread.join();
  for (const Ids& ids : found) EXPECT_EQ(ids, expected);
}

TEST(Tokenizer, SaysWhatIsMissing) {
  EXPECT_THROW(Tokenizer::Load("/nonexistent/tokenizer.json"), Error);
  const TemporaryFolder folder;
  EXPECT_THROW(Tokenizer::Load(folder.path()), Error);
}

}  // namespace
}  // namespace saelaw

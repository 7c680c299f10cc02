// The examples are sweeps themselves.
#include "core/errors.h"
#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

TEST(ExampleSweep, ValidatesInBothKinds) {
  EXPECT_EQ(MistakesOf(ExampleSweep("synthetic")), "");
  EXPECT_EQ(MistakesOf(ExampleSweep("model")), "");
  EXPECT_THROW(ExampleSweep("banana"), Error);
}

// Uncommented, the defaults that are shown must give the same sweep.
TEST(ExampleSweep, ShowsTheDefaultsInEffect) {
  const std::string example = ExampleSweep("synthetic");
  std::string uncommented = example;
  for (std::size_t at = 0; (at = uncommented.find("  # ", at)) != uncommented.npos; at += 2) {
    const std::size_t end = uncommented.find('\n', at);
    const std::string line = uncommented.substr(at, end - at);
    const bool value = line.back() != '.' && line.find(": ") != line.npos;
    if (value) uncommented.erase(at + 2, 2);
  }
  ASSERT_NE(uncommented, example);
  const RunSpec a = MakeRun(Good(example), 1024, 64, 1e-3, 0);
  const RunSpec b = MakeRun(Good(uncommented), 1024, 64, 1e-3, 0);
  EXPECT_EQ(ComputeId(a), ComputeId(b));
}

// Where to begin is one kind of source: keys of another would only be warned of.
TEST(ExampleSweep, ShowsNoKeyOfAnotherSource) {
  const std::string synthetic = ExampleSweep("synthetic");
  EXPECT_EQ(synthetic.find("context_tokens"), std::string::npos);
  EXPECT_NE(synthetic.find("dictionary_size: 256"), std::string::npos);
  const std::string model = ExampleSweep("model");
  EXPECT_NE(model.find("context_tokens"), std::string::npos);
  EXPECT_EQ(model.find("dictionary_size"), std::string::npos);
  for (const std::string& text : {synthetic, model}) {
    EXPECT_EQ(text.find("shards:"), std::string::npos);
    EXPECT_EQ(WarningsOf(text).find("no effect"), std::string::npos) << WarningsOf(text);
  }
}

}  // namespace
}  // namespace saelaw

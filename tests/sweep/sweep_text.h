// A small valid sweep, and how tests change one thing in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "sweep/sweep.h"

namespace saelaw {

inline constexpr std::string_view kSmallSweep =
    R"(name: small
activations:
  source: synthetic
sae:
  d_sae: 128
training:
  batch_tokens: 256
  lr: 4e-3
study:
  loss_law:
    tokens: [32Ki, 64Ki, 128Ki]
target:
  tokens: 2.1B
)";

// kSmallSweep with `from`, which must be in it, replaced.
inline std::string With(std::string_view from, std::string_view to) {
  std::string text(kSmallSweep);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}

// The messages as the user sees them, without source lines and carets.
inline std::string Messages(const std::vector<Mistake>& mistakes) {
  std::string lines;
  for (const Mistake& mistake : mistakes) lines += FormatMistakes("s.yaml", "", {mistake});
  return lines;
}

inline std::string MistakesOf(std::string_view text) {
  return Messages(ReadSweepText("s.yaml", text).mistakes);
}

// One change of kSmallSweep and the mistakes that follow, a line each: place, message, what to do.
struct Change {
  std::string_view from, to;
  std::string lines;
};
inline void ExpectMistakes(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    EXPECT_EQ(MistakesOf(With(change.from, change.to)), change.lines + "\n") << change.to;
  }
}

// Without that of kSmallSweep's own short warm-up.
inline std::string WarningsOf(std::string_view text) {
  std::vector<Mistake> warnings = ReadSweepText("s.yaml", text).warnings;
  std::erase_if(warnings, [](const Mistake& warning) {
    return warning.message.rfind("training.lr_warmup: the shortest run", 0) == 0;
  });
  return Messages(warnings);
}

// The sweep, or a failed test and an empty one.
inline Sweep Good(std::string_view text) {
  const ReadSweepResult result = ReadSweepText("s.yaml", text);
  EXPECT_TRUE(result.sweep) << Messages(result.mistakes);
  return result.sweep.value_or(Sweep{});
}

}  // namespace saelaw

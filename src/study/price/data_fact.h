// What a measurement says of the data, as data. The words are in report/tables/data_words.h.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "jobs/job.h"
#include "sweep/sweep.h"

namespace saelaw {

namespace fact {
// On what held-out losses are measured.
struct HeldOut {
  std::int64_t vectors = 0;
  std::int64_t documents = 0;
};
// From how many contexts a batch is mixed, and what of independence it loses by that.
struct Mixing {
  double tokens = 0;
  double contexts = 0;
  double effect = 1;   // DesignEffect
  bool large = false;  // a batch is worth half of its size or less
};
// The mean of the vectors has a large share of their mean squared norm.
struct StrongMean {
  double share = 0;
};
// The language model's own cross-entropy on held-out text, in nats.
struct CrossEntropy {
  enum class Judged : std::uint8_t { kUsual, kPoor, kGuessing };
  double own = 0;
  double uniform = 0;  // of guessing among all tokens
  Judged judged = Judged::kUsual;
};
// Measured vectors with more than `times` the median norm.
struct Outliers {
  std::int64_t vectors = 0;
  std::int64_t measured = 0;
  double times = 0;
  bool left_out = false;  // of the data; else of the scale alone
};
}  // namespace fact

using DataFact =
    std::variant<fact::HeldOut, fact::Mixing, fact::StrongMean, fact::CrossEntropy, fact::Outliers>;

// In the order in which they are told.
std::vector<DataFact> FindDataFacts(const SourceSpec& source,
                                    std::int64_t batch_tokens,
                                    const Measurement& measured);

}  // namespace saelaw

// What the intervals of a law take for granted, as data. The words are in
// report/tables/refusal_words.h.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

namespace saelaw {

// What intervals take for granted.
namespace assumption {
// Points of one stream are correlated, and so many streams tell how much.
struct Streams {
  int streams = 0;
};
// Points are independent: no stream is known, or all share one.
struct NoStream {};
// Points are taken as independent though they share streams: the law cannot be told from these.
struct StreamsUntold {};
// All valleys have one shape, which is one of these.
struct OneShape {
  struct Shape {
    std::string_view name;
    bool of_loss = false;  // of the loss and not of its logarithm
    double weight = 0;
  };
  std::vector<Shape> shapes;  // the heaviest first
};
}  // namespace assumption
// monostate: nothing that is worth saying.
using Assumption = std::variant<std::monostate,
                                assumption::Streams,
                                assumption::NoStream,
                                assumption::StreamsUntold,
                                assumption::OneShape>;

}  // namespace saelaw

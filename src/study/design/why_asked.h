// Why a run is wanted, as data. The words are in report/tables/plan_words.h; what is stored of a
// run in the database is these words.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace saelaw {

namespace asked {
// Loss against data at this rate.
struct LossLaw {
  double lr = 0;
};
// An extra run of the sweep, with its note.
struct Extra {
  std::string note;
};
// The rates of one size: its first grid, two more beyond the grid's edge, between the last survivor
// and the first collapse, around an interior best, and more seeds beside the cliff.
struct FirstGrid {};
struct Widened {
  bool upwards = false;
};
struct Cliff {};
struct Refined {};
struct EdgeSeeds {};
// The hold-out, at the rate that is advised there or, where no law says it yet, at none.
struct HoldOut {
  double lr = 0;           // 0: it follows from the law of the rate
  std::string_view basis;  // Name(LrBasis) of it
};
}  // namespace asked

using WhyAsked = std::variant<asked::LossLaw,
                              asked::Extra,
                              asked::FirstGrid,
                              asked::Widened,
                              asked::Cliff,
                              asked::Refined,
                              asked::EdgeSeeds,
                              asked::HoldOut>;

}  // namespace saelaw

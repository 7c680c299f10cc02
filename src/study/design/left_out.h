// Why a run is no point of the law of loss, as data. The words are in report/tables/study_words.h.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "fit/fit.h"

namespace saelaw {

namespace left_out {
// It did not complete.
struct Failed {
  Outcome outcome = Outcome::kDiverged;
  std::string reason;  // of the judgement (fit/points/outcome.h)
};
struct NoLaw {
  FitRefusal refusal;
};
// The law found its row unfit.
struct Unfit {
  std::string reason;
};
struct OtherRate {
  double lr = 0;
  double law_lr = 0;
};
// The law is to predict it: it is the hold-out, or an extra run with no less data.
struct HoldOut {
  bool extra = false;
};
// The law is that of one size alone.
struct OtherSize {
  std::int64_t d_sae = 0;
  std::int64_t law_d_sae = 0;
};
}  // namespace left_out

using WhyLeftOut = std::variant<left_out::Failed,
                                left_out::NoLaw,
                                left_out::Unfit,
                                left_out::OtherRate,
                                left_out::HoldOut,
                                left_out::OtherSize>;

struct LeftOut {
  WhyLeftOut why;
  bool of_best_law = false;  // it is a point of the law at the best rates all the same
};

}  // namespace saelaw

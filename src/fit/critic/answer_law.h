// One question, one answer, for every law of the table: what `saelaw fit --csv` shows.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fit/critic/best_pair.h"
#include "fit/critic/criticism.h"
#include "fit/intervals/law_fit.h"
#include "fit/rates/compute_law.h"
#include "fit/rates/lr_edge.h"
#include "fit/rates/lr_law.h"
#include "fit/rates/lr_surface.h"

namespace saelaw {

struct LawQuestion {
  std::string_view law;
  std::span<const Point> points;
  std::span<const Point> failed;  // diverged or collapsed
  FitOptions options;
  std::vector<Point> at;                       // where predictions are wanted; of a law that knows
                                               // lr and batch, at the best of those not named
  bool force = false;                          // predict beyond 1,000 times the largest run too
  std::span<const DroppedPoint> dropped = {};  // rows of the table that are no points at all
  bool criticise = true;
  std::span<const UnreadColumn> labels = {};  // columns of the points that no key reads
  const LawInfo* own = nullptr;  // a law of loss that is not in the table, in place of `law`
  bool discrepancy = true;       // whether intervals allow for the law itself being wrong
  // More places, such as a table has: what is to be said of each stays beside it.
  std::span<const Point> table = {};
};

// What a law says at a place, and what speaks against believing it.
struct Foretold {
  Prediction prediction;              // value NaN where refused
  std::optional<FitWarning> refusal;  // why there is none: NoPrediction or PlaceLacks
  std::optional<FitWarning> doubt;    // why it is doubtful: FarBeyond or EmptyCorner
};

struct LawAnswer {
  LawFit law;
  std::vector<Prediction> predictions;  // in the order of `at`; value NaN where refused
  FitWarnings refused_predictions;      // why, each: NoPrediction or PlaceLacks
  std::vector<Foretold> table;          // in the order of the question's; empty: no law
  Criticism criticism;                  // empty() where there is no law
  // What the law rests on, by its kind.
  std::optional<LrLawFit> lr;
  std::optional<LrEdgeFit> edge;
  std::optional<LrSurfaceFit> surface;
  std::optional<ComputeLawFit> compute;
  // Of a law that knows lr and batch: the best of both at each place that names not both, in the
  // order of `at`; without any, at the largest run.
  std::vector<BestPair> best_pairs;
  std::size_t rows = 0;  // of the question: points, failed and dropped

  // Whether all that was asked has an answer.
  bool ok() const {
    const auto refused = [](const Foretold& told) { return told.refusal.has_value(); };
    return law.ok() && refused_predictions.empty() &&
           std::none_of(table.begin(), table.end(), refused);
  }
};

// Throws UsageError for a law that is not in the table; never for data. A refusal says how many of
// the question's rows are dropped; the law lists them all.
LawAnswer AnswerLaw(const LawQuestion& question);

// The lines of the table: a law of FitLaw, and each of the others.
LawAnswer AnswerLossLaw(const LawQuestion& question);
LawAnswer AnswerLrLaw(const LawQuestion& question);
LawAnswer AnswerLrEdge(const LawQuestion& question);
LawAnswer AnswerLrSurface(const LawQuestion& question);
LawAnswer AnswerComputeLaw(const LawQuestion& question);

}  // namespace saelaw

// What the finished runs of a sweep say: both laws, the hold-out, what stands against them.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"
#include "study/design/stage.h"
#include "sweep/sweep.h"

namespace saelaw {

// A measured run with the part it plays; the union of what the sweep asked for.
struct StudyRun {
  RunId id;
  Stage stage = Stage::kLossLaw;
  std::int64_t tokens = 0, d_sae = 0;
  double lr = 0;
  std::uint64_t seed = 0;
  std::string origin;  // its trunk (core/trunk.h); runs of one are correlated. Empty: none
  Outcome outcome = Outcome::kCompleted;
  bool short_run = false;  // fewer than 5/(1 - beta2) steps
  Evaluation final;
  double train_loss = std::numeric_limits<double>::quiet_NaN();  // as in RunResult
  // What `final` and the curve were measured on (core/run_result.h); 0: not known.
  std::int64_t held_out_documents = 0, held_out_tokens = 0;
  std::int64_t curve_tokens = 0, curve_parts = 0;
  SpliceLosses splice;        // NaN where the source is no language model
  double dense_fraction = 0;  // as in RunResult
  double dense_fraction_se = std::numeric_limits<double>::quiet_NaN();  // likewise
  std::vector<std::int64_t> firing_histogram;                           // likewise
  std::string reason_left_out;  // of the loss law; empty when it is one of its points
};

// A hold-out run against what the law said before it was measured.
struct HoldOutCheck {
  RunId run;
  std::int64_t tokens = 0;
  double lr = 0;
  double predicted = 0;
  Interval interval;  // prediction interval
  double measured = 0;
  bool inside = false;
  // `predicted` and `interval` were written down before the run began; false: today's laws, which
  // do not know the run, say so now.
  bool stored = false;
  // What today's laws say; NaN where there are none, or they advise another rate for it.
  double today = std::numeric_limits<double>::quiet_NaN();
  bool missed() const { return interval.known() && !inside; }
};

struct Findings {
  std::vector<StudyRun> runs;
  std::int64_t target_d_sae = 0;
  // Loss against data at the one learning rate of step 2 (size-data when three d_sae or more are
  // swept).
  LawFit loss_law;
  std::int64_t loss_law_d_sae = 0;  // the one size that it holds at; 0: a law of size too
  double loss_law_lr = 0;
  // Loss against data as the advice would train: at each size's best rate where there is an lr law,
  // else at the one advised rate; refused when there is neither.
  LawFit best_loss_law;
  std::int64_t best_loss_d_sae = 0;  // as loss_law_d_sae
  double best_loss_lr = 0;           // that one rate; 0: each size's best
  // The laws of the parts of the objective, at the same points as the law that predicts the target.
  LawFit mse_law, fvu_law, l0_law;
  double fitted_tokens = 0;  // the largest among these points; 0: there are none
  LrLawFit lr_law;
  LrEdgeFit lr_edge;
  std::int64_t lr_edge_d_sae = 0;  // the size that the edge is of; 0: of all swept ones together
  LrSurfaceFit lr_surface;         // of the same runs as lr_law, all at once
  Criticism criticism;             // of the law that predicts, asked at the target
  Criticism lr_criticism, lr_max_criticism;  // of lr_law and of lr_edge, likewise
  std::vector<HoldOutCheck> hold_out;
  bool all_short = false;     // only short runs carry the law
  std::string none_survived;  // why there is no law at all (study/survivors.h); empty: a run is one
  bool lr_all_short = false;  // only short runs say which learning rate is best, or stable
  std::vector<std::string> warnings;

  // Whether a law of loss holds at this size.
  bool CoversSize(std::int64_t d_sae) const;
  // Whether it is best_loss_law that predicts there: of the laws that hold at the size, it comes
  // before loss_law; where none holds, what is known of another size stands in.
  bool BestPredicts(std::int64_t d_sae) const;
  bool BestPredicts() const { return BestPredicts(target_d_sae); }
  const LawFit& predicting_law(std::int64_t d_sae) const {
    return BestPredicts(d_sae) ? best_loss_law : loss_law;
  }
  // Of the target's loss.
  const LawFit& predicting_law() const { return predicting_law(target_d_sae); }
};

// Whether lr_surface and criticism are wanted too: what decides the next runs needs neither.
enum class StudyDepth { kLaws, kLawsAndCriticism };

// Pure: the same sweep and knowledge give the same findings.
Findings Study(const Sweep& sweep,
               const Knowledge& knowledge,
               StudyDepth depth = StudyDepth::kLawsAndCriticism);

}  // namespace saelaw

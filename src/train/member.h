// One run inside a gang: its budget, and what has been measured of it so far. The SAE is its
// trunk's.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "train/divergence.h"
#include "train/trunk.h"

namespace saelaw {

// All that a run keeps for itself; a checkpoint holds exactly this, beside the trunks.
struct MemberBooks {
  std::vector<Evaluation> curve;  // so far
  double tail_loss = 0;           // sum of the losses over the last tenth of the steps
  std::int64_t tail_steps = 0;    // how many those are so far
  ErrorTrend trend;               // of the steps so far
  double seconds = 0;             // this member's share of the gang's time
};

class Member {
 public:
  // Begins a run, or continues it after `step` updates.
  Member(const RunSpec& spec, GangShare& share, std::int64_t step = 0, MemberBooks books = {});

  // Whether the next step is one that other members of its trunk will not take.
  bool BranchIsDue() const { return step_ >= branch_step_; }
  // Takes in an update of its trunk, and measures a curve point where one is due.
  void TakeIn(Trunk& trunk, const TrunkStep& step);

  // Reads the losses that are still on the device and judges them. Called before anything that
  // looks at the numbers below; how often changes none of them.
  void Settle();

  // Whether the run is over: its budget is spent, or a settled loss was not to be gone on from.
  bool ended() const { return diverged() || step_ == spec_.steps(); }
  bool diverged() const { return !end_reason_.empty(); }

  const RunSpec& spec() const { return spec_; }
  const RunId& id() const { return id_; }
  // Settled: call Settle() first, so that the running sums are complete.
  const MemberBooks& books() const { return books_; }
  // Of the latest settled step; NaN before the first.
  const LossTerms& latest() const { return latest_; }
  std::int64_t tokens() const { return tokens_; }
  void AddSeconds(double seconds) { books_.seconds += seconds; }

  // The measurements of a run that has ended, on its trunk as the run left it. A diverged run has
  // no final evaluation (NaN): its parameters mean nothing, and when exactly it was noticed must
  // not show. No provenance, no weights: the caller knows those.
  RunResult Result(Trunk& trunk) const;

 private:
  HeldOutMeasurement EvaluateOn(const HeldOutSet& set, Trunk& trunk) const;
  void EvaluateIfDue(Trunk& trunk);
  void Judge(std::int64_t step, const LossTerms& terms);

  // A step's sums on the device, and what turns them into its loss.
  struct Pending {
    std::int64_t step = 0;
    TrunkStep sums;
  };

  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  RunSpec spec_;
  RunId id_;
  GangShare& share_;
  std::int64_t branch_step_;  // from here on alone
  std::int64_t step_;         // updates made
  MemberBooks books_;
  std::vector<Pending> pending_;
  LossTerms latest_{kNaN, kNaN, kNaN, kNaN};
  std::int64_t tokens_;
  std::string end_reason_;
};

}  // namespace saelaw

// One run inside a gang: the trunk that it trains, alone or with others, and what has been measured
// of it so far.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "sae/model/objective.h"
#include "train/divergence.h"
#include "train/trunk.h"

namespace saelaw {

// Everything that a run's next steps depend on; a checkpoint is exactly this.
struct MemberState {
  TrunkState trunk;               // without tensors where another member of the gang holds them
  RunId holder;                   // that member; empty: this one
  std::vector<Evaluation> curve;  // so far
  double tail_loss = 0;           // sum of the losses over the last tenth of the steps
  std::int64_t tail_steps = 0;    // how many those are so far
  ErrorTrend trend;               // of the steps so far
  double seconds = 0;             // this member's share of the gang's time
};

class Member {
 public:
  // Begins a run on a new trunk, its own or shared.
  Member(const RunSpec& spec, GangShare& share, std::shared_ptr<Trunk> trunk);
  // Continues from a checkpoint's state, on a trunk made from it or from its holder's.
  Member(const RunSpec& spec, GangShare& share, std::shared_ptr<Trunk> trunk, MemberState state);

  // Goes on with a copy of its own where the next step is one that the trunk's other members will
  // not take. Before any of them takes a step.
  void BranchIfDue();
  // One update on a scaled batch [batch_tokens, d_in], and a curve point where one is due.
  void Step(const at::Tensor& x);

  // Reads the losses that are still on the device and judges them. Called before anything that
  // looks at the numbers below; how often changes none of them.
  void Settle();

  // Whether the run is over: its budget is spent, or a settled loss was not to be gone on from.
  bool ended() const { return diverged() || step_ == spec_.steps(); }
  bool diverged() const { return !end_reason_.empty(); }

  const RunSpec& spec() const { return spec_; }
  const RunId& id() const { return id_; }
  // What it trains; shared with other members before its branch.
  const Trunk& trunk() const { return *trunk_; }
  const SaeParameters& parameters() const { return trunk_->state().sae.parameters; }
  // Settled: call Settle() first, so that the running sums are complete. The tensors are the
  // trunk's own.
  MemberState State() const;
  // Of the latest settled step; NaN before the first.
  const LossTerms& latest() const { return latest_; }
  std::int64_t tokens() const { return tokens_; }
  void AddSeconds(double seconds) { books_.seconds += seconds; }

  // The run is over: gives back what only its training needed.
  void Retire();
  // What the SAE makes of scaled vectors: [n, d_in].
  at::Tensor Reconstruct(const at::Tensor& x) const;

  // The measurements of a run that has ended. A diverged run has no final evaluation (NaN): its
  // parameters mean nothing, and when exactly it was noticed must not show. No provenance, no
  // weights: the caller knows those.
  RunResult Result() const;

 private:
  HeldOutMeasurement EvaluateOn(const HeldOutSet& set) const;
  void EvaluateIfDue();
  void Judge(std::int64_t step, const LossTerms& terms);

  // A step's sums on the device, and what turns them into its loss.
  struct Pending {
    std::int64_t step = 0;
    double coefficient = 0;
    at::Tensor totals;
  };

  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  RunSpec spec_;
  RunId id_;
  GangShare& share_;
  std::shared_ptr<Trunk> trunk_;
  std::int64_t branch_step_;  // from here on alone
  std::int64_t step_ = 0;     // updates made
  MemberState books_;         // but for the trunk, which is in trunk_
  std::vector<Pending> pending_;
  LossTerms latest_{kNaN, kNaN, kNaN, kNaN};
  std::int64_t tokens_ = 0;
  std::string end_reason_;
};

}  // namespace saelaw

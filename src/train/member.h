// One run inside a gang: its parameters, its optimiser, and what has been measured of it so far.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "run/job.h"
#include "run/run_result.h"
#include "run/run_spec.h"
#include "sae/evaluate.h"
#include "sae/jump_relu.h"
#include "sae/stepper.h"

namespace saelaw {

// Everything that a run's next steps depend on; a checkpoint is exactly this.
struct MemberState {
  SaeState sae;
  at::Tensor silent_tokens;       // [d_sae] fp32: since each latent fired; undefined if not asked
  std::int64_t step = 0;          // updates made
  std::vector<Evaluation> curve;  // so far
  double tail_loss = 0;           // sum of the losses over the last tenth of the steps
  std::int64_t tail_steps = 0;    // how many those are so far
  double seconds = 0;             // this member's share of the gang's time
};

// What the members of a gang have in common. Outlives them.
struct GangShare {
  HeldOutSet held_out;
  HeldOutSet curve_set;  // its first tokens
  StepPath path = StepPath::kReference;
  StepTuning tuning;
  StepWorkspace workspace;
};

class Member {
 public:
  Member(const RunSpec& spec, GangShare& share);
  // Continues from a checkpoint's state.
  Member(const RunSpec& spec, GangShare& share, MemberState state);
  Member(const Member&) = delete;  // the stepper points at the state
  Member& operator=(const Member&) = delete;

  // One update on a scaled batch [batch_tokens, d_in], and a curve point where one is due.
  void Step(const at::Tensor& x);

  // Reads the losses that are still on the device and judges them. Called before anything that
  // looks at the numbers below; how often changes none of them.
  void Settle();

  // Whether the run is over: its budget is spent, or a settled loss was not to be gone on from.
  bool ended() const { return diverged() || state_.step == spec_.steps(); }
  bool diverged() const { return !end_reason_.empty(); }

  const RunSpec& spec() const { return spec_; }
  const RunId& id() const { return id_; }
  // Settled: call Settle() first, so that the running sums are complete.
  const MemberState& state() const { return state_; }
  // Of the latest settled step; NaN before the first.
  const LossTerms& latest() const { return latest_; }
  std::int64_t tokens() const { return tokens_; }
  void AddSeconds(double seconds) { state_.seconds += seconds; }

  // The run is over: gives back what only its training needed.
  void Retire() { stepper_->Retire(); }
  // What the SAE makes of scaled vectors: [n, d_in].
  at::Tensor Reconstruct(const at::Tensor& x) const;

  // The measurements of a run that has ended. A diverged run has no final evaluation (NaN): its
  // parameters mean nothing, and when exactly it was noticed must not show. No provenance, no
  // weights: the caller knows those.
  RunResult Result() const;

 private:
  void CountSilence(const at::Tensor& fired);
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
  SaeObjective objective_;
  GangShare& share_;
  MemberState state_;
  std::unique_ptr<Stepper> stepper_;
  std::vector<Pending> pending_;
  LossTerms latest_{kNaN, kNaN, kNaN, kNaN};
  std::int64_t tokens_ = 0;
  std::string end_reason_;
};

}  // namespace saelaw

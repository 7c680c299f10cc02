// One SAE that a gang trains, for one of its members or, until their schedules part, for all those
// of a trunk (core/trunk.h). It owns what these have in common; who they are, the gang knows.
#pragma once

#include <cstdint>
#include <memory>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "core/start.h"
#include "jobs/job.h"
#include "sae/model/objective.h"
#include "sae/model/stepper.h"
#include "sae/reference/evaluate.h"
#include "train/l0_controller.h"

namespace saelaw {

// What the members of a gang have in common. Outlives them.
struct GangShare {
  HeldOutSet held_out;
  HeldOutSubset curve;    // of it, what the points of a curve are measured on
  VectorMoments moments;  // of scaled training vectors
  StepTuning tuning;
  StepWorkspace workspace;
};

// Everything that the next steps depend on.
struct TrunkState {
  SaeState sae;
  at::Tensor silent_tokens;  // [d_sae] fp32: since each latent fired; undefined if not asked
  L0ControllerState l0;      // where a controller holds L0
  std::int64_t step = 0;     // updates made
};

// What a trunk's members learn of one of its updates.
struct TrunkStep {
  double coefficient = 0;  // of the penalty in the loss: 0 where a controller moves it
  at::Tensor totals;       // as BatchSums::totals, before the update
};

class Trunk {
 public:
  // `spec` is that of any of its members.
  Trunk(const RunSpec& spec, GangShare& share);
  // Continues from a checkpoint's state.
  Trunk(const RunSpec& spec, GangShare& share, TrunkState state);
  Trunk(const Trunk&) = delete;  // the stepper points at the state
  Trunk& operator=(const Trunk&) = delete;

  // A copy that shares no memory with this one, for a member of `spec` to go on with alone.
  std::unique_ptr<Trunk> Branch(const RunSpec& spec) const;

  // One update on the scaled batch x [batch_tokens, d_in], for all members: `spec` is that of any
  // of them, since none of their schedules has parted yet.
  TrunkStep Step(const RunSpec& spec, const at::Tensor& x);

  // Of the SAE as it is.
  at::Tensor Reconstruct(const at::Tensor& x);  // what the SAE makes of scaled vectors [n, d_in]
  HeldOutMeasurement Evaluate(double coefficient, const HeldOutSet& set);
  // No step will follow: gives the moments back.
  void Retire() { stepper_->Retire(); }

  const TrunkState& state() const { return state_; }

 private:
  // The sparsity coefficient of the next step, as a controller has moved it.
  double Coefficient(const RunSpec& spec) const;
  void HoldL0(const RunSpec& spec, const BatchSums& sums);
  void Resample(const RunSpec& spec, const at::Tensor& x);
  void CountSilence(const at::Tensor& fired);

  std::int64_t batch_tokens_;
  GangShare& share_;
  TrunkState state_;
  std::unique_ptr<Stepper> stepper_;
};

}  // namespace saelaw

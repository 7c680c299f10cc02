#include "train/gang.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "run/machine.h"
#include "sae/step_path.h"

namespace saelaw {
namespace {

// Points of a learning curve are measured on so many of the held-out tokens.
constexpr std::int64_t kCurveTokens = 4096;

}  // namespace

Gang::Gang(const Job& job, ActivationSource& source, Clock clock, std::optional<GangState> state)
    : scale_(job.activation_scale), clock_(std::move(clock)) {
  share_.tuning = ResolvedTuning(state ? state->tuning : job.tuning,
                                 at::Device(job.device),
                                 MachineOf(job.device),
                                 /*begun=*/state.has_value());
  share_.held_out = HeldOutFrom(source.HeldOut(), scale_);
  share_.curve_set = FirstOf(share_.held_out, kCurveTokens);
  share_.path = *ParseStepPath(share_.tuning.path);
  if (state) batches_ = state->batches;
  for (const RunSpec& spec : job.runs) {
    if (!state) {
      members_.push_back(std::make_unique<Member>(spec, share_));
    } else if (const auto found = state->members.find(IdOf(spec)); found != state->members.end()) {
      members_.push_back(std::make_unique<Member>(spec, share_, std::move(found->second)));
    }
  }
  const RunSpec& any = job.runs.front();
  stream_ = source.OpenStream(any.stream_seed, any.training.batch_tokens, batches_);
}

void Gang::Advance() {
  double before = clock_();
  const at::Tensor x = stream_->Next() * scale_;
  batches_ += 1;
  const double shared = (clock_() - before) / static_cast<double>(members_.size());
  for (const auto& member : members_) {
    before = clock_();
    member->Step(x);
    member->AddSeconds(shared + clock_() - before);
  }
}

void Gang::Settle() {
  for (const auto& member : members_) member->Settle();
}

std::vector<std::unique_ptr<Member>> Gang::TakeEnded() {
  const auto live = std::stable_partition(
      members_.begin(), members_.end(), [](const auto& member) { return !member->ended(); });
  std::vector<std::unique_ptr<Member>> ended(std::make_move_iterator(live),
                                             std::make_move_iterator(members_.end()));
  members_.erase(live, members_.end());
  return ended;
}

GangState Gang::State() {
  Settle();
  GangState state;
  state.batches = batches_;
  state.tuning = share_.tuning;
  for (const auto& member : members_) state.members.emplace(member->id(), member->state());
  return state;
}

}  // namespace saelaw

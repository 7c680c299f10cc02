#include "train/gang.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "run/errors.h"

namespace saelaw {
namespace {

// Points of a learning curve are measured on so many of the held-out tokens.
constexpr std::int64_t kCurveTokens = 4096;

// With the path named, and one that this machine has.
StepTuning Resolved(StepTuning tuning) {
  if (tuning.path.empty()) tuning.path = Name(BestStepPath());
  const std::optional<StepPath> path = ParseStepPath(tuning.path);
  if (path && CanRun(*path)) return tuning;
  throw ConfigurationError(
      fmt::format("this CPU cannot take steps on the path '{}', the fastest it has is {}: continue "
                  "the job on a machine like the one it began on, or remove its folder to begin "
                  "again",
                  tuning.path,
                  Name(BestStepPath())));
}

}  // namespace

Gang::Gang(const Job& job, ActivationSource& source, Clock clock, GangState* state)
    : scale_(job.activation_scale), clock_(std::move(clock)) {
  share_.tuning = Resolved(state == nullptr ? job.tuning : state->tuning);
  share_.held_out = HeldOutFrom(source.HeldOut(), scale_);
  share_.curve_set = FirstOf(share_.held_out, kCurveTokens);
  share_.path = *ParseStepPath(share_.tuning.path);
  if (state != nullptr) batches_ = state->batches;
  for (const RunSpec& spec : job.runs) {
    if (state == nullptr) {
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
  for (const auto& member : ended) member->Retire();
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

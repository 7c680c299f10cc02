#include "train/gang.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

#include "core/machine.h"
#include "core/trunk.h"
#include "sae/tune/step_path.h"

namespace saelaw {
namespace {

// Points of a learning curve are measured on so many of the held-out tokens, taken from all over
// the set: all of it at each point would cost a short run more than its training.
constexpr std::int64_t kCurveTokens = 4096;

}  // namespace

Gang::Gang(const Job& job, ActivationSource& source, Clock clock, std::optional<GangState> state)
    : scale_(job.activation_scale), clock_(std::move(clock)) {
  share_.tuning = ResolvedTuning(state ? state->tuning : job.tuning,
                                 at::Device(job.device),
                                 MachineOf(job.device),
                                 /*begun=*/state.has_value());
  const HeldOutVectors& held_out = source.HeldOut();
  share_.held_out = HeldOutFrom(held_out.x, held_out.begins, scale_);
  share_.curve = EvenSubset(share_.held_out, kCurveTokens);
  share_.moments = Scaled(job.moments, scale_);
  if (state) {
    Continue(job, std::move(*state));
  } else {
    Begin(job);
  }
  const RunSpec& any = job.runs.front();
  stream_ = source.OpenStream(any.stream_seed, any.training.batch_tokens, batches_);
}

void Gang::Begin(const Job& job) {
  std::map<std::string, std::shared_ptr<Trunk>> trunks;
  for (const RunSpec& spec : job.runs) {
    const std::string key = TrunkKey(spec);
    std::shared_ptr<Trunk> own;
    std::shared_ptr<Trunk>& trunk = key.empty() ? own : trunks[key];
    if (trunk == nullptr) trunk = std::make_shared<Trunk>(spec, share_);
    members_.push_back(std::make_unique<Member>(spec, share_, trunk));
  }
}

// What is taken out of the state is held once: a stepper copies it into memory of its own.
void Gang::Continue(const Job& job, GangState state) {
  batches_ = state.batches;
  std::map<RunId, std::shared_ptr<Trunk>> trunks;  // by who holds the tensors
  for (const RunSpec& spec : job.runs) {
    const auto found = state.members.find(IdOf(spec));
    if (found == state.members.end()) continue;
    MemberState& member = found->second;
    const RunId holder = member.holder.empty() ? found->first : member.holder;
    std::shared_ptr<Trunk>& trunk = trunks[holder];
    if (trunk == nullptr) {
      TrunkState held = std::exchange(state.members.at(holder).trunk, {});
      trunk = std::make_shared<Trunk>(spec, share_, std::move(held));
    }
    members_.push_back(std::make_unique<Member>(spec, share_, trunk, std::move(member)));
  }
}

void Gang::Advance() {
  double before = clock_();
  const at::Tensor x = stream_->Next() * scale_;
  batches_ += 1;
  const double shared = (clock_() - before) / static_cast<double>(members_.size());
  // What one of a trunk's members takes for all of them is divided among these.
  struct Share {
    double seconds = 0;
    double members = 0;
  };
  std::map<const Trunk*, Share> shares;
  const auto charge = [&](const Member& member, double members) {
    const double now = clock_();
    Share& share = shares[&member.trunk()];
    share.seconds += now - before;
    share.members += members;
    before = now;
  };
  before = clock_();
  for (const auto& member : members_) {
    member->BranchIfDue();
    charge(*member, 0);
  }
  for (const auto& member : members_) {
    member->Step(x);
    charge(*member, 1);
  }
  for (const auto& member : members_) {
    const Share& share = shares[&member->trunk()];
    member->AddSeconds(shared + share.seconds / share.members);
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
  std::map<const Trunk*, RunId> holders;
  for (const auto& member : members_) {
    MemberState own = member->State();
    const auto [holder, is_first] = holders.emplace(&member->trunk(), member->id());
    if (!is_first) {
      own.trunk = {};
      own.holder = holder->second;
    }
    state.members.emplace(member->id(), std::move(own));
  }
  return state;
}

}  // namespace saelaw

// The gang takes one batch from the stream for everybody and steps each trunk once, in a fixed
// order. Runs leave a shared trunk by copying it just before the first step that differs. On the
// CPU no bit of a result depends on who else is in the gang, which is what makes sharing safe.
#include "train/gang.h"

#include <algorithm>
#include <iterator>
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
  // A state that is gone on with keeps the way its steps were done; a new gang may choose freely.
  share_.tuning = ResolvedTuning(state ? state->tuning : job.tuning,
                                 at::Device(job.device),
                                 NameMachine(job.device),
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
  // All runs of a job have the same stream and batch, so that any of them can open it. It begins
  // after the batches that the state has consumed.
  const RunSpec& any = job.runs.front();
  stream_ = source.OpenStream(any.stream_seed, any.training.batch_tokens, batches_);
}

void Gang::AddMember(std::size_t trunk, std::unique_ptr<Member> member) {
  trunks_[trunk].members.push_back(member.get());
  members_.push_back(std::move(member));
}

void Gang::Begin(const Job& job) {
  // Runs with the same key begin as one trunk. An empty key says that a run shares with nobody, so
  // such a run gets a trunk of its own and is not remembered.
  std::map<std::string, std::size_t> begun;  // trunks by their keys
  for (const RunSpec& spec : job.runs) {
    const std::string key = TrunkKey(spec);
    const auto shared = key.empty() ? begun.end() : begun.find(key);
    const std::size_t trunk = shared == begun.end() ? trunks_.size() : shared->second;
    if (trunk == trunks_.size()) trunks_.push_back({std::make_unique<Trunk>(spec, share_), {}});
    if (!key.empty()) begun.emplace(key, trunk);
    AddMember(trunk, std::make_unique<Member>(spec, share_));
  }
}

// Every trunk's state is taken out as its stepper is made: the stepper copies it into memory of its
// own, so at most one trunk is ever held twice.
void Gang::Continue(const Job& job, GangState state) {
  batches_ = state.batches;
  std::map<RunId, const RunSpec*> specs;
  for (const RunSpec& spec : job.runs) specs.emplace(ComputeId(spec), &spec);
  for (SharedTrunk& shared : state.trunks) {
    const RunSpec& any = *specs.at(shared.members.front());
    trunks_.push_back({std::make_unique<Trunk>(any, share_, std::exchange(shared.state, {})), {}});
  }
  std::map<RunId, std::size_t> trained;
  for (std::size_t trunk = 0; trunk < state.trunks.size(); ++trunk) {
    for (const RunId& id : state.trunks[trunk].members) trained.emplace(id, trunk);
  }
  // Members are added in the job's order, and are reported in it later.
  for (const RunSpec& spec : job.runs) {
    const auto books = state.members.find(ComputeId(spec));
    // A run without books had ended before the checkpoint was written; its result is in the folder.
    if (books == state.members.end()) continue;
    const std::size_t trunk = trained.at(books->first);
    AddMember(trunk,
              std::make_unique<Member>(
                  spec, share_, trunks_[trunk].trunk->state().step, std::move(books->second)));
  }
}

// A member goes on with a copy of its own where its fellows will not take its next step. The last
// member of a trunk takes it over as it is, without a copy. Branches are added after the loop,
// since adding to trunks_ inside of it would move what it walks over.
void Gang::BranchWhereDue() {
  std::vector<TrainedTrunk> branches;
  for (TrainedTrunk& trained : trunks_) {
    for (std::size_t i = 0; i < trained.members.size() && trained.members.size() > 1;) {
      Member* const member = trained.members[i];
      if (!member->BranchIsDue()) {
        ++i;
        continue;
      }
      branches.push_back({trained.trunk->Branch(member->spec()), {member}});
      trained.members.erase(trained.members.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  std::move(branches.begin(), branches.end(), std::back_inserter(trunks_));
}

// The time of a trunk's step is divided among its members, and that of the stream and of the copies
// at a branch among all, so that the seconds of all members add up to the gang's own.
void Gang::Advance() {
  double before = clock_();
  const auto lap = [&] {
    const double now = clock_();
    return now - std::exchange(before, now);
  };
  // The scale is applied once for all trunks; the steppers see vectors that are scaled already.
  const at::Tensor x = stream_->Next() * scale_;
  batches_ += 1;
  double shared = lap();
  BranchWhereDue();
  shared += lap();
  for (const TrainedTrunk& trained : trunks_) {
    const TrunkStep step = trained.trunk->Step(trained.members.front()->spec(), x);
    for (Member* member : trained.members) member->TakeIn(*trained.trunk, step);
    const double own = lap() / static_cast<double>(trained.members.size());
    for (Member* member : trained.members) member->AddSeconds(own);
  }
  for (const auto& member : members_) {
    member->AddSeconds(shared / static_cast<double>(members_.size()));
  }
}

void Gang::Settle() {
  for (const auto& member : members_) member->Settle();
}

// Takes the member off its trunk, and takes the trunk out of the gang when its last member goes.
// Such a trunk gives its moments back at once, because only its parameters are still wanted.
Trunk* Gang::Leave(const Member& member, Ended& ended) {
  const auto trained = std::find_if(trunks_.begin(), trunks_.end(), [&](const TrainedTrunk& any) {
    return std::find(any.members.begin(), any.members.end(), &member) != any.members.end();
  });
  Trunk* const trunk = trained->trunk.get();
  std::erase(trained->members, &member);
  if (!trained->members.empty()) return trunk;
  trunk->Retire();
  ended.trunks.push_back(std::move(trained->trunk));
  trunks_.erase(trained);
  return trunk;
}

Gang::Ended Gang::TakeEnded() {
  // The partition is stable, so both those who stay and those who leave keep the job's order.
  const auto live = std::stable_partition(
      members_.begin(), members_.end(), [](const auto& member) { return !member->ended(); });
  Ended ended;
  for (auto member = live; member != members_.end(); ++member) {
    Trunk* const trunk = Leave(**member, ended);
    ended.runs.push_back({std::move(*member), trunk});
  }
  members_.erase(live, members_.end());
  return ended;
}

GangState Gang::State() {
  // The losses that still wait on the device belong to the books, so they are read before these are
  // copied.
  Settle();
  GangState state;
  state.batches = batches_;
  state.tuning = share_.tuning;
  for (const TrainedTrunk& trained : trunks_) {
    SharedTrunk& shared = state.trunks.emplace_back();
    shared.state = trained.trunk->state();
    for (const Member* member : trained.members) shared.members.push_back(member->id());
  }
  for (const auto& member : members_) state.members.emplace(member->id(), member->books());
  return state;
}

}  // namespace saelaw

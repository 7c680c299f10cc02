// Runs that train together on one activation stream, each leaving when it ends.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "activations/source.h"
#include "jobs/job.h"
#include "train/member.h"

namespace saelaw {

// A trunk of a gang that is gone on from, and the runs that train it.
struct SharedTrunk {
  TrunkState state;
  std::vector<RunId> members;  // in the job's order
};

// What a gang goes on from. A run of the job that is not named has ended.
struct GangState {
  std::int64_t batches = 0;  // consumed from the stream
  StepTuning tuning;         // what the steps so far were done with
  std::vector<SharedTrunk> trunks;
  std::map<RunId, MemberBooks> members;
};

// Members share the stream and the held-out vectors, and those of one trunk (core/trunk.h) the SAE
// until their schedules part. Their operations are those of a run alone: on the CPU a member ends
// with the same bits in any gang.
class Gang {
 public:
  // Seconds of a monotone clock; for accounting only.
  using Clock = std::function<double()>;

  // A trunk, and the members that it is advanced for: one, or those whose branches are still ahead.
  struct TrainedTrunk {
    std::unique_ptr<Trunk> trunk;
    std::vector<Member*> members;  // in the job's order, never empty
  };

  // Runs that have ended, in the job's order. A trunk that others still train is as its run left it
  // until the gang's next batch; one that nobody trains any more is kept here, without its moments.
  struct Ended {
    struct Run {
      std::unique_ptr<Member> member;
      Trunk* trunk = nullptr;
    };
    std::vector<Run> runs;
    std::vector<std::unique_ptr<Trunk>> trunks;
  };

  // Begins (no state) or continues a kTrain job; the state's tensors are let go as the steppers
  // take their copies. `source` must outlive the gang. Throws ConfigurationError when this machine
  // cannot take the steps as the state's were taken.
  Gang(const Job& job,
       ActivationSource& source,
       Clock clock,
       std::optional<GangState> state = std::nullopt);

  // The next batch, and one step of every trunk; ended members must have been taken out. Throws as
  // ActivationStream::Next does.
  void Advance();
  // Brings every member's numbers up to date with its steps.
  void Settle();
  Ended TakeEnded();

  bool empty() const { return members_.empty(); }
  std::int64_t batches() const { return batches_; }  // consumed from the stream
  const std::vector<std::unique_ptr<Member>>& members() const { return members_; }
  const std::vector<TrainedTrunk>& trunks() const { return trunks_; }
  // Settles, then gives what a checkpoint holds; the tensors are the trunks' own.
  GangState State();

 private:
  void Begin(const Job& job);
  void Continue(const Job& job, GangState state);
  // `trunk` is a place in trunks_.
  void AddMember(std::size_t trunk, std::unique_ptr<Member> member);
  void BranchWhereDue();
  Trunk* Leave(const Member& member, Ended& ended);

  double scale_;
  Clock clock_;
  GangShare share_;
  std::vector<std::unique_ptr<Member>> members_;  // in the job's order
  std::vector<TrainedTrunk> trunks_;
  std::unique_ptr<ActivationStream> stream_;
  std::int64_t batches_ = 0;
};

}  // namespace saelaw

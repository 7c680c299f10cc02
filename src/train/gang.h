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

// What a gang goes on from.
struct GangState {
  std::int64_t batches = 0;              // consumed from the stream
  StepTuning tuning;                     // what the steps so far were done with
  std::map<RunId, MemberState> members;  // live ones; a run of the job not named here has ended
};

// Members share the stream and the held-out vectors, and those of one trunk (core/trunk.h) the SAE
// until their schedules part. Their operations are those of a run alone: on the CPU a member ends
// with the same bits in any gang.
class Gang {
 public:
  // Seconds of a monotone clock; for accounting only.
  using Clock = std::function<double()>;

  // Begins (no state) or continues a kTrain job; the state's tensors are let go as the steppers
  // take their copies. `source` must outlive the gang. Throws ConfigurationError when this machine
  // cannot take the steps as the state's were taken.
  Gang(const Job& job,
       ActivationSource& source,
       Clock clock,
       std::optional<GangState> state = std::nullopt);

  // The next batch, and one step of every live member; ended ones must have been taken out. Throws
  // as ActivationStream::Next does.
  void Advance();
  // Brings every member's numbers up to date with its steps.
  void Settle();
  // Takes out the members that have ended, in the job's order, and without their moments.
  std::vector<std::unique_ptr<Member>> TakeEnded();

  bool empty() const { return members_.empty(); }
  std::int64_t batches() const { return batches_; }  // consumed from the stream
  const std::vector<std::unique_ptr<Member>>& members() const { return members_; }
  // Settles, then gives what a checkpoint holds; the tensors are shared with the members, and those
  // of a trunk are held by the first of them alone.
  GangState State();

 private:
  void Begin(const Job& job);
  void Continue(const Job& job, GangState state);

  double scale_;
  Clock clock_;
  GangShare share_;
  std::vector<std::unique_ptr<Member>> members_;
  std::unique_ptr<ActivationStream> stream_;
  std::int64_t batches_ = 0;
};

}  // namespace saelaw

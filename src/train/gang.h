// Runs that train together on one activation stream, each leaving when it ends.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "activations/source.h"
#include "run/job.h"
#include "train/member.h"

namespace saelaw {

// What a gang goes on from.
struct GangState {
  std::int64_t batches = 0;              // consumed from the stream
  StepTuning tuning;                     // what the steps so far were done with
  std::map<RunId, MemberState> members;  // live ones; a run of the job not named here has ended
};

// Members share the stream and the held-out vectors and nothing else, and their operations are
// those of a run alone: on the CPU a member ends with the same bits in any gang.
class Gang {
 public:
  // Seconds of a monotone clock; for accounting only.
  using Clock = std::function<double()>;

  // Begins (no state) or continues a kTrain job; the state's members are moved from, so that no
  // model is there twice. `source` must outlive the gang. Throws ConfigurationError when this
  // machine cannot take the steps as the state's were taken.
  Gang(const Job& job, ActivationSource& source, Clock clock, GangState* state = nullptr);

  // The next batch, and one step of every live member. Throws as ActivationStream::Next does.
  void Advance();
  // Brings every member's numbers up to date with its steps.
  void Settle();
  // Takes out the members that have ended, in the job's order, and without their moments.
  std::vector<std::unique_ptr<Member>> TakeEnded();

  bool empty() const { return members_.empty(); }
  const std::vector<std::unique_ptr<Member>>& members() const { return members_; }
  // Settles, then gives what a checkpoint holds; the tensors are shared with the members.
  GangState State();

 private:
  double scale_;
  Clock clock_;
  GangShare share_;
  std::vector<std::unique_ptr<Member>> members_;
  std::unique_ptr<ActivationStream> stream_;
  std::int64_t batches_ = 0;
};

}  // namespace saelaw

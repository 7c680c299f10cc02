// The loop around a gang: one batch, then whatever is due. The order inside is what keeps the
// folder right at every moment: losses are settled, results are written, and only then a checkpoint
// that no longer names the runs that have ended. Before each write the attempt asks whether it is
// still the one in charge.
#include "train/train_job.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <torch/headeronly/version.h>
#include <unistd.h>

#include "activations/outliers.h"
#include "core/trunk.h"
#include "jobs/checkpoints.h"
#include "train/checkpoint.h"
#include "train/gang.h"
#include "train/splice.h"

namespace saelaw {
namespace {

constexpr double kProgressSeconds = 1;

// A run that is no whole number of steps would never come to its end.
void CheckLengths(const Job& job) {
  for (const RunSpec& run : job.runs) {
    const std::int64_t batch = run.training.batch_tokens;
    if (batch >= 1 && run.tokens >= batch && run.tokens % batch == 0) continue;
    throw ConfigurationError(
        fmt::format("run {}: tokens is {}, batch_tokens {}: a run is a whole number of batches, at "
                    "least one",
                    ComputeId(run),
                    run.tokens,
                    batch));
  }
}

// How many runs of the job begin as one with this.
int TrunkSize(const Job& job, const std::string& key) {
  if (key.empty()) return 1;
  return static_cast<int>(std::count_if(
      job.runs.begin(), job.runs.end(), [&](const RunSpec& run) { return TrunkKey(run) == key; }));
}

Provenance MakeProvenance(const Job& job, const std::string& origin, const std::string& version) {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return {host,
          job.device,
          at::get_cpu_capability(),
          TORCH_VERSION,
          version,
          job.threads,
          static_cast<int>(job.runs.size()),
          TrunkSize(job, origin)};
}

// How far each run of the job is, in the job's order, and how fast all of them together go.
class ProgressMeter {
 public:
  ProgressMeter(const Job& job, const Gang& gang, double now) : started_(now) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    for (const RunSpec& spec : job.runs) {
      // What the gang no longer has was finished by an earlier attempt.
      members_.push_back({ComputeId(spec), spec.tokens, spec.tokens, kNaN, kNaN});
      trunks_.push_back({TrunkKey(spec), SharesTrunks(spec.training) ? BranchTokens(spec) : 0});
    }
    // Runs of the gang begin from where they are, not from 0: tokens of earlier attempts are no
    // speed of this one.
    for (const auto& member : gang.members()) Update(*member);
    tokens_at_start_ = Trained();
    left_at_start_ = Left();
  }

  void Update(const Member& member) {
    const auto own = std::find_if(members_.begin(), members_.end(), [&](const auto& progress) {
      return progress.id == member.id();
    });
    own->tokens = member.tokens();
    own->loss = member.latest().loss;
    own->l0 = member.latest().l0;
    // A run that has diverged will not train its remaining tokens, so they no longer count as
    // ahead.
    if (member.diverged()) own->total_tokens = member.tokens();
  }

  Progress At(double now) const {
    const double seconds = now - started_;
    Progress progress{"training", 0, -1, members_};
    if (seconds > 0 && Trained() > tokens_at_start_) {
      progress.tokens_per_second = static_cast<double>(Trained() - tokens_at_start_) / seconds;
      // The time left is judged by the tokens to be trained, with those of a trunk counted once,
      // and not by those of the runs, of which several advance in one step.
      const std::int64_t left = Left();
      progress.eta_seconds =
          seconds * static_cast<double>(left) / static_cast<double>(left_at_start_ - left);
    }
    return progress;
  }

 private:
  std::int64_t Trained() const {
    std::int64_t sum = 0;
    for (const MemberProgress& member : members_) sum += member.tokens;
    return sum;
  }

  // Tokens still to be trained on, those of a trunk counted once.
  std::int64_t Left() const {
    std::int64_t left = 0;
    std::map<std::string, std::int64_t> shared;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const MemberProgress& member = members_[i];
      // A member that has passed its branch has no shared tokens left, and one that has ended short
      // has none ahead at all. The clamp covers both.
      const std::int64_t branch = std::clamp(trunks_[i].branch, member.tokens, member.total_tokens);
      left += member.total_tokens - branch;
      std::int64_t& trunk = shared[trunks_[i].key];
      trunk = std::max(trunk, branch - member.tokens);
    }
    for (const auto& [key, trunk] : shared) left += trunk;
    return left;
  }

  struct OnTrunk {
    std::string key;
    std::int64_t branch = 0;  // tokens
  };

  std::vector<MemberProgress> members_;
  std::vector<OnTrunk> trunks_;  // of each member
  double started_;
  std::int64_t tokens_at_start_ = 0, left_at_start_ = 0;
};

// The loop's state; each step of it says whether this attempt may go on writing.
class TrainLoop {
 public:
  TrainLoop(const Job& job,
            ActivationSource& source,
            const Attempt& attempt,
            const TrainSeams& seams,
            std::optional<GangState> state)
      : job_(job),
        attempt_(attempt),
        seams_(seams),
        gang_(job, source, seams.clock, std::move(state)),
        splice_(source.Spliced(), job.activation_scale),
        meter_(job, gang_, seams.clock()),
        last_checkpoint_(seams.clock()),
        tokens_at_checkpoint_(Tokens()) {}

  ExitCode Run() {
    Report();
    while (!gang_.empty()) {
      if (!Advance() || !GoOn()) return ExitCode::kIncomplete;
    }
    Report();
    return ExitCode::kComplete;
  }

 private:
  // False when the source was asked to stop before it had a batch: the gang is where it was.
  bool Advance() {
    try {
      gang_.Advance();
      return true;
    } catch (const Stopped&) {
      // A request to stop while waiting for a batch leaves nothing half done. What has ended is
      // recorded, and the rest can go on from the checkpoint.
      gang_.Settle();
      if (RecordEnded() && !gang_.empty()) WriteCheckpointNow();
      return false;
    }
  }

  // What is due between two batches; false when the attempt is over early. Settling may show that a
  // member has diverged: its result is then written before a checkpoint that no longer has it.
  bool GoOn() {
    const bool stop = seams_.stop_requested();
    const double now = seams_.clock();
    const bool checkpoint_due = stop || CheckpointDue(now);
    const bool report_due = now - last_report_ >= kProgressSeconds;
    if (checkpoint_due || report_due) gang_.Settle();
    if (!RecordEnded()) return false;
    if (gang_.empty()) return true;
    if (checkpoint_due && !WriteCheckpointNow()) return false;
    if (report_due) Report();
    return !stop;
  }

  std::int64_t Tokens() const { return gang_.batches() * job_.runs.front().training.batch_tokens; }

  bool CheckpointDue(double now) const {
    return now - last_checkpoint_ >= job_.checkpoint_seconds ||
           (job_.checkpoint_tokens > 0 &&
            Tokens() - tokens_at_checkpoint_ >= job_.checkpoint_tokens);
  }

  // The weights are written before the result, so that a result that names a file finds it there.
  // The time for measuring a run is that run's own and not the gang's.
  bool RecordEnded() {
    const Gang::Ended ended = gang_.TakeEnded();
    for (const auto& [member, trunk] : ended.runs) {
      // Another attempt may have been named meanwhile, for example after this machine was taken for
      // lost. From then on the files are that attempt's to write.
      if (!attempt_.IsCurrent()) return false;
      const double before = seams_.clock();
      RunResult result = member->Result(*trunk);
      if (!member->diverged()) {
        result.splice =
            splice_.Measure([sae = trunk](const at::Tensor& x) { return sae->Reconstruct(x); });
      }
      result.wall_seconds += seams_.clock() - before;
      result.provenance = MakeProvenance(job_, result.origin, seams_.saelaw_version);
      if (!member->diverged()) {
        result.weights = attempt_.WriteWeights(
            member->spec(), trunk->state().sae.parameters, job_.activation_scale);
      }
      attempt_.WriteResult(result);
      meter_.Update(*member);
    }
    return true;
  }

  bool WriteCheckpointNow() {
    if (!attempt_.IsCurrent()) return false;
    WriteCheckpoint(attempt_.folder() / CheckpointFile(Tokens()), job_, gang_.State());
    // The new checkpoint is complete on disk before an older one is removed.
    KeepNewestOfAttempt(attempt_.folder(), kCheckpointsKept);
    last_checkpoint_ = seams_.clock();
    tokens_at_checkpoint_ = Tokens();
    return true;
  }

  void Report() {
    for (const auto& member : gang_.members()) meter_.Update(*member);
    last_report_ = seams_.clock();
    const Progress progress = meter_.At(last_report_);
    attempt_.WriteProgress(progress);
    seams_.on_progress(progress);
  }

  const Job& job_;
  const Attempt& attempt_;
  const TrainSeams& seams_;
  Gang gang_;
  SpliceMeter splice_;
  ProgressMeter meter_;
  double last_checkpoint_;
  std::int64_t tokens_at_checkpoint_;
  double last_report_ = 0;
};

}  // namespace

void ConfigureNumerics(const Job& job) {
  at::set_num_threads(job.threads);
  at::Context& context = at::globalContext();
  // An operation that has no deterministic form raises an error rather than a doubt.
  context.setDeterministicAlgorithms(true, /*warn_only=*/false);
  // Every operation here writes its whole output; filling it first would only cost time.
  context.setDeterministicFillUninitializedMemory(false);
  // Second moments of dead latents decay into denormals, which are a hundred times slower and
  // far below epsilon. Worker threads inherit the setting from the thread that starts them.
  at::Context::setFlushDenormal(true);
}

at::Device ChooseDevice(const Job& job) {
  try {
    return at::Device(job.device);
  } catch (const c10::Error&) {
    throw ConfigurationError(
        fmt::format("unknown device '{}': allowed are cpu, cuda and cuda:N", job.device));
  }
}

ExitCode Train(const Job& job,
               ActivationSource& source,
               const Attempt& attempt,
               const TrainSeams& seams) {
  // Gradients are written out by hand, so autograd would only keep memory alive.
  const c10::InferenceMode no_autograd;
  CheckLengths(job);
  std::optional<GangState> state =
      NewestCheckpoint(attempt.job_folder(), job, ChooseDevice(job), seams.note);
  if (state) {
    seams.note(fmt::format("goes on from a checkpoint at {} tokens",
                           state->batches * job.runs.front().training.batch_tokens));
  }
  try {
    // The held-out vectors are looked at before the first step, because outliers in them would
    // spoil every measurement that is made later.
    CheckHeldOut(source.HeldOut().x);
    return TrainLoop(job, source, attempt, seams, std::move(state)).Run();
  } catch (const Stopped&) {  // before the first batch
    return ExitCode::kIncomplete;
  }
}

}  // namespace saelaw

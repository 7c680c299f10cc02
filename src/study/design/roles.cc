// A run may play several parts; each is a question of its own, answered from the sweep and the run
// alone.
#include "study/design/roles.h"

#include <algorithm>

namespace saelaw {
namespace {

bool Contains(const std::vector<std::int64_t>& values, std::int64_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool Below(std::uint64_t seed, int seeds) { return seed < static_cast<std::uint64_t>(seeds); }

std::vector<std::int64_t> AllWholeBatches(const Sweep& sweep,
                                          const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> whole;
  for (std::int64_t tokens : sizes) whole.push_back(WholeBatches(sweep, tokens));
  return whole;
}

}  // namespace

Roles::Roles(const Sweep& sweep, const Family& family)
    : sweep_(sweep),
      family_(family),
      loss_tokens_(AllWholeBatches(sweep, sweep.loss_law.tokens)),
      lr_tokens_(AllWholeBatches(sweep, sweep.lr_law.tokens)),
      lr_sizes_(LrSizes(sweep)),
      hold_out_tokens_(sweep.hold_out.tokens > 0 ? WholeBatches(sweep, sweep.hold_out.tokens) : 0) {
}

bool Roles::InLossLaw(const RunSpec& spec) const {
  return spec.training.lr == sweep_.loss_law.lr && Contains(loss_tokens_, spec.tokens) &&
         Contains(sweep_.loss_law.d_sae, spec.sae.d_sae) && Below(spec.seed, sweep_.loss_law.seeds);
}

bool Roles::InLrLaw(const RunSpec& spec) const {
  return Contains(lr_tokens_, spec.tokens) && Contains(lr_sizes_, spec.sae.d_sae) &&
         Below(spec.seed, sweep_.lr_law.most_seeds());
}

bool Roles::InHoldOut(const RunSpec& spec) const {
  return hold_out_tokens_ > 0 && spec.tokens == hold_out_tokens_ &&
         spec.sae.d_sae == sweep_.sae.d_sae && Below(spec.seed, sweep_.hold_out.seeds);
}

bool Roles::IsExtra(const RunSpec& spec) const {
  const auto is = [&](const ExtraRun& extra) {
    return WholeBatches(sweep_, extra.tokens) == spec.tokens && extra.d_sae == spec.sae.d_sae &&
           extra.lr == spec.training.lr && spec.seed == 0;
  };
  if (std::any_of(sweep_.extra_runs.begin(), sweep_.extra_runs.end(), is)) return true;
  const KnownRun* known = family_.Find(ComputeId(spec));
  return known != nullptr && known->put_in;
}

std::optional<WhyLeftOut> Roles::WhyNoPoint(const RunSpec& spec) const {
  if (InLossLaw(spec)) return {};
  const double lr = spec.training.lr;
  if (lr != sweep_.loss_law.lr) return left_out::OtherRate{lr, sweep_.loss_law.lr};
  if (hold_out_tokens_ > 0 && spec.tokens >= hold_out_tokens_) {
    return left_out::HoldOut{IsExtra(spec)};
  }
  return {};
}

std::vector<const KnownRun*> Roles::Select(
    const std::function<bool(const RunSpec&)>& wanted) const {
  std::vector<const KnownRun*> runs;
  for (const KnownRun* run : family_.members()) {
    if (wanted(run->spec)) runs.push_back(run);
  }
  return runs;
}

}  // namespace saelaw

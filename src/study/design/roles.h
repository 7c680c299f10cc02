// Which part of the study a run belongs to, and so which law it may be a point of.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "study/design/family.h"
#include "study/design/left_out.h"
#include "sweep/sweep.h"

namespace saelaw {

class Roles {
 public:
  // Keeps references; both must outlive it.
  Roles(const Sweep& sweep, const Family& family);

  // A setting of the loss law's own grid.
  bool InLossLaw(const RunSpec& spec) const;
  // A size of the lr law, at any rate.
  bool InLrLaw(const RunSpec& spec) const;
  bool InHoldOut(const RunSpec& spec) const;
  bool IsExtra(const RunSpec& spec) const;

  // Why a run, were it completed, cannot be a point of the law of loss at one rate; nothing
  // when it can: a setting of the loss law, or any other run of the study (an extra run, a further
  // seed) at its rate and with less data than the hold-out.
  std::optional<WhyLeftOut> WhyNoPoint(const RunSpec& spec) const;

  // The members with one role or another, in the family's order.
  std::vector<const KnownRun*> Select(const std::function<bool(const RunSpec&)>& wanted) const;

 private:
  const Sweep& sweep_;
  const Family& family_;
  std::vector<std::int64_t> loss_tokens_, lr_tokens_, lr_sizes_;
  std::int64_t hold_out_tokens_;
};

}  // namespace saelaw

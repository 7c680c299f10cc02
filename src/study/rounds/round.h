// The runs of a round while they are collected.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "study/design/family.h"
#include "study/design/next_rates.h"
#include "study/design/rate_lattice.h"
#include "study/price/planned_run.h"
#include "sweep/sweep.h"

namespace saelaw {

// Collects runs, each once and none that is already known.
class Round {
 public:
  // Keeps references. `speed`: as for PriceRun.
  Round(const Sweep& sweep, const Family& family, const MeasuredSpeed& speed)
      : sweep_(sweep),
        family_(family),
        speed_(speed),
        lattice_(MakeLattice(sweep.lr_law, sweep.loss_law.lr)) {}

  void Add(std::int64_t tokens,
           std::int64_t d_sae,
           double lr,
           int seeds,
           Stage stage,
           const WhyAsked& why);

  // What every study asks for at once.
  void AddLossLaw();
  void AddExtraRuns();
  // The next rates of one data size of the lr law, whose first grid stands around `centre` of the
  // lattice; returns whether it is settled.
  bool AddRatesAt(std::int64_t tokens, std::int64_t d_sae, int centre, const RatesAtSize& known);
  const RateLattice& lattice() const { return lattice_; }

  // What was collected; nothing is left.
  std::vector<PlannedRun> Take();

 private:
  const Sweep& sweep_;
  const Family& family_;
  MeasuredSpeed speed_;
  RateLattice lattice_;
  std::set<RunId> seen_;
  std::vector<PlannedRun> runs_;
};

}  // namespace saelaw

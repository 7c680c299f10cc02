// One law of loss from finished runs: against data, and against size too where three sizes or more
// were trained; with two, the law of one of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"
#include "study/design/left_out.h"
#include "study/findings/study_warning.h"
#include "sweep/sweep.h"

namespace saelaw {

struct LossLaw {
  LawFit fit;
  std::int64_t d_sae = 0;  // the one size that it holds at; 0: a law of size and data
  double lr = 0;           // that its points were trained at; 0: each size's best
  // The runs that it was given, and why each is no point after all; empty: it is one.
  std::map<RunId, std::optional<WhyLeftOut>> points;
  std::optional<warning::OneSizeLaw> one_size;  // where several sizes made no law of size

  bool HoldsAt(std::int64_t size) const { return d_sae == 0 || d_sae == size; }
  bool Covers(std::int64_t size) const { return fit.ok() && HoldsAt(size); }
};

// A law, the completed runs that it was given, and how it foretold the larger ones among them.
struct CarriedLaw {
  LossLaw law;
  std::vector<const KnownRun*> carriers;
  RolledLaw rolled;
};

// The law that the sweep names (study.loss_law.law), or of size and data where three sizes carry
// it, else of data. Without a law of size it is that of sae.d_sae, where it was trained, else of
// the largest size. Runs that did not complete are no points. `lr`: as LossLaw::lr. Never throws
// for data.
CarriedLaw FitLossLaw(const std::vector<const KnownRun*>& runs, const Sweep& sweep, double lr);

}  // namespace saelaw

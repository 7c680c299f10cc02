// The multi-start search for a law's optimum. Only 387 of 4,500 textbook starts reach the optimum
// on the Chinchilla points (Besiroglu et al. 2024, arXiv 2404.10102, discuss the same fit), so the
// starts are screened by variable projection and several are polished.
#pragma once

#include "fit/laws/law_model.h"
#include "fit/solve/minimise.h"

namespace saelaw {

struct SearchResult {
  Minimum best;
  int tried = 0;
  int at_best = 0;  // within 1e-6 relative of the best objective
};

// Polishes the best `starts` screened nodes, and `extra` first if it is not null. `best.u` is empty
// when no start lies in the law's domain.
SearchResult Search(const LawModel& model,
                    const Sample& sample,
                    const Criterion& criterion,
                    int starts,
                    const Vector* extra,
                    int threads);

}  // namespace saelaw

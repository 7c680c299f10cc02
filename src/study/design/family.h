// Which measured runs belong to a sweep: those that differ from its recipe only in what it varies.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "study/design/knowledge.h"
#include "sweep/sweep.h"

namespace saelaw {

class Family {
 public:
  // Keeps pointers into `knowledge`, which must outlive the family.
  Family(const Sweep& sweep, const Knowledge& knowledge);

  // Runs of the sweep's recipe at any tokens, d_sae, lr and seed, ordered by these.
  const std::vector<const KnownRun*>& members() const { return members_; }
  // Null when it is not known.
  const KnownRun* Find(const RunId& id) const;

 private:
  std::map<RunId, const KnownRun*> by_id_;
  std::vector<const KnownRun*> members_;
};

// Sizes of the SAE at which rates are swept.
std::vector<std::int64_t> LrSizes(const Sweep& sweep);
// The one of them that is nearest to the target's, by ratio.
std::int64_t LrSizeNearTarget(const Sweep& sweep);

// Whole batches nearest to `tokens`, as MakeRun rounds them.
std::int64_t WholeBatches(const Sweep& sweep, std::int64_t tokens);

}  // namespace saelaw

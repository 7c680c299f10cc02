// The table is made by a macro, so that one line both declares a law's function and lists it: a law
// that is declared but not listed cannot be written.
#include "fit/laws/loss_laws.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"

namespace saelaw {

// The functions that describe a law, each in the law's own file. A new law is one line here, which
// declares its function and puts it into the table.
#define SAELAW_FOR_EACH_LAW_OF_LOSS(LAW) \
  LAW(DataLaw)                           \
  LAW(PowerLaw)                          \
  LAW(BrokenPowerLaw)                    \
  LAW(SizeDataLaw)                       \
  LAW(SizeDataCoupledLaw)                \
  LAW(LossComputeLaw)                    \
  LAW(SizeL0Law)                         \
  LAW(LrBatchSizeDataLaw)

#define SAELAW_DECLARE(law) const LawInfo& law();
SAELAW_FOR_EACH_LAW_OF_LOSS(SAELAW_DECLARE)
#undef SAELAW_DECLARE

std::span<const LawInfo* const> LawsOfLoss() {
#define SAELAW_ENTRY(law) &law(),
  // The table is made at its first use, which does not depend on the order in which files
  // initialise.
  static const std::vector<const LawInfo*> laws = {SAELAW_FOR_EACH_LAW_OF_LOSS(SAELAW_ENTRY)};
#undef SAELAW_ENTRY
  return laws;
}

const LawInfo* FindLossLaw(std::string_view name) {
  for (const LawInfo* law : LawsOfLoss()) {
    if (law->name == name) return law;
  }
  return nullptr;
}

const LawInfo& RequireLossLaw(std::string_view name) {
  if (const LawInfo* law = FindLossLaw(name)) return *law;
  std::vector<std::string_view> names;
  for (const LawInfo* law : LawsOfLoss()) names.push_back(law->name);
  throw UsageError(
      fmt::format("unknown law of loss '{}': allowed are {}", name, fmt::join(names, ", ")));
}

}  // namespace saelaw

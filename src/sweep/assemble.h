// From checked values to what the other rooms see: defaults that follow from other values, and
// everything that two or more keys must agree on.
#pragma once

#include <cstdint>
#include <optional>

#include "sweep/reading.h"
#include "sweep/sweep.h"

namespace saelaw {

// Each adds its mistakes and warnings to `reading`; what it returns counts when there are none.
SourceSpec AssembleSource(Reading& reading, std::optional<ModelShape>& shape);
SaeSpec AssembleSae(Reading& reading);
TrainingSpec AssembleTraining(Reading& reading, SaeArchitecture architecture);
// study, target, budget; needs what stands in `sweep` already.
void AssembleStudy(Reading& reading, Sweep& sweep);
void AssembleTarget(Reading& reading, Sweep& sweep);

// What the recipe must satisfy in the shortest of its runs.
void CheckRecipe(Reading& reading,
                 const TrainingSpec& training,
                 std::int64_t shortest_tokens,
                 std::int64_t smallest_d_sae);

// That no SAE of the study keeps more latents than it has.
void CheckKept(Reading& reading, const SaeSpec& sae, std::int64_t smallest_d_sae);

// Held-out tokens that are too few to tell dead latents from rare ones.
void CheckHeldOut(Reading& reading,
                  const SourceSpec& source,
                  const TrainingSpec& training,
                  std::int64_t largest_d_sae);

// One size as whole batches; a size below one batch is a mistake, a rounding by more than the share
// `visible` of it a warning.
std::int64_t RoundSize(Reading& reading,
                       const std::string& key,
                       std::int64_t tokens,
                       double visible);

// The nearest multiple of the batch, at least one batch.
std::int64_t WholeBatches(std::int64_t tokens, std::int64_t batch_tokens);

}  // namespace saelaw

// Other programs look laws up by the first two names, which therefore stay as they are.
#include "report/tables/law_words.h"

#include <fmt/format.h>

#include "report/document/numbers.h"

namespace saelaw {

LawWords WordsFor(const FoundLaw& law) {
  switch (law.role) {
    case LawRole::kLossAtOneRate:
      return {"loss", "loss", fmt::format("Loss against data at lr {}", NumberText(law.lr))};
    case LawRole::kLossAtBestRates:
      return {"best_loss", "loss_at_best_lr", "Loss against data at each size's best rate"};
    case LawRole::kMse:
      return {"mse", "mse", "mse against data"};
    case LawRole::kFvu:
      return {"fvu", "fvu", "fvu against data"};
    case LawRole::kL0:
      return {"l0", "l0", "l0 against data"};
    case LawRole::kBestRate:
      return {"lr", "lr", "Optimal learning rate"};
    case LawRole::kRateSurface:
      return {"lr_surface", "lr_surface", "Loss against data and learning rate at once"};
    case LawRole::kStabilityEdge:
      return {"lr_max", "lr_max", "Stability edge"};
  }
  return {};
}

}  // namespace saelaw

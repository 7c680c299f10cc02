// A law may cover a difference for the loss and not for the rate, so each is asked by itself. What
// is not supported keeps its value and loses its interval.
#include "study/advice/transfer.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "study/design/family.h"
#include "study/design/places.h"
#include "study/design/rate_lattice.h"
#include "study/findings/rate_loss.h"

namespace saelaw {
namespace {

std::vector<double> Numbers(const std::vector<std::int64_t>& counts) {
  return {counts.begin(), counts.end()};
}

// The rate that the law of the target's loss is of; NaN where there is none.
double RateOfLaw(const Sweep& sweep, const Findings& findings) {
  const double one = findings.loss.Predicting().lr;
  if (one > 0 || !findings.loss.BestPredicts()) return one;
  const LrLawFit& best = findings.rates.best;
  return best.ok() ? best.law.Predict(TargetPlace(sweep)).value : std::nan("");
}

void AddLossSize(const Sweep& sweep, const Findings& findings, std::vector<Transfer>* transfers) {
  const std::vector<std::int64_t> sizes =
      findings.loss.BestPredicts() ? LrSizes(sweep) : sweep.loss_law.d_sae;
  if (sizes == std::vector{sweep.target.d_sae}) return;
  const bool covered = findings.loss.CoversSize(sweep.target.d_sae);
  transfers->push_back({TransferOf::kLossSize,
                        covered ? CarriedBy::kLossLawOfSize : CarriedBy::kOtherSizesLaw,
                        covered,
                        Numbers(sizes),
                        static_cast<double>(sweep.target.d_sae),
                        BasisOfLoss(findings.loss)});
}

// Best rates are known to a step of the grid, so less is no difference.
void AddLossRate(const Sweep& sweep,
                 const Findings& findings,
                 const RateChoice& rate,
                 std::vector<Transfer>* transfers) {
  const double of_law = RateOfLaw(sweep, findings);
  const bool differs = std::abs(std::log(rate.lr / of_law)) > std::log(kRefineTo);
  if (!findings.loss.Predicting().fit.ok() || !differs) return;
  const bool held = rate.cost > 0 && CoversRate(findings.loss, rate, sweep.target.d_sae);
  transfers->push_back({TransferOf::kLossRate,
                        held ? CarriedBy::kCurvature : CarriedBy::kOtherRatesLaw,
                        held,
                        {of_law},
                        rate.lr,
                        BasisOfLoss(findings.loss)});
}

// Whether the laws of the rate have an exponent of the size.
bool HasSize(const LrLawFit& best) {
  return best.law.Find(Role::kExponent, Variable::kParams) != nullptr;
}
bool HasSize(const LrSurfaceFit& surface) {
  return surface.law.Find(Role::kRateExponent, Variable::kParams) != nullptr;
}

CarriedBy CarrierOfRate(const RateLaws& rates, LrBasis basis, std::size_t sizes) {
  if (basis == LrBasis::kOptimum && HasSize(rates.best)) return CarriedBy::kRateLaw;
  if (basis == LrBasis::kNone) return CarriedBy::kRecipe;
  return sizes == 1 ? CarriedBy::kOneSize : CarriedBy::kNoSizeInRateLaw;
}

void AddRateSize(const Sweep& sweep,
                 const RateLaws& rates,
                 LrBasis basis,
                 std::vector<Transfer>* transfers) {
  const std::vector<std::int64_t> sizes = LrSizes(sweep);
  if (sizes == std::vector{sweep.target.d_sae}) return;
  const CarriedBy by = CarrierOfRate(rates, basis, sizes.size());
  transfers->push_back({TransferOf::kRateSize,
                        by,
                        by == CarriedBy::kRateLaw,
                        Numbers(sizes),
                        static_cast<double>(sweep.target.d_sae)});
}

void AddBatch(const Sweep& sweep, std::vector<Transfer>* transfers) {
  const std::int64_t swept = sweep.training.batch_tokens;
  const std::int64_t target = sweep.target.batch_tokens;
  if (target == 0 || target == swept) return;
  transfers->push_back({TransferOf::kBatch,
                        CarriedBy::kNothing,
                        false,
                        {static_cast<double>(swept)},
                        static_cast<double>(target)});
}

bool AllSupported(const std::vector<Transfer>& transfers, std::initializer_list<TransferOf> asked) {
  return std::all_of(transfers.begin(), transfers.end(), [&](const Transfer& transfer) {
    const bool matters = std::find(asked.begin(), asked.end(), transfer.of) != asked.end();
    return transfer.supported || !matters;
  });
}

}  // namespace

LossBasis BasisOfLoss(const LossLaws& laws) {
  const LossLaw& law = laws.Predicting();
  return {law.fit.ok(), law.lr, law.d_sae};
}

std::vector<Transfer> FindTransfers(const Sweep& sweep,
                                    const Findings& findings,
                                    const RateChoice& rate) {
  const bool law = findings.loss.Predicting().fit.ok();
  std::vector<Transfer> transfers = {{TransferOf::kTokens,
                                      CarriedBy::kLossLaw,
                                      law,
                                      Numbers(sweep.loss_law.tokens),
                                      static_cast<double>(sweep.target.tokens)}};
  AddLossSize(sweep, findings, &transfers);
  AddLossRate(sweep, findings, rate, &transfers);
  AddRateSize(sweep, findings.rates, rate.basis, &transfers);
  AddBatch(sweep, &transfers);
  return transfers;
}

Support FindSupport(const Sweep& sweep,
                    const RateLaws& rates,
                    const std::vector<Transfer>& transfers) {
  using enum TransferOf;
  Support support;
  support.loss = AllSupported(transfers, {kTokens, kLossSize, kLossRate, kBatch});
  support.rate = AllSupported(transfers, {kRateSize, kBatch});
  const bool batch = AllSupported(transfers, {kBatch});
  support.edge = batch && rates.edge_d_sae == sweep.target.d_sae;
  const bool one_size = LrSizes(sweep) == std::vector{sweep.target.d_sae};
  support.surface = batch && (one_size || HasSize(rates.surface));
  return support;
}

}  // namespace saelaw

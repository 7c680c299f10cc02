#include "report/tables/transfer_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/quantities.h"

namespace saelaw {
namespace {

std::string RatesText(const LossBasis& basis) {
  return basis.lr > 0 ? fmt::format("lr {:.3g}", basis.lr) : "each size's best rate";
}

// Of counts that may be large, or of batches, which are told to the last token.
std::string CountText(TransferOf of, double count) {
  return of == TransferOf::kBatch ? fmt::format("{:.0f}", count) : FormatCount(count);
}

}  // namespace

std::string_view FieldText(TransferOf of) {
  switch (of) {
    case TransferOf::kTokens:
      return "tokens";
    case TransferOf::kLossSize:
      return "d_sae (loss)";
    case TransferOf::kLossRate:
      return "lr (loss)";
    case TransferOf::kRateSize:
      return "d_sae (learning rate)";
    case TransferOf::kBatch:
      return "batch_tokens";
  }
  return "";
}

std::string_view FieldName(TransferOf of) {
  const std::string_view text = FieldText(of);
  return text.substr(0, text.find(' '));
}

std::string SweptText(const Transfer& transfer) {
  if (transfer.swept.empty()) return "nothing";
  const auto [low, high] = std::minmax_element(transfer.swept.begin(), transfer.swept.end());
  if (transfer.of == TransferOf::kLossRate) return fmt::format("{:.3g}", *low);
  const std::string first = CountText(transfer.of, *low);
  return *low == *high ? first : first + " to " + CountText(transfer.of, *high);
}

std::string TargetText(const Transfer& transfer) {
  switch (transfer.of) {
    case TransferOf::kTokens:
      return FormatCount(transfer.target);
    case TransferOf::kLossRate:
      return fmt::format("{:.3g}", transfer.target);
    case TransferOf::kLossSize:
    case TransferOf::kRateSize:
    case TransferOf::kBatch:
      break;
  }
  return fmt::format("{:.0f}", transfer.target);
}

std::string RuleText(const Transfer& transfer) {
  switch (transfer.by) {
    case CarriedBy::kLossLaw:
      return "law of loss against data";
    case CarriedBy::kLossLawOfSize:
      return BasisText(transfer.basis);
    case CarriedBy::kCurvature:
      return "the best rates' law, and the curvature of loss in ln lr";
    case CarriedBy::kRateLaw:
      return "law of the best rate against data and size";
    case CarriedBy::kOtherSizesLaw:
      return "none: copied, " + BasisText(transfer.basis);
    case CarriedBy::kOtherRatesLaw:
      return "none: the loss predicted is that of " + RatesText(transfer.basis);
    case CarriedBy::kRecipe:
      return "none: the recipe's rate, copied";
    case CarriedBy::kOneSize:
      return "none: the rate was swept at one size";
    case CarriedBy::kNoSizeInRateLaw:
      return "none: no law of the rate has the size in it";
    case CarriedBy::kNothing:
      return "none: not swept";
  }
  return "";
}

std::string BasisText(const LossBasis& basis) {
  if (!basis.known) return "none";
  return fmt::format("law of loss against {} at {}{}",
                     basis.d_sae == 0 ? "size and data" : "data",
                     RatesText(basis),
                     basis.d_sae == 0 ? "" : fmt::format(", d_sae {}", basis.d_sae));
}

}  // namespace saelaw

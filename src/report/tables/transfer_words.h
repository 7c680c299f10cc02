// The words for what the advice is made of. Nothing here decides anything: whoever shows an advice
// reads it, and so do its warnings.
#pragma once

#include <string>
#include <string_view>

#include "study/advice/transfer.h"

namespace saelaw {

// "d_sae (loss)": the field, and the law in whose eyes it differs.
std::string_view FieldText(TransferOf of);
// "d_sae": the sweep file's name of it.
std::string_view FieldName(TransferOf of);
std::string SweptText(const Transfer& transfer);   // "32.8K to 262K"
std::string TargetText(const Transfer& transfer);  // "2.1B"
std::string RuleText(const Transfer& transfer);    // the law or the copy that carries it over

// "law of loss against data at lr 0.004, d_sae 1152"; "none".
std::string BasisText(const LossBasis& basis);

}  // namespace saelaw

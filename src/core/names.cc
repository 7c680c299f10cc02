// Names of enums that several rooms read stand in core/names.h; here they get the one function by
// which everybody asks.
#include "core/names.h"

#include "core/run_result.h"

namespace saelaw {
namespace {

template <typename Enum>
std::string_view NameAmong(Enum value) {
  return kNamesOf<Enum>.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view Name(SourceKind kind) { return NameAmong(kind); }
std::string_view Name(Precision precision) { return NameAmong(precision); }
std::string_view Name(ThresholdParametrisation parametrisation) {
  return NameAmong(parametrisation);
}
std::string_view Name(Schedule schedule) { return NameAmong(schedule); }
std::string_view Name(SparsityRule rule) { return NameAmong(rule); }
std::string_view Name(ShortDocuments rule) { return NameAmong(rule); }
std::string_view Name(BiasStart start) { return NameAmong(start); }
std::string_view Name(SaeArchitecture architecture) { return NameAmong(architecture); }
std::string_view Name(DeadLatents method) { return NameAmong(method); }
std::string_view Name(PenaltyShape shape) { return NameAmong(shape); }

// Stored: do not change.
std::string_view Name(RunEnd end) {
  constexpr std::array<std::string_view, 4> kNames = {
      "completed", "non-finite", "stopped", "out-of-memory"};
  return kNames.at(static_cast<std::size_t>(end));
}

}  // namespace saelaw

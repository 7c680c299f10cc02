// The words for enum values in YAML, JSON, SQL and reports. Stored: do not change.
#include <array>

#include "core/run_result.h"
#include "core/run_spec.h"

namespace saelaw {
namespace {

template <std::size_t kCount, typename Enum>
std::string_view At(const std::array<std::string_view, kCount>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view Name(SourceKind kind) {
  return At(std::array<std::string_view, 3>{"synthetic", "shards", "model"}, kind);
}
std::string_view Name(Precision precision) {
  return At(std::array<std::string_view, 2>{"fp32", "bf16"}, precision);
}
std::string_view Name(ThresholdParametrisation parametrisation) {
  return At(std::array<std::string_view, 2>{"raw", "log"}, parametrisation);
}
std::string_view Name(Schedule schedule) {
  return At(std::array<std::string_view, 3>{"cosine", "constant", "warmup-stable-decay"}, schedule);
}
std::string_view Name(SparsityRule rule) {
  return At(std::array<std::string_view, 2>{"coefficient", "target-l0"}, rule);
}
std::string_view Name(ShortDocuments rule) {
  return At(std::array<std::string_view, 2>{"keep", "drop"}, rule);
}
std::string_view Name(BiasStart start) {
  return At(std::array<std::string_view, 3>{"auto", "mean", "zeros"}, start);
}
std::string_view Name(RunEnd end) {
  return At(std::array<std::string_view, 4>{"completed", "non-finite", "stopped", "out-of-memory"},
            end);
}

}  // namespace saelaw

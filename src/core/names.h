// The words for the enum values of a spec, in YAML, JSON, SQL and reports, in the order of the
// values. Stored: do not change.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "core/run_spec.h"

namespace saelaw {

template <typename Enum>
inline constexpr std::array<std::string_view, 0> kNamesOf = {};

template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<SourceKind> = {
    "synthetic", "shards", "model"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<Precision> = {"fp32", "bf16"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<ThresholdParametrisation> = {"raw",
                                                                                       "log"};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<Schedule> = {
    "cosine", "constant", "warmup-stable-decay"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<SparsityRule> = {"coefficient",
                                                                           "target-l0"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<ShortDocuments> = {"keep", "drop"};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<BiasStart> = {"auto", "mean", "zeros"};
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<SaeArchitecture> = {
    "jump_relu", "topk", "batch_topk"};
template <>
inline constexpr std::array<std::string_view, 4> kNamesOf<DeadLatents> = {
    "none", "auxk", "resample", "pre_acts"};
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<PenaltyShape> = {"l0", "tanh"};

// The value of that name; nothing when there is none.
template <typename Enum>
std::optional<Enum> Named(std::string_view name) {
  for (std::size_t i = 0; i < kNamesOf<Enum>.size(); ++i) {
    if (kNamesOf<Enum>[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace saelaw

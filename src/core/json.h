// Shared by the .cc files of core/ and jobs/ that read and write JSON; not for other rooms.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/run_spec.h"

namespace saelaw::json {

using Json = nlohmann::json;

// JSON has no NaN or infinity: they become null, and null reads back as NaN.
inline Json FromDouble(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
inline double ToDouble(const Json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

// Parses and converts; every fault of the text becomes an IoError that names what was read.
template <typename Convert>
auto Read(std::string_view what, std::string_view text, Convert convert) {
  try {
    return convert(Json::parse(text));
  } catch (const Json::exception& error) {
    throw IoError(fmt::format("damaged {}: {}", what, error.what()));
  }
}

// The enum value whose Name() is `name`, among those up to `last`.
template <typename Enum>
Enum EnumNamed(const Json& name, Enum last) {
  const auto text = name.get<std::string>();
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (Name(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  throw IoError(fmt::format("unknown value '{}'", text));
}

Json SourceToJson(const SourceSpec& source);
SourceSpec SourceFromJson(const Json& json);
Json SpecToJson(const RunSpec& spec);
RunSpec SpecFromJson(const Json& json);

}  // namespace saelaw::json

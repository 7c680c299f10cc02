// What a file says of the fields of a spec's struct, by the table of core/spec_fields.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/names.h"
#include "core/spec_fields.h"
#include "sweep/reading.h"

namespace saelaw {

// One value of each type, given or default. Where there is neither, or what was given is refused,
// `value` stays what it is, or is zero; refused values are mistakes already.
inline void ReadField(Reading& reading, const std::string& key, bool& value) {
  value = reading.Flag(key);
}
inline void ReadField(Reading& reading, const std::string& key, double& value) {
  value = reading.Number(key);
}
inline void ReadField(Reading& reading, const std::string& key, std::string& value) {
  value = reading.Text(key);
}
inline void ReadField(Reading& reading, const std::string& key, Stretch& value) {
  value = reading.MakeStretch(key);
}
inline void ReadField(Reading& reading, const std::string& key, std::vector<std::string>& value) {
  if (reading.Given(key)) value = reading.Texts(key);
}
inline void ReadField(Reading& reading,
                      const std::string& key,
                      std::optional<std::int32_t>& value) {
  if (reading.Given(key)) value = static_cast<std::int32_t>(reading.Count(key));
}
// `auto` stands for nothing.
inline void ReadField(Reading& reading, const std::string& key, std::optional<bool>& value) {
  const std::string text = reading.Text(key);
  if (text == "true" || text == "false") value = text == "true";
}
template <typename Value>
void ReadField(Reading& reading, const std::string& key, Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    value = Named<Value>(reading.Text(key)).value_or(value);
  } else {
    value = static_cast<Value>(reading.Count(key));
  }
}

// Why a key may not stand beside an architecture of which it says nothing, and what may.
std::string WhyNothing(const std::string& key, SaeArchitecture architecture);

// All fields of `of` that a file can say, but for those at the paths `without`.
template <typename Struct>
void ReadFields(Reading& reading,
                Struct& of,
                std::initializer_list<std::string_view> without = {}) {
  ForEachField<Struct>([&](const SpecField& field, auto member) {
    const bool left_out =
        std::find(without.begin(), without.end(), field.key.path) != without.end();
    if (!left_out && !field.key.path.empty()) {
      ReadField(reading, std::string(field.key.path), of.*member);
    }
  });
}

// All fields of `of` that say something of an SAE of this architecture. One that does not stays as
// it is, and is a mistake where a file gives it.
template <typename Struct>
void ReadFieldsFor(Reading& reading, SaeArchitecture architecture, Struct& of) {
  ForEachField<Struct>([&](const SpecField& field, auto member) {
    const std::string key(field.key.path);
    if (key.empty()) return;
    if (SaysSomething(field, architecture)) {
      ReadField(reading, key, of.*member);
    } else if (reading.Given(key)) {
      reading.AddMistake(key, WhyNothing(key, architecture));
    }
  });
}

}  // namespace saelaw

// Every field of a run's spec (core/run_spec.h), in one table: how a user writes it, how it is
// stored, whether it is part of a run's name, and the member that holds it. The YAML reader, the
// JSON both ways, the hash of run names, the configuration that `saelaw recommend` writes, the JSON
// Schema, docs/sweep.md and the commented example read it; a new field is a member, an entry here,
// and the code that uses it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/key.h"
#include "core/run_spec.h"

namespace saelaw {

// A member of one of a spec's structs. A field of a new type is a new line here and, where the
// compiler asks for it, in each of the readers and writers.
template <typename Struct>
using MemberOf = std::variant<bool Struct::*,
                              int Struct::*,
                              std::int64_t Struct::*,
                              std::uint64_t Struct::*,
                              double Struct::*,
                              std::string Struct::*,
                              std::vector<std::string> Struct::*,
                              std::optional<std::int32_t> Struct::*,
                              std::optional<bool> Struct::*,
                              Stretch Struct::*,
                              SourceKind Struct::*,
                              Precision Struct::*,
                              ThresholdParametrisation Struct::*,
                              Schedule Struct::*,
                              SparsityRule Struct::*,
                              ShortDocuments Struct::*,
                              BiasStart Struct::*,
                              SaeArchitecture Struct::*,
                              DeadLatents Struct::*,
                              PenaltyShape Struct::*>;

// std::monostate: a key of the file that is not a field itself: a section, or what fields or prices
// are worked out from.
using SpecMember = std::variant<std::monostate,
                                MemberOf<SyntheticSource>,
                                MemberOf<ModelSource>,
                                MemberOf<SourceSpec>,
                                MemberOf<DataParts>,
                                MemberOf<SaeSpec>,
                                MemberOf<TrainingSpec>,
                                MemberOf<RunSpec>>;

template <typename Struct, typename Type>
constexpr SpecMember Member(Type Struct::*member) {
  return MemberOf<Struct>(member);
}

// How a field is kept, as bits. Stored, all but kBrief: do not change.
enum : unsigned {
  kNotHashed = 1,      // no part of a run's name: where things lie, or told by SourceSpec::identity
  kUnlessDefault = 2,  // its default is kept by its absence, from the JSON and from the name
  kLater = 4,          // what earlier versions stored may lack it: then it is the default
  kBrief = 8,          // left out of a configuration that is written, where it is the default
};

// Which SAEs a field says something of; none of these bits: of all.
enum : unsigned {
  kOfThresholds = 1,  // those that train a threshold of each latent
  kOfPenalty = 2,     // those whose loss has a penalty
  kOfK = 4,           // those that keep a given number of latents
};

struct SpecField {
  Key key = {};                // without a path: not a user's to write
  std::string_view json = {};  // of what is stored. Stored: do not change
  SpecMember member = {};
  unsigned kept = 0;
  std::string_view note = {};  // beside it in a configuration that is written
  unsigned of = 0;             // which SAEs it says something of
};

// In the order in which a file is best written; a section stands before its keys.
std::span<const SpecField> SpecFields();

// Whether the field says something of an SAE of this architecture. One that does not may not be
// given, and is not written.
bool SaysSomething(const SpecField& field, SaeArchitecture architecture);

// Whether this is the entry of that member.
template <typename Struct, typename Type>
bool Holds(const SpecField& field, Type Struct::*member) {
  return field.member == Member(member);
}

// Calls call(field, member) for each field that lies in Struct; `member` is of its own type.
template <typename Struct, typename Call>
void ForEachField(const Call& call) {
  for (const SpecField& field : SpecFields()) {
    const auto* of = std::get_if<MemberOf<Struct>>(&field.member);
    if (of != nullptr) std::visit([&](auto member) { call(field, member); }, *of);
  }
}

// The struct inside a spec that has such members.
inline const SyntheticSource& Part(const RunSpec& run, const MemberOf<SyntheticSource>&) {
  return run.source.synthetic;
}
inline const ModelSource& Part(const RunSpec& run, const MemberOf<ModelSource>&) {
  return run.source.model;
}
inline const SourceSpec& Part(const RunSpec& run, const MemberOf<SourceSpec>&) {
  return run.source;
}
inline const DataParts& Part(const RunSpec& run, const MemberOf<DataParts>&) {
  return run.source.parts;
}
inline const SaeSpec& Part(const RunSpec& run, const MemberOf<SaeSpec>&) { return run.sae; }
inline const TrainingSpec& Part(const RunSpec& run, const MemberOf<TrainingSpec>&) {
  return run.training;
}
inline const RunSpec& Part(const RunSpec& run, const MemberOf<RunSpec>&) { return run; }

// Calls call(value, is_default) with what a run has in this field; not at all where the entry is no
// field.
template <typename Call>
void WithValue(const RunSpec& run, const SpecField& field, const Call& call) {
  static const RunSpec kDefault;
  const auto visit = [&](const auto& of) {
    if constexpr (!std::is_same_v<std::decay_t<decltype(of)>, std::monostate>) {
      std::visit(
          [&](auto member) {
            const auto& value = Part(run, of).*member;
            call(value, value == Part(kDefault, of).*member);
          },
          of);
    }
  };
  std::visit(visit, field.member);
}

}  // namespace saelaw

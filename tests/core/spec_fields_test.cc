#include "core/spec_fields.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/names.h"

namespace saelaw {
namespace {

// Fields of a struct that has no other: a second entry for a member would write it twice.
template <typename Struct>
void ExpectNamedOnce() {
  std::set<std::string_view> names;
  ForEachField<Struct>([&](const SpecField& field, auto) {
    EXPECT_FALSE(field.json.empty()) << field.key.path;
    EXPECT_TRUE(names.insert(field.json).second) << field.json;
  });
  EXPECT_FALSE(names.empty());
}

TEST(SpecFields, AreNamedOnceInEachStruct) {
  ExpectNamedOnce<SyntheticSource>();
  ExpectNamedOnce<ModelSource>();
  ExpectNamedOnce<SourceSpec>();
  ExpectNamedOnce<DataParts>();
  ExpectNamedOnce<SaeSpec>();
  ExpectNamedOnce<TrainingSpec>();
  ExpectNamedOnce<RunSpec>();
}

TEST(SpecFields, HoldEachMemberOnce) {
  const auto fields = SpecFields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (std::holds_alternative<std::monostate>(fields[i].member)) continue;
      EXPECT_FALSE(fields[i].member == fields[j].member)
          << fields[i].json << " and " << fields[j].json;
    }
  }
}

// The words that a user may write are those of the enum, in any order.
TEST(SpecFields, OfferTheNamesOfTheirEnums) {
  int enums = 0;
  for (const SpecField& field : SpecFields()) {
    WithValue(RunSpec{}, field, [&](const auto& value, bool) {
      using Value = std::decay_t<decltype(value)>;
      if constexpr (std::is_enum_v<Value>) {
        if (field.key.path.empty()) return;
        std::string rest(field.key.choices);
        std::size_t offered = 1;
        offered += static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '|'));
        EXPECT_EQ(offered, kNamesOf<Value>.size()) << field.key.path;
        for (const std::string_view name : kNamesOf<Value>) {
          EXPECT_NE(("|" + rest + "|").find("|" + std::string(name) + "|"), std::string::npos)
              << field.key.path << ": " << name;
        }
        ++enums;
      }
    });
  }
  EXPECT_EQ(enums, 10);
}

std::set<std::string_view> Silent(SaeArchitecture architecture) {
  std::set<std::string_view> silent;
  for (const SpecField& field : SpecFields()) {
    if (!SaysSomething(field, architecture)) silent.insert(field.key.path);
  }
  return silent;
}

TEST(SaysSomething, KnowsTheKeysOfEachArchitecture) {
  EXPECT_EQ(Silent(SaeArchitecture::kJumpRelu), (std::set<std::string_view>{"sae.k"}));
  const std::set<std::string_view> of_thresholds_and_penalty = {"sae.bandwidth",
                                                                "sae.input_gradients",
                                                                "sae.threshold.init",
                                                                "sae.threshold.parametrisation",
                                                                "training.sparsity.coefficient",
                                                                "training.sparsity.controller",
                                                                "training.sparsity.penalty",
                                                                "training.sparsity.tanh_scale",
                                                                "training.sparsity.target_l0",
                                                                "training.sparsity.warmup",
                                                                "training.threshold_lr"};
  EXPECT_EQ(Silent(SaeArchitecture::kTopK), of_thresholds_and_penalty);
  EXPECT_EQ(Silent(SaeArchitecture::kBatchTopK), of_thresholds_and_penalty);
}

TEST(WithValue, ReadsTheMemberAndKnowsItsDefault) {
  RunSpec run;
  run.training.evaluations = 9;
  int seen = 0;
  for (const SpecField& field : SpecFields()) {
    WithValue(run, field, [&](const auto& value, bool is_default) {
      if (Holds(field, &TrainingSpec::evaluations)) {
        EXPECT_FALSE(is_default);
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, int>) {
          EXPECT_EQ(value, 9);
        }
        ++seen;
      } else {
        EXPECT_TRUE(is_default) << field.json;
      }
    });
  }
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace saelaw

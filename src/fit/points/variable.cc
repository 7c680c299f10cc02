// The only place that knows which member of a point a variable is, and what users call it.
#include "fit/points/variable.h"

#include <string>
#include <utility>

#include "fit/points/csv_text.h"

namespace saelaw {

using enum Variable;

namespace {

constexpr double Point::*FindMember(Variable variable) {
  switch (variable) {
    case kTokens:
      return &Point::tokens;
    case kParams:
      return &Point::params;
    case kLr:
      return &Point::lr;
    case kBatch:
      return &Point::batch;
    case kCompute:
      return &Point::compute;
    case kL0:
      return &Point::l0;
  }
  return nullptr;
}

}  // namespace

double Get(const Point& point, Variable variable) { return point.*FindMember(variable); }

void Set(Point& point, Variable variable, double value) { point.*FindMember(variable) = value; }

std::string_view Name(Variable variable) {
  switch (variable) {
    case kTokens:
      return "tokens";
    case kParams:
      return "params";
    case kLr:
      return "lr";
    case kBatch:
      return "batch";
    case kCompute:
      return "compute";
    case kL0:
      return "l0";
  }
  return "";
}

std::optional<Variable> FindVariable(std::string_view name) {
  for (const Variable variable : kVariables) {
    if (Name(variable) == name) return variable;
  }
  return std::nullopt;
}

std::optional<Variable> VariableLike(std::string_view column) {
  std::string plain = LowerCase(Stripped(column));
  std::erase_if(plain, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; });
  constexpr std::pair<std::string_view, Variable> kLike[] = {{"learningrate", kLr},
                                                             {"peaklr", kLr},
                                                             {"maxlr", kLr},
                                                             {"batchsize", kBatch},
                                                             {"batchtokens", kBatch},
                                                             {"bs", kBatch},
                                                             {"nparams", kParams},
                                                             {"numparams", kParams},
                                                             {"parameters", kParams},
                                                             {"modelsize", kParams},
                                                             {"dsae", kParams},
                                                             {"ntokens", kTokens},
                                                             {"numtokens", kTokens},
                                                             {"flop", kCompute},
                                                             {"flops", kCompute}};
  for (const auto& [name, variable] : kLike) {
    if (name == plain) return variable;
  }
  const std::optional<Variable> own = FindVariable(plain);
  return own == kL0 ? std::nullopt : own;
}

}  // namespace saelaw

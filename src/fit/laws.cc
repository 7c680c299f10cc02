#include "fit/laws.h"

namespace saelaw {

double Get(const Point& point, Variable variable) {
  return variable == Variable::kTokens ? point.tokens : point.params;
}

std::string_view Name(Variable variable) {
  return variable == Variable::kTokens ? "tokens" : "params";
}

std::vector<std::string_view> LawInfo::Parameters() const {
  std::vector<std::string_view> names;
  if (has_floor) names.push_back("floor");
  for (const TermInfo& term : terms) {
    names.push_back(term.coef);
    names.push_back(term.exponent);
  }
  return names;
}

std::span<const LawInfo> Laws() {
  static const std::vector<LawInfo> laws = {
      {"data",
       "loss = floor + coef * tokens^-exponent",
       "Hoffmann et al. 2022 (arXiv 2203.15556), eq. 2 with the size fixed",
       true,
       {{Variable::kTokens, "coef", "exponent"}}},
      {"power",
       "loss = coef * tokens^-exponent",
       "the data law with a floor of 0",
       false,
       {{Variable::kTokens, "coef", "exponent"}}},
      {"size-data",
       "loss = floor + coef_n * params^-exponent_n + coef_d * tokens^-exponent_d",
       "Hoffmann et al. 2022 (arXiv 2203.15556), eq. 2; Besiroglu et al. 2024 (arXiv 2404.10102)",
       true,
       {{Variable::kParams, "coef_n", "exponent_n"}, {Variable::kTokens, "coef_d", "exponent_d"}}},
  };
  return laws;
}

const LawInfo* FindLaw(std::string_view name) {
  for (const LawInfo& law : Laws()) {
    if (law.name == name) return &law;
  }
  return nullptr;
}

}  // namespace saelaw

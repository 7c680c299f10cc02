#include "fit/laws.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "fit/answer_law.h"
#include "fit/batch_law.h"
#include "fit/coupled_law.h"
#include "fit/power_sum.h"

namespace saelaw {
namespace {

using enum Variable;

std::vector<LawInfo> LawsOfLoss() {
  return {
      {"data",
       "loss = floor + coef * tokens^-exponent",
       "Hoffmann et al. 2022 (arXiv 2203.15556), eq. 2 with the size fixed",
       {kTokens},
       {"floor", "coef", "exponent"},
       true,
       2,
       AnswerLossLaw,
       MakePowerSum},
      {"power",
       "loss = coef * tokens^-exponent",
       "the data law with a floor of 0",
       {kTokens},
       {"coef", "exponent"},
       false,
       2,
       AnswerLossLaw,
       MakePowerSum},
      {"size-data",
       "loss = floor + coef_n * params^-exponent_n + coef_d * tokens^-exponent_d",
       "Hoffmann et al. 2022 (arXiv 2203.15556), eq. 2; Besiroglu et al. 2024 (arXiv 2404.10102)",
       {kParams, kTokens},
       {"floor", "coef_n", "exponent_n", "coef_d", "exponent_d"},
       true,
       3,
       AnswerLossLaw,
       MakePowerSum},
  };
}

// The same for pools of many settings.
std::vector<LawInfo> LawsOfPools() {
  return {
      {"size-data-coupled",
       "loss = floor + coef_n * n^-exponent_n + coef_d * exp(coef_d_n * ln n + coef_d_nn * ln^2 n) "
       "* d^-(exponent_d * n^exponent_d_n), n and d over their geometric means",
       "the size-data law with the data term's coefficient and exponent as functions of size",
       {kParams, kTokens},
       {"floor",
        "coef_n",
        "exponent_n",
        "coef_d",
        "coef_d_n",
        "coef_d_nn",
        "exponent_d",
        "exponent_d_n"},
       true,
       3,
       AnswerLossLaw,
       MakeCoupledLaw,
       true},
      {"lr-batch-size-data",
       "loss = floor + (coef_n * n^-exponent_n + coef_d * d^-exponent_d)^power + under + noise + "
       "unstable, each c * n^p * d^q * batch^r * lr^s, all over their geometric means",
       "the size-data law with posynomial penalties in learning rate and batch size",
       {kParams, kTokens, kBatch, kLr},
       {"floor",      "coef_n",         "exponent_n",  "coef_d",      "exponent_d",    "power",
        "under_coef", "under_n",        "under_d",     "under_batch", "under_lr",      "noise_coef",
        "noise_n",    "noise_d",        "noise_batch", "noise_lr",    "unstable_coef", "unstable_n",
        "unstable_d", "unstable_batch", "unstable_lr"},
       true,
       3,
       AnswerLossLaw,
       MakeBatchLaw,
       true},
  };
}

// Of rates and of compute.
std::vector<LawInfo> OtherLaws() {
  return {
      {"lr",
       "best lr = coef * tokens^exponent (* params^exponent_n * batch^exponent_batch)",
       "a parabola in ln lr at each size, then a weighted line",
       {kTokens, kLr},
       {"coef", "exponent"},
       false,
       2,
       AnswerLrLaw},
      {"lr-edge",
       "largest stable lr = coef * tokens^exponent",
       "logistic edge in ln lr and ln tokens, from which runs survived",
       {kTokens, kLr},
       {"coef", "exponent"},
       false,
       2,
       AnswerLrEdge},
      {"lr-surface",
       "loss = base law * exp(curvature * (ln lr - ln best lr)^2), best lr = lr_coef * "
       "tokens^lr_exponent (* params^lr_exponent_n)",
       "all rates of all sizes at once",
       {kTokens, kLr},
       {"floor", "coef", "exponent", "curvature", "lr_coef", "lr_exponent"},
       false,
       2,
       AnswerLrSurface},
      {"compute",
       "best params = coef_n * compute^exponent_n, best tokens = coef_d * compute^exponent_d",
       "Hoffmann et al. 2022 (arXiv 2203.15556), approaches 2 (parabolas) and 3 (surface)",
       {kCompute, kParams},
       {"coef_n", "exponent_n", "coef_d", "exponent_d"},
       false,
       2,
       AnswerComputeLaw},
  };
}

const std::vector<LawInfo>& Table() {
  static const std::vector<LawInfo> laws = [] {
    std::vector<LawInfo> all = LawsOfLoss();
    const std::vector<LawInfo> pools = LawsOfPools();
    all.insert(all.end(), pools.begin(), pools.end());
    const std::vector<LawInfo> others = OtherLaws();
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }();
  return laws;
}

}  // namespace

double Get(const Point& point, Variable variable) {
  switch (variable) {
    case kTokens:
      return point.tokens;
    case kParams:
      return point.params;
    case kLr:
      return point.lr;
    case kBatch:
      return point.batch;
    case kCompute:
      return point.compute;
  }
  return 0;
}

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
  }
  return "";
}

std::span<const LawInfo> Laws() { return Table(); }

const LawInfo* FindLaw(std::string_view name) {
  for (const LawInfo& law : Laws()) {
    if (law.name == name) return &law;
  }
  return nullptr;
}

const LawInfo& RequireLaw(std::string_view name) {
  if (const LawInfo* law = FindLaw(name)) return *law;
  std::vector<std::string_view> names;
  for (const LawInfo& law : Laws()) names.push_back(law.name);
  throw UsageError(fmt::format("unknown law '{}': allowed are {}", name, fmt::join(names, ", ")));
}

}  // namespace saelaw

// A rate that is retuned at every size goes along with tokens, and a law of tokens may then speak
// of the runs as they are; a rate that is swept at each size may not be overlooked.
#include "fit/compare/candidates.h"

#include <algorithm>
#include <cmath>

#include "fit/laws/loss_laws.h"
#include "fit/points/repeats.h"

namespace saelaw {
namespace {

bool Has(std::span<const Point> points, Variable variable) {
  return std::any_of(points.begin(), points.end(), [variable](const Point& point) {
    return Get(point, variable) > 0;
  });
}

// Whether a variable moves in one direction, and by one value for each number of tokens.
bool FollowsTokens(std::span<const Point> points, Variable variable) {
  std::vector<Point> sorted(points.begin(), points.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const Point& a, const Point& b) {
    return a.tokens < b.tokens;
  });
  bool rises = false;
  bool falls = false;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const auto before = RoundedLog(Get(sorted[i - 1], variable));
    const auto after = RoundedLog(Get(sorted[i], variable));
    const bool same = RoundedLog(sorted[i - 1].tokens) == RoundedLog(sorted[i].tokens);
    if (same && before != after) return false;
    rises = rises || after > before;
    falls = falls || after < before;
  }
  return !(rises && falls);
}

std::optional<Variable> FindUnknown(const LawInfo& law, std::span<const Point> points) {
  for (const Variable variable : {Variable::kParams, Variable::kLr, Variable::kBatch}) {
    if (law.Needs(variable) || !Has(points, variable) || FollowsTokens(points, variable)) continue;
    return variable;
  }
  const bool of_data = law.Needs(Variable::kTokens) || law.Needs(Variable::kCompute);
  if (!of_data && DistinctValues(points, Variable::kTokens) > 1) return Variable::kTokens;
  return {};
}

}  // namespace

// Of the laws there are, the one of rate, batch, size and data with its 21 parameters.
bool SlowToFit(const LawInfo& law) {
  constexpr std::size_t kManyParameters = 10;
  return law.parameters.size() > kManyParameters;
}

std::vector<CandidateLaw> Candidates(std::span<const Point> points) {
  std::vector<CandidateLaw> candidates;
  for (const LawInfo* law : LawsOfLoss()) {
    const bool has_all = std::all_of(law->variables.begin(),
                                     law->variables.end(),
                                     [&](Variable variable) { return Has(points, variable); });
    if (has_all) candidates.push_back({law, FindUnknown(*law, points)});
  }
  return candidates;
}

}  // namespace saelaw

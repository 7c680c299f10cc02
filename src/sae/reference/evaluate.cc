// A held-out set is measured part by part, so that errors can be estimated from how parts differ:
// by ratios of sums where a figure is one, and by leaving parts out where it is not. What does not
// depend on the SAE, the spread about the mean, is worked out once for the set.
#include "sae/reference/evaluate.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "sae/reference/metrics.h"

namespace saelaw {
namespace {

// Which latents fire is kept for so many groups of parts, [groups, d_sae]: enough for a standard
// error within a tenth of itself, and small beside an SAE.
constexpr std::size_t kFiringGroups = 64;

// Rows of a set at once, as doubles.
constexpr std::int64_t kRows = 1024;

// Works out what the parts of a set are about its mean: squares for the variance, and shifts for
// what the mean would be without a part. In pieces of rows, since the set may be most of the
// memory.
void AddSpread(HeldOutSet& set) {
  const at::Tensor mean =
      set.x.mean(0, /*keepdim=*/false, at::kDouble).to(set.x.scalar_type());  // [d_in]
  std::vector<at::Tensor> spread;
  for (std::size_t part = 0; part < set.parts(); ++part) {
    at::Tensor square = at::zeros({}, set.x.options().dtype(at::kDouble));
    at::Tensor sum = at::zeros({set.x.size(1)}, square.options());
    for (const at::Tensor& rows :
         set.x.narrow(0, set.begins[part], set.tokens_of(part)).split(kRows)) {
      const at::Tensor off = rows - mean;
      square += off.square().sum(at::kDouble);
      sum += off.sum(0, /*keepdim=*/false, at::kDouble);
    }
    spread.push_back(at::stack({square, sum.square().sum()}));
  }
  // The values are those of raw vectors; scaling them by the square is the same as scaling the
  // vectors.
  const at::Tensor host = (at::stack(spread) * (set.scale * set.scale)).cpu();  // [parts, 2]
  const double* values = host.const_data_ptr<double>();
  double total = 0;
  for (std::size_t part = 0; part < set.parts(); ++part) {
    set.squares.push_back(values[2 * part]);
    set.shifts.push_back(values[2 * part + 1]);
    total += values[2 * part];
  }
  set.variance = total / static_cast<double>(set.x.size(0));
}

// Measures the sums of one part: [3] as BatchSums::totals, and of which latents fire [d_sae].
BatchSums MeasurePart(Stepper& stepper,
                      const HeldOutSet& set,
                      std::size_t part,
                      std::int64_t chunk_tokens) {
  BatchSums sums;
  for (std::int64_t first = set.begins[part]; first < set.begins[part + 1]; first += chunk_tokens) {
    const std::int64_t tokens = std::min(chunk_tokens, set.begins[part + 1] - first);
    const BatchSums chunk = stepper.Measure(set.x.narrow(0, first, tokens) * set.scale, {});
    // Sums are cloned at first, because a stepper may use its memory again for the next chunk.
    sums.totals = sums.totals.defined() ? sums.totals + chunk.totals : chunk.totals.clone();
    sums.fired = sums.fired.defined() ? sums.fired + chunk.fired : chunk.fired.clone();
  }
  return sums;
}

// Sums over the tokens of each part.
struct PartSums {
  std::vector<double> tokens, loss, mse, l0;
};

PartSums ComputeSums(const at::Tensor& totals, double coefficient, const HeldOutSet& set) {
  PartSums sums;
  for (std::size_t part = 0; part < set.parts(); ++part) {
    // With one token the means that MakeTerms makes are the sums themselves.
    const LossTerms terms = MakeTerms(totals[static_cast<std::int64_t>(part)], coefficient, 1);
    sums.tokens.push_back(static_cast<double>(set.tokens_of(part)));
    sums.loss.push_back(terms.loss);
    sums.mse.push_back(terms.mse);
    sums.l0.push_back(terms.l0);
  }
  return sums;
}

std::vector<double> Means(const std::vector<double>& sums, const std::vector<double>& tokens) {
  std::vector<double> means(sums.size());
  for (std::size_t i = 0; i < means.size(); ++i) means[i] = sums[i] / tokens[i];
  return means;
}

HeldOutRecord MakeRecord(const HeldOutSet& set, const PartSums& sums) {
  HeldOutRecord record;
  record.documents = set.documents;
  record.tokens = set.x.size(0);
  for (std::size_t part = 0; part < set.parts(); ++part) {
    record.counts.push_back(set.tokens_of(part));
  }
  record.loss = Means(sums.loss, sums.tokens);
  record.mse = Means(sums.mse, sums.tokens);
  record.l0 = Means(sums.l0, sums.tokens);
  record.variance = Means(set.squares, sums.tokens);
  return record;
}

// Estimates the error of FVU by leaving out one part at a time. Without a part the mean of the
// others is another one, and their squares about it are less: Σ‖x - m‖² - ‖Σ(x - m)‖²/n over the
// others, whose Σ(x - m) is minus that of the part.
double FvuError(const HeldOutSet& set, const PartSums& sums) {
  const auto tokens = static_cast<double>(set.x.size(0));
  double mse = 0, squares = 0;
  for (std::size_t part = 0; part < set.parts(); ++part) {
    mse += sums.mse[part];
    squares += set.squares[part];
  }
  std::vector<double> without;
  for (std::size_t part = 0; part < set.parts(); ++part) {
    const double others = tokens - sums.tokens[part];
    const double about = squares - set.squares[part] - set.shifts[part] / others;
    without.push_back((mse - sums.mse[part]) / about);
  }
  return JackknifeError(without);
}

// Estimates the errors of the dead and dense shares, with each group of parts left out in turn.
// These shares are no sums over tokens, as a latent counts once however often it fires.
void AddFiringErrors(const at::Tensor& fired,
                     const std::vector<std::int64_t>& tokens,
                     HeldOutMeasurement& measured) {
  const at::Tensor all = fired.sum(0).to(at::kDouble);
  std::int64_t total = 0;
  for (const std::int64_t count : tokens) total += count;
  std::vector<double> dead, dense;
  for (std::size_t group = 0; group < tokens.size(); ++group) {
    const at::Tensor others = all - fired[static_cast<std::int64_t>(group)];
    dead.push_back(DeadFraction(others));
    dense.push_back(DenseFraction(others, total - tokens[group]));
  }
  measured.evaluation.se.dead_fraction = JackknifeError(dead);
  measured.dense_fraction_se = JackknifeError(dense);
}

}  // namespace

HeldOutSet HeldOutFrom(const at::Tensor& x, const std::vector<std::int64_t>& begins, double scale) {
  HeldOutSet set;
  set.x = x;
  set.scale = scale;
  set.documents = static_cast<std::int64_t>(begins.size()) - 1;
  set.begins = MergedBegins(begins, kMostHeldOutParts);
  AddSpread(set);
  return set;
}

HeldOutSet HeldOutFrom(const at::Tensor& x, double scale) {
  return HeldOutFrom(x, {0, x.size(0)}, scale);
}

HeldOutSubset EvenSubset(const HeldOutSet& set, std::int64_t tokens) {
  // A subset as large as the set is the set, but as one part: a curve needs no errors.
  const std::int64_t all = set.x.size(0);
  if (tokens >= all) {
    return {HeldOutFrom(set.x, set.scale), static_cast<std::int64_t>(set.parts())};
  }
  std::vector<std::int64_t> rows;
  std::int64_t parts = 0, end = 0;
  for (std::int64_t i = 0; i < tokens; ++i) {
    rows.push_back((2 * i + 1) * all / (2 * tokens));  // the middle of each stretch
    // A row beyond the last counted part's end opens a new part; rows come in ascending order.
    if (rows.back() < end) continue;
    parts += 1;
    end = *std::upper_bound(set.begins.begin(), set.begins.end(), rows.back());
  }
  const at::Tensor index = at::tensor(rows, at::kLong).to(set.x.device());
  return {HeldOutFrom(set.x.index_select(0, index), set.scale), parts};
}

HeldOutMeasurement Evaluate(Stepper& stepper,
                            double coefficient,
                            const HeldOutSet& set,
                            std::int64_t chunk_tokens) {
  // A set of few parts has as many groups as parts, and errors are then estimated from those.
  const std::size_t groups = std::min(set.parts(), kFiringGroups);
  std::vector<at::Tensor> totals;
  at::Tensor fired;  // [groups, d_sae]
  std::vector<std::int64_t> group_tokens(groups, 0);
  for (std::size_t part = 0; part < set.parts(); ++part) {
    const BatchSums sums = MeasurePart(stepper, set, part, chunk_tokens);
    totals.push_back(sums.totals);
    if (!fired.defined()) {
      fired = at::zeros({static_cast<std::int64_t>(groups), sums.fired.size(0)},
                        sums.fired.options().dtype(at::kInt));
    }
    // Parts are dealt out in turn, so that groups are of similar size and none is one stretch of
    // text.
    const std::size_t group = part % groups;
    fired[static_cast<std::int64_t>(group)].add_(sums.fired.to(at::kInt));
    group_tokens[group] += set.tokens_of(part);
  }
  const std::int64_t tokens = set.x.size(0);
  const at::Tensor by_part = at::stack(totals).cpu();  // [parts, 3]
  const PartSums sums = ComputeSums(by_part, coefficient, set);
  // The loss of the set is formed from its sums and not from the parts' means, which weigh
  // unequally.
  const LossTerms terms = MakeTerms(by_part.sum(0), coefficient, tokens);
  const at::Tensor all_fired = fired.sum(0).to(at::kDouble);  // [d_sae]
  HeldOutMeasurement measured;
  measured.evaluation.loss = terms.loss;
  measured.evaluation.mse = terms.mse;
  measured.evaluation.fvu = FractionVarianceUnexplained(terms.mse, set.variance);
  measured.evaluation.l0 = terms.l0;
  measured.evaluation.dead_fraction = DeadFraction(all_fired);
  measured.dense_fraction = DenseFraction(all_fired, tokens);
  measured.firing_histogram = FiringHistogram(all_fired, tokens);
  measured.evaluation.se.loss = RatioError(sums.loss, sums.tokens);
  measured.evaluation.se.mse = RatioError(sums.mse, sums.tokens);
  measured.evaluation.se.l0 = RatioError(sums.l0, sums.tokens);
  measured.evaluation.se.fvu = FvuError(set, sums);
  AddFiringErrors(fired, group_tokens, measured);
  measured.record = MakeRecord(set, sums);
  measured.fired_once = all_fired.eq(1).sum().item<std::int64_t>();
  measured.fired_twice = all_fired.eq(2).sum().item<std::int64_t>();
  return measured;
}

}  // namespace saelaw

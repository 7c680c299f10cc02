// What a result keeps of its held-out documents, and what follows from it without training:
// standard errors, comparisons of two runs on the same documents, and the losses that a law needs
// to know how far its level is that of these documents alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace saelaw {

// Means over the tokens of each part of the held-out set. A part is a document or, beyond
// kMostHeldOutParts documents, a few neighbouring ones: whole documents, so that parts are as
// independent as documents are. Empty: a result of a version that kept none.
inline constexpr std::int64_t kMostHeldOutParts = 256;
struct HeldOutRecord {
  std::int64_t documents = 0;        // 0: not known
  std::int64_t tokens = 0;           // of all parts
  std::vector<std::int64_t> counts;  // tokens of each part
  std::vector<double> loss, mse, l0;
  std::vector<double> variance;  // mean of ‖x - mean of the whole set‖²

  bool empty() const { return counts.empty(); }
};

// The standard error of a statistic from its values with each of n clusters left out in turn, the
// delete-one jackknife: √((n-1)/n · Σ (t_i - mean)²) (Efron & Tibshirani 1993, eq. 11.5). NaN with
// fewer than two, or where a value is not finite.
double JackknifeError(std::span<const double> without);

// A ratio Σ tops / Σ bottoms, such as a mean per token over documents of unequal length (the ratio
// estimator of cluster sampling, Cochran 1977, ch. 6), and the values with each cluster left out.
double Ratio(std::span<const double> tops, std::span<const double> bottoms);
std::vector<double> RatiosWithout(std::span<const double> tops, std::span<const double> bottoms);
// JackknifeError of RatiosWithout.
double RatioError(std::span<const double> tops, std::span<const double> bottoms);

// Where the parts begin when at most `most` are made of neighbouring documents, about equal in
// number: as `begins` (documents + 1 ascending values), with some of them left out.
std::vector<std::int64_t> MergedBegins(std::span<const std::int64_t> begins, std::int64_t most);

// As how many documents of equal length the parts count: 1 / Σ share². 0 where nothing is known.
double EffectiveDocuments(const HeldOutRecord& record);

// Whether both were measured on the same parts, as far as the records say.
bool SameHeldOut(const HeldOutRecord& a, const HeldOutRecord& b);

// One run against another on the same documents, whose own ease or difficulty cancels.
struct PairedComparison {
  double difference = 0;  // loss of `a` less that of `b`
  double se = 0;          // by document, of the difference; NaN with fewer than two parts
  int parts = 0;          // 0: the two cannot be compared
};
PairedComparison ComparePaired(const HeldOutRecord& a, const HeldOutRecord& b);

// The mean of a quantity with each of G = min(kHeldOutGroups, parts) groups of parts left out, the
// parts dealt to the groups in turn: the delete-a-group jackknife (Kott 2001, J. Off. Stat. 17).
// Whatever is computed from several runs' values is computed again from their g-th ones; the
// results' JackknifeError is the standard error that the choice of documents leaves. Empty with
// fewer than two parts.
inline constexpr std::size_t kHeldOutGroups = 20;
std::vector<double> HeldOutReplicates(const HeldOutRecord& record,
                                      const std::vector<double>& means);
// The same of the fraction of variance unexplained.
std::vector<double> FvuReplicates(const HeldOutRecord& record);

}  // namespace saelaw

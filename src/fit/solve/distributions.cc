// Boost.Math is asked for plain doubles (no long double behind them, which would be slow and differ
// between machines) and for NaN instead of an exception: fits without degrees of freedom ask too,
// and their intervals are then unknown.
#include "fit/solve/distributions.h"

#include <cmath>
#include <limits>

#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace saelaw {
namespace {

namespace policies = boost::math::policies;

using Quiet = policies::policy<policies::domain_error<policies::ignore_error>,
                               policies::pole_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>,
                               policies::evaluation_error<policies::ignore_error>,
                               policies::promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Quiet>;
using StudentsT = boost::math::students_t_distribution<double, Quiet>;
using FisherF = boost::math::fisher_f_distribution<double, Quiet>;

// The upper tail is asked for, since its probability is exact where `level` is close to 1.
template <typename Distribution>
double TwoSided(const Distribution& distribution, double level) {
  return boost::math::quantile(boost::math::complement(distribution, (1 - level) / 2));
}

}  // namespace

double StudentTwoSided(double level, double df) {
  return std::isinf(df) ? NormalTwoSided(level) : TwoSided(StudentsT(df), level);
}

double NormalTwoSided(double level) { return TwoSided(Normal(), level); }

double NormalCdf(double z) { return boost::math::cdf(Normal(), z); }

double FisherTail(double f, double df1, double df2) {
  // A ratio of nothing to nothing says nothing against the smaller model.
  if (!(f > 0)) return 1;
  if (std::isinf(f)) return 0;
  return boost::math::cdf(boost::math::complement(FisherF(df1, df2), f));
}

}  // namespace saelaw

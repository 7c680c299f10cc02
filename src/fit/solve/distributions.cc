// All through the regularised incomplete beta function I_x(a, b), by its continued fraction
// (Abramowitz & Stegun 26.5.8), and bisection for the quantiles.
#include "fit/solve/distributions.h"

#include <cmath>
#include <initializer_list>

namespace saelaw {
namespace {

// Lentz's evaluation of the continued fraction of I_x(a, b); converges fast for x < (a+1)/(a+b+2).
// The tiny number stands in for a zero, as Lentz's method divides by both c and d.
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  double d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::abs(d) < kTiny ? kTiny : d);
  double c = 1;
  double result = d;
  for (int m = 1; m <= 500; ++m) {
    for (const bool even : {true, false}) {
      const double numerator = even ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                    : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 + numerator * d;
      d = 1 / (std::abs(d) < kTiny ? kTiny : d);
      c = 1 + numerator / c;
      c = std::abs(c) < kTiny ? kTiny : c;
      result *= c * d;
    }
    if (std::abs(c * d - 1) < 1e-15) break;
  }
  return result;
}

double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // Logarithms keep the factors in range, which would overflow for large degrees of freedom.
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  // The fraction converges fast on one side only; the symmetry of I_x serves the other.
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

// Gives P(|T| > t). With infinite degrees of freedom t is normal.
double StudentTails(double t, double df) {
  return std::isinf(df) ? std::erfc(t / std::sqrt(2.0))
                        : IncompleteBeta(df / 2, 0.5, df / (df + t * t));
}

}  // namespace

double StudentTwoSided(double level, double df) {
  double low = 0;
  double high = 1;
  // The bracket grows until it holds the quantile. 80 halvings then reach the last bit.
  while (StudentTails(high, df) > 1 - level && high < 1e12) high *= 2;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (StudentTails(middle, df) > 1 - level ? low : high) = middle;
  }
  return (low + high) / 2;
}

// The normal distribution is Student's with infinite degrees of freedom.
double NormalTwoSided(double level) { return StudentTwoSided(level, INFINITY); }

double NormalCdf(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

double FisherTail(double f, double df1, double df2) {
  if (!(f > 0)) return 1;
  return IncompleteBeta(df2 / 2, df1 / 2, df2 / (df2 + df1 * f));
}

}  // namespace saelaw

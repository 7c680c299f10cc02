// Quantiles and tails of the few distributions that intervals and tests need. NaN where a degree of
// freedom is not positive.
#pragma once

namespace saelaw {

// P(|Z| <= z) = level for a standard normal: z. Requires 0 < level < 1.
double NormalTwoSided(double level);
// P(|T| <= t) = level for Student's t; df may be fractional or infinite (then normal).
double StudentTwoSided(double level, double df);
// P(Z <= z).
double NormalCdf(double z);
// P(F > f) for the F distribution with df1 and df2 degrees of freedom.
double FisherTail(double f, double df1, double df2);

}  // namespace saelaw

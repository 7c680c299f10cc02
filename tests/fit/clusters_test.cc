// Points that leave common trunks are correlated, in every method.
#include "fit/clusters.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "fit/csv.h"
#include "fit/law_fit.h"
#include "fit/laws.h"
#include "fit/noise.h"
#include "fit/points.h"

namespace saelaw {
namespace {

// L = 0.2 + 40·D^-0.5 at five sizes; each seed has a deviation of its own, the same at all sizes,
// beside that of each run.
struct World {
  int seeds = 4;
  double trunk_sd = 0.01;
  double run_sd = 0.002;
};

double Truth(double tokens) { return 0.2 + 40 * std::pow(tokens, -0.5); }

std::vector<Point> Draw(const World& world, unsigned draw, bool with_origin) {
  std::mt19937_64 generator(draw);
  std::normal_distribution<double> normal;
  std::vector<Point> points;
  for (int seed = 0; seed < world.seeds; ++seed) {
    const double trunk = world.trunk_sd * normal(generator);
    for (double tokens = 1e5; tokens < 1.7e6; tokens *= 2) {
      Point point;
      point.tokens = tokens;
      point.loss = Truth(tokens) * std::exp(trunk + world.run_sd * normal(generator));
      point.seed = point.stream = seed;
      point.origin = with_origin ? OriginNumber("trunk of seed " + std::to_string(seed)) : 0;
      points.push_back(point);
    }
  }
  return points;
}

FitOptions By(IntervalMethod method) {
  FitOptions options;
  options.interval_method = method;
  options.bootstrap_resamples = 200;
  options.threads = 1;
  return options;
}

Interval LevelAtTheMiddle(const LawFit& fit) {
  Point at;
  at.tokens = 4e5;
  return fit.Predict(at).confidence;
}

double Width(const Interval& interval) { return std::log(interval.hi / interval.lo); }

TEST(OriginNumber, IsOneForEachName) {
  EXPECT_EQ(OriginNumber(""), 0);
  EXPECT_NE(OriginNumber("a"), OriginNumber("b"));
  EXPECT_EQ(OriginNumber("a"), OriginNumber("a"));
  EXPECT_GT(OriginNumber("a"), 0);
}

Sample SampleOf(const std::vector<Point>& points) {
  const LawInfo& law = RequireLaw("data");
  return MakeSample(law, Usable(law, points), LogCentres(law, points));
}

// Four seeds at five sizes: 15 differences between replicates, but only four trunks to differ.
TEST(ReplicateNoise, CountsDistinctTrunks) {
  const Noise alone = ReplicateNoise(SampleOf(Draw({}, 1, false)));
  EXPECT_EQ(alone.df, 15);
  EXPECT_EQ(alone.independent_df, 15);
  std::vector<Point> points = Draw({}, 1, true);
  const Noise shared = ReplicateNoise(SampleOf(points));
  EXPECT_EQ(shared.sd, alone.sd);
  EXPECT_EQ(shared.independent_df, 3);
  // The two smallest sizes from trunks of their own: two groups of four trunks.
  for (Point& point : points) point.origin += point.tokens < 3e5 ? 1 : 0;
  EXPECT_EQ(ReplicateNoise(SampleOf(points)).independent_df, 6);
}

// Ten trunks, and all that varies is common to the points of one: as if there were ten points.
TEST(FitLaw, ResamplesAndSumsByTrunk) {
  const World world{10, 0.01, 0.0001};
  std::vector<Point> joint = Draw(world, 3, true), apart = Draw(world, 3, false);
  for (std::vector<Point>* points : {&joint, &apart}) {
    for (Point& point : *points) point.stream = point.seed / 5;  // two streams: too few
  }
  for (const IntervalMethod method :
       {IntervalMethod::kBootstrapCase, IntervalMethod::kSandwich, IntervalMethod::kProfileF}) {
    const LawFit by_trunk = FitLaw("data", joint, By(method));
    const LawFit by_point = FitLaw("data", apart, By(method));
    EXPECT_GT(Width(LevelAtTheMiddle(by_trunk)), 1.5 * Width(LevelAtTheMiddle(by_point)))
        << by_trunk.interval_method;
    // The mean of ten: ±2.26·1 %/√10.
    EXPECT_NEAR(Width(LevelAtTheMiddle(by_trunk)), 0.0143, 0.008) << by_trunk.interval_method;
  }
  EXPECT_EQ(FitLaw("data", joint, By(IntervalMethod::kSandwich)).interval_method,
            "sandwich by trunk");
}

double Coverage(const World& world, bool with_origin, IntervalMethod method) {
  constexpr unsigned kDraws = 300;
  Point far;
  far.tokens = 8 * 1.6e6;
  int inside = 0;
  for (unsigned draw = 0; draw < kDraws; ++draw) {
    const LawFit fit = FitLaw("data", Draw(world, 100 + draw, with_origin), By(method));
    const Interval interval = fit.Predict(far).confidence;
    inside += interval.lo <= Truth(far.tokens) && Truth(far.tokens) <= interval.hi ? 1 : 0;
  }
  return inside / static_cast<double>(kDraws);
}

// The interval of the law eight times further. Without their origins points count too often.
TEST(FitLaw, ProfilesOfSharedTrunksCover) {
  const World world{4, 0.01, 0.0005};
  EXPECT_LT(Coverage(world, false, IntervalMethod::kProfileF), 0.9);
  EXPECT_GT(Coverage(world, true, IntervalMethod::kProfileF), 0.92);
  // Where trunks have nothing in common it costs little to have asked.
  EXPECT_GT(Coverage({4, 0, 0.005}, true, IntervalMethod::kProfileF), 0.92);
}

bool Warns(const LawFit& fit, const std::string& words) {
  for (const std::string& warning : fit.warnings) {
    if (warning.find(words) != std::string::npos) return true;
  }
  return false;
}

TEST(FitLaw, SaysWhatFewTrunksCannotShow) {
  EXPECT_TRUE(Warns(FitLaw("data", Draw({1}, 5, true), By(IntervalMethod::kProfileF)),
                    "all points leave one trunk"));
  EXPECT_TRUE(Warns(FitLaw("data", Draw({3}, 5, true), By(IntervalMethod::kSandwich)),
                    "15 points leave 3 trunks"));
  EXPECT_TRUE(Warns(FitLaw("data", Draw({3}, 5, true), By(IntervalMethod::kBootstrapCase)),
                    "drawn by trunk, of which there are only 3"));
  EXPECT_FALSE(Warns(FitLaw("data", Draw({3}, 5, false), By(IntervalMethod::kProfileF)), "trunk"));
}

TEST(ParseCsvPoints, TakesOrigins) {
  const CsvPoints csv = ParseCsvPoints(
      "tokens,loss,origin\n100,3,ab12\n200,2,ab12\n400,1.5,\n", "runs.csv", CsvColumns{});
  ASSERT_EQ(csv.points.size(), 3U);
  EXPECT_EQ(csv.points[0].origin, OriginNumber("ab12"));
  EXPECT_EQ(csv.points[1].origin, csv.points[0].origin);
  EXPECT_EQ(csv.points[2].origin, 0);
}

}  // namespace
}  // namespace saelaw

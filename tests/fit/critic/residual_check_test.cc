#include "fit/critic/residual_check.h"

#include <random>

#include <gtest/gtest.h>

#include "fit/case_testing.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::AnswerOf;
using testing::At;
using testing::Says;

double Normal(std::mt19937_64& generator) {
  const double u = (static_cast<double>(generator() >> 11) + 0.5) * 0x1.0p-53;
  const double v = (static_cast<double>(generator() >> 11) + 0.5) * 0x1.0p-53;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * 3.141592653589793 * v);
}

// Sizes from 1M, doubling, each with so many runs; loss = 0.5 + (tokens/1e6)^-0.3, 0.5 % noise.
std::vector<Point> Table(std::mt19937_64& generator, int sizes, int runs) {
  std::vector<Point> points;
  for (int i = 0; i < sizes * runs; ++i) {
    Point point = At(1e6 * std::pow(2, i / runs));
    point.seed = i % runs + 1;
    point.row = i + 2;
    point.loss = (0.5 + std::pow(point.tokens / 1e6, -0.3)) * std::exp(0.005 * Normal(generator));
    points.push_back(point);
  }
  return points;
}

std::string Found(const std::vector<Point>& points, Estimator estimator = Estimator::kHuberLog) {
  FitOptions options = TableOptions(estimator);
  options.interval_method = IntervalMethod::kNone;
  options.threads = 1;
  std::string all;
  for (const std::string& warning :
       CheckResiduals(FitLaw("data", points, options), points, options).warnings) {
    all += warning;
  }
  return all;
}

// Source: tests/fit/data/cases/README.md. Huber passed over the row without a word, least squares
// ended at an exponent of 10.
TEST(CheckResiduals, NamesAnOutlierWhateverTheEstimator) {
  for (const Estimator estimator : {Estimator::kHuberLog, Estimator::kLeastSquaresLog}) {
    testing::TableQuestion question{"outlier_x100"};
    question.estimator = estimator;
    const std::string said = testing::WarningsOf(AnswerOf(question));
    EXPECT_TRUE(Says(said, "an outlier: row 19 (loss 85.38, 100 times what the other runs say"))
        << said;
    const bool follows = estimator == Estimator::kLeastSquaresLog;
    EXPECT_EQ(Says(said, "least squares follow it (--estimator huber does not)"), follows) << said;
  }
}

TEST(CheckResiduals, NamesSmallAndSeveralOutliers) {
  std::mt19937_64 generator(20261128);
  std::vector<Point> points = Table(generator, 6, 6);
  points[7].loss *= 1.06;
  points[20].loss *= 0.94;
  const std::string said = Found(points);
  EXPECT_TRUE(Says(said, "outliers: row 9 (") && Says(said, "row 22 (")) << said;
}

// Same source: the optimum between the two is one, and is said to be.
TEST(CheckResiduals, SuspectsTwoPopulations) {
  const LawAnswer answer = AnswerOf({"two_arch"});
  EXPECT_TRUE(answer.law.converged);
  EXPECT_NEAR(answer.law.objective, 1.43993e-3, 1e-8);
  const std::string said = testing::WarningsOf(answer);
  EXPECT_FALSE(Says(said, "not an optimum")) << said;
  EXPECT_TRUE(Says(said, "column 'arch' tells populations apart: runs of 'B' lie")) << said;
  EXPECT_TRUE(Says(said, "--where arch=A")) << said;
}

// The same table without the column that names them, and one of unequal parts.
TEST(CheckResiduals, SuspectsTwoPopulationsWithoutALabel) {
  std::mt19937_64 generator(20261129);
  for (const int every : {2, 3, 4}) {
    std::vector<Point> points = Table(generator, 6, 4);
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (i % static_cast<std::size_t>(every) == 0) points[i].loss *= 1.1;
    }
    const std::string said = Found(points);
    EXPECT_TRUE(Says(said, "two populations in one table?")) << every << ": " << said;
  }
}

// Nine checkpoints of each of four runs, whose errors keep nine tenths of the one before.
TEST(CheckResiduals, SeesCheckpointsOfOneRun) {
  std::mt19937_64 generator(20261130);
  std::vector<Point> points = Table(generator, 9, 4);
  for (int run = 0; run < 4; ++run) {
    double error = 0.01 * Normal(generator);
    for (std::size_t i = static_cast<std::size_t>(run); i < points.size(); i += 4) {
      error = 0.9 * error + 0.004 * Normal(generator);
      points[i].loss = (0.5 + std::pow(points[i].tokens / 1e6, -0.3)) * std::exp(error);
    }
  }
  EXPECT_TRUE(Says(Found(points), "as the checkpoints of 4 runs do")) << Found(points);
  // Where the stream is known, intervals count runs already.
  for (Point& point : points) point.stream = point.seed;
  EXPECT_FALSE(Says(Found(points), "checkpoints"));
}

// What is said of tables of a law that holds, of even noise and of noise that grows threefold
// towards the smallest size: at most 5 of 100.
TEST(CheckResiduals, SaysHardlyAnythingOfTablesOfTheLaw) {
  constexpr int kTables = 100;
  for (const double growth : {1.0, 3.0}) {
    std::mt19937_64 generator(20261131);
    int said = 0;
    for (int i = 0; i < kTables; ++i) {
      std::vector<Point> points = Table(generator, 8, 3);
      for (Point& point : points) {
        const double share = std::log2(point.tokens / 1e6) / 7;
        const double truth = 0.5 + std::pow(point.tokens / 1e6, -0.3);
        point.loss = truth * std::pow(point.loss / truth, std::pow(growth, 1 - share));
      }
      said += Found(points).empty() ? 0 : 1;
    }
    EXPECT_LE(said, 5) << growth;
  }
}

}  // namespace
}  // namespace saelaw

// Tables with known laws, fitted, for the tests of the figures that show them.
#pragma once

#include <cmath>
#include <vector>

#include "fit/fit.h"
#include "report/tables/fit_figures.h"

namespace saelaw::fitted_tables {

struct Fitted {
  std::vector<Point> points;
  std::vector<Point> failed;
  LawAnswer answer;
  FittedTable table() const { return {points, failed, {}}; }
};

inline Fitted Fit(const char* law, Fitted of, std::vector<Point> at) {
  LawQuestion question{law, of.points, of.failed, {}, std::move(at), true};
  question.criticise = false;
  question.discrepancy = false;
  of.answer = AnswerLaw(question);
  return of;
}

inline Point At(double tokens, double params = NAN, double lr = NAN, double compute = NAN) {
  Point point;
  point.tokens = tokens;
  point.params = params;
  point.lr = lr;
  point.compute = compute;
  return point;
}

inline void Add(Point point, double loss, std::vector<Point>* points) {
  point.loss = loss;
  point.row = static_cast<std::int64_t>(points->size()) + 2;
  points->push_back(point);
}

// A small noise that is the same each time.
inline double Noise(int i) { return 1 + 0.002 * std::sin(7.0 * i); }

// Loss = 0.5 + 30·D^-0.4 (+ 20·N^-0.5 at `sizes`).
inline Fitted Loss(const std::vector<double>& sizes) {
  Fitted of;
  for (int i = 0; i < 6; ++i) {
    const double tokens = 1e6 * std::pow(2.0, i);
    const double by_tokens = 0.5 + 30 * std::pow(tokens, -0.4);
    if (sizes.empty()) Add(At(tokens), by_tokens * Noise(i), &of.points);
    for (const double size : sizes) {
      const double loss = (by_tokens + 20 * std::pow(size, -0.5)) * Noise(i + 1);
      Add(At(tokens, size), loss, &of.points);
    }
  }
  return Fit(sizes.empty() ? "data" : "size-data", of, {At(1e8, sizes.empty() ? NAN : 1000)});
}

// Valleys of curvature 0.03 about LR* = 1e-3·(D/1e6)^-0.3; the highest rate of each size failed.
inline Fitted Rates(const char* law) {
  Fitted of;
  for (int i = 0; i < 4; ++i) {
    const double tokens = 1e6 * std::pow(4.0, i);
    for (int step = -3; step <= 3; ++step) {
      const double lr = 1e-3 * std::pow(tokens / 1e6, -0.3) * std::pow(2.0, step);
      const double z = step * std::log(2.0);
      const double loss = 10 * std::pow(tokens, -0.2) * (1 + 0.03 * z * z);
      auto& points = step == 3 ? of.failed : of.points;
      Add(At(tokens, NAN, lr), loss * Noise(step), &points);
    }
  }
  return Fit(law, of, {At(1e9)});
}

// Budgets of the law 1.7 + 400·N^-0.34 + 410·D^-0.28, seven sizes each.
inline Fitted Budgets() {
  Fitted of;
  for (const double compute : {1e18, 1e19, 1e20}) {
    const double best = 0.6 * std::pow(compute, 0.45);
    for (int step = -3; step <= 3; ++step) {
      const double params = best * std::pow(1.7, step);
      const double tokens = compute / (6 * params);
      const double loss = 1.7 + 400 * std::pow(params, -0.34) + 410 * std::pow(tokens, -0.28);
      Add(At(NAN, params, NAN, compute), loss * (1 + 0.1 * (Noise(step + 4) - 1)), &of.points);
    }
  }
  return Fit("compute", of, {At(NAN, NAN, NAN, 1e21)});
}

}  // namespace saelaw::fitted_tables

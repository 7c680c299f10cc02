// The figures of a law that was fitted to a table of runs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "fit/fit.h"
#include "report/document/figure.h"

namespace saelaw {

// What a law was fitted to.
struct FittedTable {
  std::span<const Point> points;  // finished runs
  std::span<const Point> failed;  // that diverged or collapsed
  // How a row is called: "run 0c766a14b9ec6815"; empty: by its number.
  std::function<std::string(std::int64_t row)> name{};

  std::string MakeName(const Point& point) const;
};

// By the kind of the law: loss and residuals; rates and their valleys; isoFLOP valleys and the
// split. A figure without a point is left out.
std::vector<document::Figure> FitFigures(const LawAnswer& answer, const FittedTable& table);

// Loss against the first variable of a law of loss: the runs, the law with its interval, and what
// it predicts. Where the law knows more than one variable, a curve for each of at most seven
// settings of the others.
document::Figure FittedLossFigure(const LawAnswer& answer, const FittedTable& table);
// What every run is off the law, along the same variable.
document::Figure ResidualFigure(const LawFit& law, const FittedTable& table);

// Learning rate against tokens: optima, the law or the edge, the runs that failed.
document::Figure FittedRateFigure(const LawAnswer& answer, const FittedTable& table);
// Loss against learning rate, each size with its valley.
document::Figure ValleyFigure(const LrLawFit& fit, const FittedTable& table);

// Loss against params, each budget with its valley.
document::Figure IsoFlopFigure(const ComputeLawFit& fit, const FittedTable& table);
// Best params against compute, by both ways.
document::Figure SplitFigure(const LawAnswer& answer);

// Of a run as the reader is told: "row 7: loss 0.41, tokens 1M, lr 0.002".
std::string RunHover(const Point& point, const FittedTable& table);

}  // namespace saelaw

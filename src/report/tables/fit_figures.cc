#include "report/tables/fit_figures.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/law_tables.h"

namespace saelaw {

using document::Figure;

std::string FittedTable::MakeName(const Point& point) const {
  const std::string given = name ? name(point.row) : "";
  return given.empty() ? fmt::format("row {}", point.row) : given;
}

std::string RunHover(const Point& point, const FittedTable& table) {
  return fmt::format(
      "{}: loss {}, {}", table.MakeName(point), NumberText(point.loss), PlaceText(point));
}

std::vector<Figure> FitFigures(const LawAnswer& answer, const FittedTable& table) {
  std::vector<Figure> figures;
  const bool of_loss = answer.law.ok() && answer.law.info->predicted == Predicted::kLoss;
  if (of_loss && !answer.law.residuals.empty()) {
    figures.push_back(FittedLossFigure(answer, table));
    figures.push_back(ResidualFigure(answer.law, table));
  }
  if (answer.lr || answer.edge) figures.push_back(FittedRateFigure(answer, table));
  if (answer.lr) figures.push_back(ValleyFigure(*answer.lr, table));
  if (answer.compute) {
    figures.push_back(IsoFlopFigure(*answer.compute, table));
    figures.push_back(SplitFigure(answer));
    const ComputeLawFit& fit = *answer.compute;
    // The table may lack the tokens that its compute stands for; the budgets' runs have them.
    std::vector<Point> complete;
    for (const ComputeOptimum& optimum : fit.optima) {
      complete.insert(complete.end(), optimum.runs.begin(), optimum.runs.end());
    }
    if (fit.loss_surface.ok()) {
      figures.push_back(ResidualFigure(fit.loss_surface, {complete, {}, table.name}));
    }
  }
  std::erase_if(figures, [](const Figure& figure) { return figure.x.empty() || figure.y.empty(); });
  return figures;
}

}  // namespace saelaw

#include "report/tables/risk_tables.h"

#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/document/numbers.h"
#include "report/tables/figure_parts.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// How a failure's cost was found, since most of it is that share.
std::string SeenText(const FailureCost& failure) {
  const std::string by = failure.runs > 0 ? fmt::format("mean of {} that failed", failure.runs)
                                          : std::string("assumed");
  return fmt::format("seen after {} of the run ({})", PercentText(failure.seen_at), by);
}

Place MakePlace(double lr, double loss, const std::string& label, double failure) {
  Place place{lr, loss};
  place.hover = fmt::format("{}: {} at lr {}\nfails with {}",
                            label,
                            NumberText(loss),
                            NumberText(lr, 3),
                            PercentText(failure));
  return place;
}

}  // namespace

std::string RiskText(const RateRisk& risk) {
  if (std::isnan(risk.failure_probability)) {
    return "unknown: no run of the sweep tells where runs fail";
  }
  std::string text = PercentText(risk.failure_probability);
  if (std::isnan(risk.cost)) return text;
  return text +
         fmt::format("; {}; one failure and its restart at 0.7 of the rate cost {} of the loss",
                     SeenText(risk.failure),
                     PercentText(risk.cost));
}

std::string RolesText(const RatedRate& rate) {
  std::vector<std::string> roles;
  if (rate.advised) roles.emplace_back("advised");
  if (rate.least_loss) roles.emplace_back("least expected loss");
  if (rate.safe) roles.emplace_back("safer: 1 % risk");
  if (rate.best) roles.emplace_back("best if it survives");
  return fmt::format("{}", fmt::join(roles, ", "));
}

Table RatesTable(const RateRisk& risk, bool named_alone, const std::string& at) {
  Table table(
      {{"lr"}, {"fails with"}, {"loss if it survives"}, {"expected loss"}, {"", Align::kLeft}});
  for (std::size_t i = 0; i < risk.rates.size(); ++i) {
    const RatedRate& rate = risk.rates[i];
    const std::string row = fmt::format("{}/rates/{}", at, i);
    const std::string roles = RolesText(rate);
    if (named_alone && roles.empty()) continue;
    table.Add({{NumberText(rate.lr, 3), row + "/lr"},
               PercentText(rate.failure_probability),
               {NumberText(rate.loss), row + "/loss"},
               {NumberText(rate.expected_loss), row + "/expected_loss"},
               roles});
  }
  return table;
}

Figure RiskFigure(const RateRisk& risk) {
  Figure figure{"risk",
                "Expected loss against learning rate, at the target",
                "Of a run that survives, and with failures and their restarts counted."};
  Curve survives{"if it survives", Ink::kLaw};
  Curve expected{"expected", Ink::kFailed};
  Points advised{"advised", Ink::kTarget, Shape::kStar};
  std::vector<double> rates, losses;
  for (const RatedRate& rate : risk.rates) {
    if (!(rate.loss > 0)) continue;
    const double failure = rate.failure_probability;
    survives.places.push_back(MakePlace(rate.lr, rate.loss, survives.label, failure));
    expected.places.push_back(MakePlace(rate.lr, rate.expected_loss, expected.label, failure));
    if (rate.advised) {
      advised.places.push_back(MakePlace(rate.lr, rate.expected_loss, advised.label, failure));
    }
    rates.push_back(rate.lr);
    losses.insert(losses.end(), {rate.loss, rate.expected_loss});
  }
  figure.x = LogarithmicAxis("learning rate", rates);
  figure.y = LogarithmicAxis("held-out loss", losses);
  figure.curves = {std::move(survives), std::move(expected)};
  figure.points = {std::move(advised)};
  return figure;
}

}  // namespace saelaw

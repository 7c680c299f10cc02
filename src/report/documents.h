// What each command has to say, as a document: the answer first, then what stands against it. A new
// table is a function in report/tables and a line here; a new format is a file in report/render.
// None has errors.
#pragma once

#include <string>
#include <vector>

#include "fit/fit.h"
#include "report/document/document.h"
#include "report/plan_report.h"
#include "report/report.h"
#include "report/status.h"
#include "report/tables/fit_figures.h"
#include "study/advice/recommendation.h"
#include "study/arms/arms_comparison.h"

namespace saelaw {

document::Document PlanDocument(const PlanReport& report);
document::Document StatusDocument(const Status& status);

// A law with its intervals and predictions, by its kind what it rests on, and what speaks against
// it.
document::Document AnswerDocument(const LawAnswer& answer);

// The same as a page: with figures, and AnswerJson as its data.
document::Document AnswerPage(const LawAnswer& answer, const FittedTable& table);

// The laws of loss side by side, and what they say together.
document::Document CompareDocument(const Comparison& comparison,
                                   const std::vector<DroppedPoint>& dropped);

// What `saelaw run` ends with: the verdict as BriefRecommendDocument says it, and `rest`, a line on
// where the rest is to be had.
document::Document VerdictDocument(const Recommendation& recommendation, const std::string& rest);
// The verdict, and what of the rest fits on one screen of 24 lines.
document::Document BriefRecommendDocument(const Recommendation& recommendation,
                                          const std::string& config_path);
// The verdict, exponents with intervals, learning rate, predicted loss, hours; then the rates with
// their risk, the hold-out, the transfer table and the alternatives.
document::Document RecommendDocument(const Recommendation& recommendation,
                                     const std::string& config_path);
// The same, with the laws themselves and every run that was left out, and why. For pages also the
// figures, the price, the configuration and every run; its data is ReportJson.
document::Document ReportDocument(const Report& report);

// Which recipe of a study is better: the answer, and with ArmsDocument what it rests on. The data
// of the second is ArmsJson.
document::Document BriefArmsDocument(const ArmsComparison& comparison);
document::Document ArmsDocument(const ArmsComparison& comparison);

}  // namespace saelaw

// The documented, versioned JSON objects that commands print with --json. Keys come in the order
// in which the documentation names them; a number that is unknown (NaN) or without bound is null.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/fit.h"
#include "report/plan_report.h"
#include "report/report.h"
#include "report/status.h"
#include "study/advice/recommendation.h"
#include "study/arms/arms_comparison.h"

namespace saelaw {

// `version` of all objects below. Raised when a key changes its meaning or goes away.
inline constexpr int kJsonVersion = 1;

// Each returns an indented object that ends with a newline. Text that is not UTF-8 is replaced
// by U+FFFD. None has errors.

// `saelaw fit --csv`: the law, its predictions and, by the law's kind, what it rests on and what
// speaks against it. `predictions[].interval` is that of one new run (with its noise),
// `law_interval` that of the law's value. `refusal` is null when there is a law.
std::string AnswerJson(const LawAnswer& answer);
// The law and its predictions alone.
std::string FitJson(const LawFit& fit, std::span<const Prediction> predictions);

// `saelaw compare --csv`: every law that the table has the columns of, and what they say together.
std::string CompareJson(const Comparison& comparison, const std::vector<DroppedPoint>& dropped);

std::string PlanJson(const PlanReport& report);
std::string StatusJson(const Status& status);
// `config_path` null when empty.
std::string RecommendationJson(const Recommendation& recommendation,
                               const std::string& config_path);
std::string ReportJson(const Report& report);
// The arms of a study that compares, and how they differ.
std::string ArmsJson(const ArmsComparison& comparison);

}  // namespace saelaw

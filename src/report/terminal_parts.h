// Tables that several terminal pages share; for report/'s .cc files alone.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/terminal.h"
#include "report/text_table.h"

namespace saelaw::terminal {

// Wrapped lines led by "! "; empty when there are none.
std::string WarningLines(const std::vector<std::string>& warnings, bool colour);
// One line per parameter: name, value, interval, remark.
std::string ParameterTable(const LawFit& fit);
// Estimator, interval method, points, residual, or the refusal.
std::string LawSummary(const LawFit& fit, bool colour);
std::string PredictionTable(std::span<const Prediction> predictions, double level);
// The best rate of each data size, with its censoring.
std::string OptimaTable(std::span<const LrOptimum> optima);
// "tokens 2.1B, params 16384": what the point names of tokens, params and compute, lr and batch.
std::string PlaceText(const Point& at);
// All sections of the self-criticism; empty when there is nothing to show.
std::string CriticismText(const Criticism& criticism,
                          const std::vector<std::string>& would_change,
                          bool colour);
std::string DroppedTable(const std::vector<DroppedPoint>& dropped);
std::string PriceLines(const TargetPrice& price);

}  // namespace saelaw::terminal

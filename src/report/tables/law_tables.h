// Laws: parameters with intervals, predictions, what they rest on, what was dropped and why.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/fit.h"
#include "report/document/document.h"

namespace saelaw {

// `at` is where the JSON has the law throughout.

// Estimator, interval method, points, residual, and the table of parameters; or the refusal.
document::Blocks LawBlocks(const LawFit& fit, const std::string& at);
// The same, and how the search for it went, where there was one.
document::Blocks SearchedLawBlocks(const LawFit& fit, const std::string& at);
document::Table PredictionTable(std::span<const Prediction> predictions,
                                double level,
                                const std::string& at);
// What the intervals beyond the data have in them for the law being wrong, in a sentence; nothing
// where no prediction lies beyond, or nobody asked.
document::Blocks DiscrepancyBlocks(const LawFit& fit, std::span<const Prediction> predictions);
// The best rate of each data size, with its censoring.
document::Table OptimaTable(std::span<const LrOptimum> optima, const std::string& at);
// Between which rates the stability edge of each data size lies.
document::Table BracketTable(std::span<const LrEdgeBracket> brackets, const std::string& at);
// The best rate and batch of each place, and what the nearest measured pair costs there.
document::Table BestPairTable(std::span<const BestPair> pairs, const std::string& at);
// The best split of each budget of compute.
document::Table BudgetTable(std::span<const ComputeOptimum> optima, const std::string& at);
// The first rows of a table that were dropped, and how many more there are.
document::Blocks DroppedBlocks(const std::vector<DroppedPoint>& dropped);
// "tokens 2.1B, params 16384": what the point names of tokens, params and compute, lr and batch.
std::string PlaceText(const Point& at);

}  // namespace saelaw

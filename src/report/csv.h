// Comma-separated tables for other programs (RFC 4180): unknown numbers are empty cells, numbers
// read back as the same double.
#pragma once

#include <string>
#include <string_view>

#include "study/findings/findings.h"

namespace saelaw {

// One line per run: tokens, d_sae, lr, seed, stage, outcome, the metrics that are for tables
// (core/metrics.h), firing_histogram (kFiringBins counts of latents with blanks between; empty: not
// taken), short (0 or 1), left_out (the reason; empty: a point of the loss law), origin (the trunk,
// which correlated runs share; empty: none), id, the metrics' errors (name_se), and metrics that
// earlier versions did not measure, where a run has them. Lines end with \n.
std::string RunsCsv(const Findings& findings);

// One line per law and parameter: law, quantity (what the law predicts), parameter, value, lo, hi,
// level, n_points, on_bound (0 or 1), refusal. A refused law has one line without parameter.
std::string LawsCsv(const Findings& findings);

// A cell, quoted where its text needs it (comma, quote, line break, outer blanks).
std::string CsvCell(std::string_view text);

}  // namespace saelaw

// Rows are places among the runs that a law was given, so a row beyond them is nobody's.
#include "study/findings/name_runs.h"

#include <variant>

namespace saelaw {
namespace {

// Most kinds of warnings speak of no row.
struct Namer {
  const RunOfRow& run_of;

  template <typename Other>
  void operator()(Other& /*warning*/) const {}

  void operator()(TableRow& row) const { row.run = run_of(row.number); }
  void operator()(warning::ComputeOddRow& warning) const { (*this)(warning.row); }
  void operator()(warning::Outliers& warning) const {
    for (warning::Outliers::One& outlier : warning.rows) (*this)(outlier.row);
  }
  void operator()(warning::TwoPopulations& warning) const {
    for (TableRow& row : warning.above) (*this)(row);
  }
};

}  // namespace

void NameRuns(const RunOfRow& run_of, FitWarnings* warnings) {
  for (FitWarning& warning : *warnings) std::visit(Namer{run_of}, warning);
}

void NameRuns(const RunOfRow& run_of, Criticism* criticism) {
  for (Influence& point : criticism->influence) point.run = run_of(point.row);
  for (WouldChange& one : criticism->would_change) {
    auto* without = std::get_if<change::WithoutRun>(&one);
    if (without != nullptr) without->run = run_of(without->row);
  }
  NameRuns(run_of, &criticism->warnings);
}

void NameRuns(const std::vector<const KnownRun*>& runs, Criticism* criticism) {
  const auto run_of = [&](std::int64_t row) {
    const auto at = static_cast<std::size_t>(row);
    return row >= 0 && at < runs.size() ? runs[at]->result.id : RunId();
  };
  NameRuns(run_of, criticism);
}

}  // namespace saelaw

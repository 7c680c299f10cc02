// What a plan has to say besides its runs, as data. The words are in report/tables/plan_words.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

namespace saelaw {

namespace note {
// The budget leaves out runs of this round, or of all that can be foreseen, so that the study stays
// unfinished.
struct BudgetCut {
  std::optional<int> runs;  // budget.runs
  std::size_t known = 0;    // runs that are there
  std::optional<double> flops;
  double flops_used = 0;
  int cut = 0;
  std::size_t of = 0;     // so many runs
  bool foreseen = false;  // of all that can be foreseen; else of the round
};
// budget.wall is less than what these runs take.
struct OverWall {
  double budget_seconds = 0;
  double seconds = 0;
};
// Runs of one stream train together, and runs that differ in tokens alone share a trunk: time and
// FLOP of a run are its share.
struct SharedStreams {};
struct SharedTrunks {};
// The width of the vectors is not known: nothing can be priced.
struct NoWidth {};
// `plan` reads no weights, so that known runs may be listed as to do.
struct NotHashed {};
// So many runs of the study were trained by themselves (`saelaw train`), and their results are
// used.
struct TrainedAlone {
  std::size_t runs = 0;
};
// Finished runs of earlier data, in the words of whoever looked them up.
struct EarlierRuns {
  std::string text;
};
}  // namespace note

using NoteKind = std::variant<note::BudgetCut,
                              note::OverWall,
                              note::SharedStreams,
                              note::SharedTrunks,
                              note::NoWidth,
                              note::NotHashed,
                              note::TrainedAlone,
                              note::EarlierRuns>;
struct PlanNote {
  NoteKind what;
  std::string arm{};  // of a study that compares recipes: whose plan it is; empty: of all
};

}  // namespace saelaw

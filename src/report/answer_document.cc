// The document of `saelaw fit`, the same for every law: what the data says, in the order of the
// law, what it rests on, what it predicts, what speaks against it, and what was left out. Texts
// such as "/surface" are JSON pointers into AnswerJson.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/documents.h"
#include "report/json.h"
#include "report/tables/criticism_tables.h"
#include "report/tables/fit_figures.h"
#include "report/tables/fit_words.h"
#include "report/tables/law_tables.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

std::string MakeTitle(const LawInfo& law) {
  return law.title.empty() ? fmt::format("Law {}", law.name) : std::string(law.title);
}

void Warn(const FitWarnings& warnings, Blocks& blocks) {
  for (const FitWarning& warning : warnings) blocks.emplace_back(Warning(WarningText(warning)));
}

// A law that was found in another way stands beside the one that was asked for, so that the reader
// sees whether the two agree.
Section BesideIt(const std::string& title, const LawFit& fit, const std::string& at) {
  return {title, SearchedLawBlocks(fit, at)};
}

// Shows what the law rests on. An answer has at most the parts of its own kind; a law of loss alone
// has none of them.
Blocks Grounds(const LawAnswer& answer) {
  Blocks blocks;
  if (answer.surface) {
    const LawFit& law = answer.surface->stepwise.law;
    Section section = BesideIt("Beside it, the sizes one by one", law, "/stepwise");
    Warn(law.warnings, section.blocks);
    blocks.emplace_back(std::move(section));
  }
  if (!answer.best_pairs.empty())
    blocks.emplace_back(
        Section{"Best learning rate and batch", {BestPairTable(answer.best_pairs, "")}});
  if (answer.lr)
    blocks.emplace_back(Section{"Each data size", {OptimaTable(answer.lr->optima, "")}});
  if (answer.edge)
    blocks.emplace_back(Section{"Each data size", {BracketTable(answer.edge->brackets, "")}});
  if (answer.compute) {
    const ComputeLawFit& fit = *answer.compute;
    // The surface's own warnings have no other place; a refused one says why.
    if (fit.surface.ok()) {
      Warn(fit.loss_surface.warnings, blocks);
      Section section = BesideIt("Beside it, from the valley of each budget", fit.law, "/valleys");
      Warn(fit.law.warnings, section.blocks);
      blocks.emplace_back(std::move(section));
    } else {
      blocks.emplace_back(BesideIt("Beside it, from the loss surface", fit.surface, "/surface"));
    }
    blocks.emplace_back(Section{"Each budget", {BudgetTable(fit.optima, "")}});
  }
  return blocks;
}

// Failed runs carry a law of rates, though not as points of it.
std::string DroppedTitle(const LawAnswer& answer) {
  const bool rates = answer.lr.has_value() || answer.edge.has_value();
  return fmt::format("{}: {} of {} rows",
                     rates ? "Dropped or diverged" : "Dropped",
                     answer.law.dropped.size(),
                     answer.rows);
}

}  // namespace

Document AnswerDocument(const LawAnswer& answer) {
  const LawFit& law = answer.law;
  Document document;
  document.subject = law.name();
  document.warnings = WarningTexts(law.warnings);
  for (const FitWarning& warning : answer.criticism.warnings) {
    document.warnings.push_back(WarningText(warning));
  }
  Blocks& blocks = document.blocks;
  blocks.emplace_back(Section{MakeTitle(*law.info), SearchedLawBlocks(law, "")});
  Extend(blocks, Grounds(answer));
  if (!answer.predictions.empty()) {
    Section predictions{"Predictions", {PredictionTable(answer.predictions, law.level, "")}};
    Extend(predictions.blocks, DiscrepancyBlocks(law, answer.predictions));
    blocks.emplace_back(std::move(predictions));
  }
  Extend(
      blocks,
      CriticismBlocks(answer.criticism, ChangeTexts(answer.criticism.would_change), "/criticism"));
  if (!law.dropped.empty())
    blocks.emplace_back(Section{DroppedTitle(answer), DroppedBlocks(law.dropped)});
  return document;
}

Document AnswerPage(const LawAnswer& answer, const FittedTable& table) {
  Document document = AnswerDocument(answer);
  document.title = fmt::format("saelaw fit: law {}", answer.law.name());
  document.data = AnswerJson(answer);
  Section figures{"Figures", {}, Audience::kPages};
  for (Figure& figure : FitFigures(answer, table)) figures.blocks.emplace_back(std::move(figure));
  // They stand right behind the law itself, before what it rests on.
  if (!figures.blocks.empty()) {
    document.blocks.insert(document.blocks.begin() + 1, Block(std::move(figures)));
  }
  return document;
}

}  // namespace saelaw

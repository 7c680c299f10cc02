// The documents of `saelaw recommend` and `saelaw report`, made for a reader in a hurry: the advice
// comes first and what it rests on after it. `at` is the JSON pointer of the recommendation, which
// is the whole JSON of the one command and a part of the other's.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/config.h"
#include "report/document/numbers.h"
#include "report/documents.h"
#include "report/json.h"
#include "report/tables/advice_tables.h"
#include "report/tables/comparison_tables.h"
#include "report/tables/criticism_tables.h"
#include "report/tables/figures.h"
#include "report/tables/fit_words.h"
#include "report/tables/law_tables.h"
#include "report/tables/law_words.h"
#include "report/tables/risk_tables.h"
#include "report/tables/run_tables.h"
#include "report/tables/study_words.h"
#include "report/tables/verdict_words.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// That a sweep is only a demonstration is said before all warnings, because it outweighs them.
std::vector<std::string> First(const Recommendation& r, std::vector<std::string> warnings) {
  if (r.demonstration) warnings.insert(warnings.begin(), DemonstrationNote(r.tokens));
  return warnings;
}

Section OnPages(Section section, Audience audience = Audience::kPages) {
  section.audience = audience;
  return section;
}

// The blocks of such a section have titles of their own, which are enough on a terminal.
Section TitledOnPages(Section section) {
  section.titled = Audience::kPages;
  return section;
}

void AddCriticism(const Recommendation& r, const std::string& at, Blocks& blocks) {
  // A law that nothing was held against has no blocks, and its title alone would say nothing.
  const auto add = [&](Section section) {
    if (!section.blocks.empty()) blocks.emplace_back(std::move(section));
  };
  add(TitledOnPages(
      {"What speaks against the law",
       CriticismBlocks(r.criticism, ChangeTexts(r.would_change), at + "/criticism")}));
  add({"Against the law of the best learning rate",
       CriticismBlocks(
           r.lr_criticism, ChangeTexts(r.lr_criticism.would_change), at + "/lr_criticism")});
  add({"Against the stability edge",
       CriticismBlocks(r.lr_max_criticism,
                       ChangeTexts(r.lr_max_criticism.would_change),
                       at + "/lr_max_criticism")});
}

constexpr const char* kRatesTitle = "Learning rates at the target, with their risk";

Paragraph VerdictParagraph(const Recommendation& r) {
  Paragraph verdict{{VerdictSentence(r)}};
  const bool doubtful = r.verdict.confidence == Confidence::kLow;
  if (doubtful) verdict.tone = Tone::kWarning;
  return verdict;
}

// The advice as it begins on every screen: what must be known first, and the verdict.
Document WithVerdict(const Recommendation& r, std::vector<std::string> warnings) {
  Document document{"Recommended by sweep " + r.sweep, r.sweep, First(r, std::move(warnings))};
  document.blocks.emplace_back(VerdictParagraph(r));
  return document;
}

// A sweep that cannot answer says why in its warnings.
std::vector<std::string> WarningsOfNoAnswer(const Recommendation& r) {
  return r.verdict.answers ? std::vector<std::string>{} : TopWarnings(r);
}

Table Rates(const Recommendation& r, bool named_alone, const std::string& at) {
  return RatesTable(r.risk, named_alone, at + "/risk");
}

// Shows what stands for and against the answer.
Blocks Grounds(const Recommendation& r, const std::string& at) {
  Section hold_out{"Hold-out: predicted before it was measured",
                   {HoldOutTable(r.hold_out, at + "/holdout")}};
  hold_out.note = "A law is believed for what it predicted, not for what it fitted.";
  Section transfer{"Where the target differs from what was swept", {TransferTable(r.transfer)}};
  transfer.note = "What is not listed here is the same in the target as in the law's runs.";
  Section rates{kRatesTitle, {Rates(r, false, at)}};
  rates.note =
      "Expected: with the chance that the run fails, what of it is then lost, and a restart at "
      "0.7 of the rate. target.risk chooses among them.";
  Blocks blocks;
  if (!r.risk.rates.empty()) blocks.emplace_back(std::move(rates));
  for (Section& section : std::vector<Section>{
           std::move(hold_out),
           std::move(transfer),
           Section{"Other budgets", {AlternativesTable(r.alternatives, at + "/alternatives")}}}) {
    blocks.emplace_back(std::move(section));
  }
  AddCriticism(r, at, blocks);
  return blocks;
}

Section Laws(const Findings& findings) {
  Section laws = TitledOnPages(Section("The laws"));
  const LawInfo* loss = findings.loss.Predicting().fit.info;
  // The formula stands above all laws of loss, so it is given once, for the one that predicts.
  const bool sum = loss == nullptr || loss == &DataLaw() || loss == &SizeDataLaw();
  laws.note = fmt::format("Loss laws: {}. Rate laws: coef · tokens^exponent.",
                          sum ? "floor + coef · tokens^-exponent" : loss->formula);
  for (const FoundLaw& law : ListLaws(findings)) {
    const LawWords words = WordsFor(law);
    const std::string at = "/laws/" + words.json;
    Section section{words.title, LawBlocks(*law.fit, at)};
    if (law.optima != nullptr && !law.optima->empty()) {
      section.blocks.emplace_back(OptimaTable(*law.optima, at));
    }
    laws.blocks.emplace_back(std::move(section));
  }
  const Comparison& comparison = findings.loss.comparison;
  if (!comparison.empty()) {
    laws.blocks.emplace_back(
        Section{"Laws of loss side by side", ComparisonBlocks(comparison, "/laws/comparison")});
  }
  return laws;
}

void AddWords(const Report& report, Blocks& blocks) {
  if (!report.question.empty()) blocks.emplace_back(Paragraph{{"Question: " + report.question}});
  if (!report.prediction.empty())
    blocks.emplace_back(Paragraph{{"Prediction: " + report.prediction}});
}

Section Figures(const Report& report) {
  return OnPages({"Figures",
                  {LossFigure(report.findings, report.recommendation),
                   RateFigure(report.findings, report.recommendation),
                   RiskFigure(report.recommendation.risk),
                   SweepFigure(report.findings)}});
}

// Adds the files behind the report, for those who open them; a terminal leaves them out.
void AddOnDemand(const Report& report, Blocks& blocks) {
  Section configuration{"Configuration", {Verbatim{ConfigYaml(report.recommendation, "")}}};
  configuration.note = report.config_path.empty()
                           ? "Run it with saelaw train."
                           : "Written to " + report.config_path + "; run it with saelaw train.";
  Section runs{fmt::format("All {}", RunsText(static_cast<double>(report.findings.runs.size()))),
               {RunTable(report.findings)}};
  runs.note =
      "± is the standard error by held-out document. dead: latents that fire on no held-out token. "
      "dense: on more than 10 %. firing: how many latents never fire, then how many fire on which "
      "share of the tokens, from 1e-6 to 1 in half decades; the counts are in runs.csv.";
  blocks.emplace_back(OnPages(std::move(configuration), Audience::kOnDemand));
  blocks.emplace_back(OnPages(std::move(runs), Audience::kOnDemand));
}

Paragraph Imprint(const Report& report) {
  Paragraph imprint =
      Unbroken({fmt::format("{} in all; saelaw {}{}{}",
                            RunsText(static_cast<double>(report.findings.runs.size())),
                            report.saelaw_version,
                            report.made_at.empty() ? "" : ", ",
                            report.made_at)});
  imprint.after_space = true;
  return imprint;
}

}  // namespace

Document VerdictDocument(const Recommendation& r, const std::string& rest) {
  // A sweep that cannot answer refers to its first warning; all of them might fill the screen.
  std::vector<std::string> shown = WarningsOfNoAnswer(r);
  if (shown.size() > 1) shown.resize(1);
  Document document = WithVerdict(r, std::move(shown));
  document.blocks.emplace_back(Unbroken({rest}));
  return document;
}

Document BriefRecommendDocument(const Recommendation& r, const std::string& config_path) {
  Document document = WithVerdict(r, WarningsOfNoAnswer(r));
  Blocks& blocks = document.blocks;
  blocks.emplace_back(BriefAnswer(r, config_path));
  if (!r.risk.rates.empty()) blocks.emplace_back(Section{kRatesTitle, {Rates(r, true, "")}});
  const std::size_t warnings = TopWarnings(r).size();
  blocks.emplace_back(Unbroken({fmt::format(
      "{}other budgets, criticism and evidence: --verbose, or saelaw report",
      warnings == 0 ? "" : fmt::format("{} warning{}, ", warnings, warnings == 1 ? "" : "s"))}));
  return document;
}

Document RecommendDocument(const Recommendation& r, const std::string& config_path) {
  Document document = WithVerdict(r, TopWarnings(r));
  Blocks& blocks = document.blocks;
  blocks.emplace_back(AnswerFacts(r, config_path, ""));
  Extend(blocks, Grounds(r, ""));
  const std::string evidence = fmt::format(
      "{}: {}", RunsText(static_cast<double>(r.evidence.size())), fmt::join(r.evidence, " "));
  blocks.emplace_back(Section{"Evidence", {Paragraph{{evidence}}}});
  return document;
}

Document ReportDocument(const Report& report) {
  const Recommendation& r = report.recommendation;
  const std::string at = "/recommendation";
  Document document{"Report on sweep " + r.sweep, r.sweep, First(r, TopWarnings(report))};
  // A page holds its JSON, so that the pointers of its numbers lead to the exact values.
  document.data = ReportJson(report);
  Blocks& blocks = document.blocks;
  AddWords(report, blocks);
  Extend(blocks, HeldOutParagraph(report.findings));
  blocks.emplace_back(VerdictParagraph(r));
  blocks.emplace_back(AnswerFacts(r, report.config_path, at));
  blocks.emplace_back(Figures(report));
  Extend(blocks, Grounds(r, at));
  blocks.emplace_back(Laws(report.findings));
  blocks.emplace_back(Section{"Runs left out of the loss law", LeftOutBlocks(report.findings)});
  blocks.emplace_back(OnPages({"What the target costs", PriceBlocks(r.price, at + "/price")}));
  AddOnDemand(report, blocks);
  blocks.emplace_back(Imprint(report));
  return document;
}

}  // namespace saelaw

// `saelaw compare`, as a document.
#include <fmt/format.h>

#include "report/documents.h"
#include "report/tables/comparison_tables.h"
#include "report/tables/fit_words.h"
#include "report/tables/law_tables.h"

namespace saelaw {

using namespace document;  // NOLINT: the kinds of blocks

Document CompareDocument(const Comparison& comparison, const std::vector<DroppedPoint>& dropped) {
  Document document;
  document.subject = "laws of loss";
  document.warnings = WarningTexts(comparison.warnings);
  document.blocks.emplace_back(Section{"Laws of loss, each scale predicted from the smaller ones",
                                       ComparisonBlocks(comparison, "")});
  if (!dropped.empty()) {
    document.blocks.emplace_back(
        Section{fmt::format("Dropped: {} rows", dropped.size()), DroppedBlocks(dropped)});
  }
  return document;
}

}  // namespace saelaw

// This file says what became of a corpus, in words: text that is silently not used is the loss that
// nobody sees.
#include <fmt/format.h>

#include "core/quantities.h"
#include "tokens/corpus.h"

namespace saelaw {
namespace {

std::string Count(std::int64_t number) { return FormatCount(static_cast<double>(number)); }

std::string Plural(std::int64_t number, const char* word) {
  return fmt::format("{} {}{}", Count(number), word, number == 1 ? "" : "s");
}

// With fewer documents than this the held-out loss says more of them than of the text.
constexpr std::int64_t kFewDocuments = 20;

std::string Dropped(const CorpusSummary& summary, const CorpusSpec& spec) {
  // The rule that dropped them is named with the numbers, since one of the two rules is a choice of
  // the user.
  const bool keep = spec.short_documents == ShortDocuments::kKeep;
  return fmt::format(
      "dropped: {} in documents or ends of them shorter than {} ({} gave no context)",
      Plural(summary.dropped_tokens, "token"),
      keep ? fmt::format("{} tokens", kLeastContextTokens)
           : fmt::format("a context of {} (short_documents: drop)", spec.context_tokens),
      Plural(summary.dropped_documents, "document"));
}

}  // namespace

std::vector<std::string> DescribeCorpus(const CorpusSummary& summary, const CorpusSpec& spec) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("text: {}, {}; {} usable for training in {} of {}",
                              Plural(summary.documents, "document"),
                              Plural(summary.tokens, "token"),
                              Count(summary.training_tokens),
                              Plural(summary.training_contexts, "context"),
                              Plural(summary.training_documents, "document")));
  lines.push_back(
      fmt::format("held out: {} ({:.1f} % of the text); losses are measured on {} in {} of {}",
                  Plural(summary.held_out_documents, "document"),
                  100 * summary.held_out_share,
                  Plural(summary.measured_tokens, "token"),
                  Plural(summary.measured_contexts, "context"),
                  Plural(summary.measured_documents, "document")));
  if (summary.dropped_tokens > 0) lines.push_back(Dropped(summary, spec));
  if (summary.special_tokens > 0) {
    lines.push_back(fmt::format("not used: {} of special tokens (bos, eos, padding, control)",
                                Plural(summary.special_tokens, "position")));
  }
  if (spec.held_out_tokens > 0 && summary.measured_documents < kFewDocuments) {
    lines.push_back(
        fmt::format("warning: held-out losses rest on {}: give more documents, or fewer large ones",
                    Plural(summary.measured_documents, "document")));
  }
  if (summary.has_large_held_out) {
    lines.push_back(
        "warning: a document with more than 5 % of the text had to be held out: give more text, or "
        "lower held_out_tokens");
  }
  return lines;
}

}  // namespace saelaw

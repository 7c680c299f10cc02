// Cutting comes before the split: how many contexts a document gives, and how many of their tokens
// are used, is what the split is made of. Everything counted on the way goes into the summary.
#include "tokens/corpus.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "tokens/split.h"

namespace saelaw {
namespace {

template <typename T>
std::string HashValues(std::span<const T> values) {
  return HashBytes({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

// A bit for each id: it is looked up once for every token of the text.
std::vector<bool> MakeIdSet(const std::vector<std::int32_t>& ids) {
  std::vector<bool> set;
  for (const std::int32_t id : ids) {
    if (id < 0) continue;
    const auto place = static_cast<std::size_t>(id);
    if (place >= set.size()) set.resize(place + 1);
    set[place] = true;
  }
  return set;
}

void CheckRanges(const CorpusSpec& spec) {
  if (spec.context_tokens < 2) {
    throw ConfigurationError(
        fmt::format("context_tokens must be at least 2 (the first is never used), got {}",
                    spec.context_tokens));
  }
  if (spec.held_out_tokens < 0) {
    throw ConfigurationError(
        fmt::format("held_out_tokens must not be negative, got {}", spec.held_out_tokens));
  }
}

}  // namespace

CorpusSpec MakeCorpusSpec(const SourceSpec& source) {
  CorpusSpec spec;
  spec.text = source.model.text;
  spec.text_key = source.model.text_key;
  spec.token_files = source.model.token_files;
  spec.token_dtype = source.model.token_dtype;
  spec.document_separator = source.model.document_separator;
  spec.add_bos = source.model.add_bos;
  spec.context_tokens = source.model.context_tokens;
  spec.short_documents = source.model.short_documents;
  spec.held_out_tokens = source.held_out_tokens;
  spec.held_out_documents = source.model.held_out_documents;
  spec.split_seed = source.split_seed;
  return spec;
}

Corpus::Corpus(TokenStore store,
               const CorpusSpec& spec,
               std::optional<std::int32_t> bos,
               std::vector<std::int32_t> special)
    : store_(std::move(store)), bos_(bos), context_tokens_(spec.context_tokens), spec_(spec) {
  CheckRanges(spec);
  if (spec.document_separator) special.push_back(*spec.document_separator);
  special_ = MakeIdSet(special);
  SplitAndCut(spec);
}

bool Corpus::IsSpecial(std::int32_t id) const {
  const auto place = static_cast<std::size_t>(id);
  return id >= 0 && place < special_.size() && special_[place];
}

Context Corpus::ContextAt(std::size_t document, std::int64_t begin, std::int64_t end) const {
  const int first = bos_ ? 1 : 0;
  Context context;
  context.document = static_cast<std::int32_t>(document);
  context.begin = begin;
  context.tokens = static_cast<std::int32_t>(end - begin) + first;
  // Position 0 is never used. With bos it is bos itself, and the first token of the document
  // counts.
  for (std::int64_t i = begin + 1 - first; i < end; ++i) {
    context.usable += IsSpecial(ids()[static_cast<std::size_t>(i)]) ? 0 : 1;
  }
  return context;
}

// A context without a position to use is not kept: nothing could be trained or measured on it.
std::vector<Context> Corpus::Cut(std::size_t document) {
  const std::int64_t step = context_tokens_ - (bos_ ? 1 : 0);
  const std::int64_t end = store_.begins()[document + 1];
  std::vector<Context> contexts;
  for (std::int64_t begin = store_.begins()[document]; begin < end; begin += step) {
    const std::int64_t stop = std::min(begin + step, end);
    // Only the last piece of a document may be shorter than a whole context.
    const bool whole = stop - begin == step;
    const bool kept = whole || (spec_.short_documents == ShortDocuments::kKeep &&
                                stop - begin >= kLeastContextTokens);
    if (!kept) {
      summary_.dropped_tokens += stop - begin;
      continue;
    }
    const Context context = ContextAt(document, begin, stop);
    const std::int64_t positions = context.tokens - 1;
    summary_.special_tokens += positions - context.usable;
    summary_.short_contexts += whole ? 0 : 1;
    if (context.usable > 0) contexts.push_back(context);
  }
  summary_.dropped_documents += contexts.empty() ? 1 : 0;
  return contexts;
}

// One context must be left for training: with as many usable tokens as are held out there is none.
void Corpus::CheckEnough(const CorpusSpec& spec, std::int64_t usable) const {
  if (usable <= spec.held_out_tokens) {
    throw ConfigurationError(
        fmt::format("the corpus has {} usable tokens in contexts of {}, but {} held out and "
                    "one context of {} for training are needed: give more text",
                    usable,
                    context_tokens_,
                    spec.held_out_tokens,
                    context_tokens_ - 1));
  }
}

void Corpus::SplitAndCut(const CorpusSpec& spec) {
  const std::size_t documents = store_.begins().size() - 1;
  std::vector<std::vector<Context>> contexts(documents);
  std::vector<DocumentSize> sizes(documents);
  std::int64_t usable = 0;
  for (std::size_t i = 0; i < documents; ++i) {
    contexts[i] = Cut(i);
    const std::int64_t begin = store_.begins()[i];
    const auto size = static_cast<std::size_t>(store_.begins()[i + 1] - begin);
    // The order of documents in the split is that of their content, so that neither names nor
    // folders nor the order of files decide what is held out.
    const std::string content = HashValues(ids().subspan(static_cast<std::size_t>(begin), size));
    sizes[i].hash =
        HashBytes(fmt::format("{};{}", content, spec.split_seed));  // stored, do not change
    sizes[i].contexts = static_cast<std::int64_t>(contexts[i].size());
    for (const Context& context : contexts[i]) sizes[i].tokens += context.usable;
    usable += sizes[i].tokens;
  }
  CheckEnough(spec, usable);
  const Split split =
      SplitDocuments(sizes, {spec.held_out_tokens, spec.held_out_documents, context_tokens_ - 1});

  std::vector<bool> held_out(documents, false);
  double held_out_tokens = 0;
  for (std::size_t k = 0; k < split.held_out.size(); ++k) {
    const std::size_t document = split.held_out[k];
    held_out[document] = true;
    held_out_tokens += static_cast<double>(sizes[document].tokens);
    summary_.held_out_documents += contexts[document].empty() ? 0 : 1;
    Measure(std::move(contexts[document]), split.measured[k]);
  }
  for (std::size_t i = 0; i < documents; ++i) {
    // All that is not held out is trained on, in the order of the documents; streams shuffle it.
    if (held_out[i] || contexts[i].empty()) continue;
    summary_.training_documents += 1;
    for (const Context& context : contexts[i]) summary_.training_tokens += context.usable;
    training_.insert(training_.end(), contexts[i].begin(), contexts[i].end());
  }
  summary_.documents = static_cast<std::int64_t>(documents);
  summary_.tokens = static_cast<std::int64_t>(ids().size());
  summary_.training_contexts = static_cast<std::int64_t>(training_.size());
  summary_.held_out_share = held_out_tokens / static_cast<double>(usable);
  summary_.has_large_held_out = split.has_large;
  if (training_.empty()) {
    throw ConfigurationError(fmt::format(
        "holding out {} tokens takes all {} documents, since each is held out as a whole: "
        "give more documents or lower held_out_tokens",
        spec.held_out_tokens,
        documents));
  }
}

// The contexts that are measured lie evenly in the document: its beginning alone would be unlike
// it.
void Corpus::Measure(std::vector<Context> contexts, std::int64_t count) {
  if (count == 0) return;
  summary_.measured_documents += 1;
  for (const std::int64_t place : SpreadOver(static_cast<std::int64_t>(contexts.size()), count)) {
    measured_.push_back(contexts[static_cast<std::size_t>(place)]);
    summary_.measured_contexts += 1;
    summary_.measured_tokens += measured_.back().usable;
  }
}

std::vector<Context> Corpus::HeldOutSample(std::size_t count) const {
  std::vector<std::int64_t> available;
  for (std::size_t i = 0; i < measured_.size(); ++i) {
    // The contexts of a document stand next to each other, so a change of document begins the next
    // count.
    if (i == 0 || measured_[i].document != measured_[i - 1].document) available.push_back(0);
    available.back() += 1;
  }
  const std::vector<std::int64_t> taken = ShareEqually(available, static_cast<std::int64_t>(count));
  std::vector<Context> sample;
  std::size_t first = 0;
  for (std::size_t d = 0; d < available.size(); ++d) {
    // Of each document they are again spread evenly.
    for (const std::int64_t place : SpreadOver(available[d], taken[d])) {
      sample.push_back(measured_[first + static_cast<std::size_t>(place)]);
    }
    first += static_cast<std::size_t>(available[d]);
  }
  return sample;
}

void Corpus::CopyTokens(const Context& context, std::span<std::int32_t> out) const {
  assert(out.size() == static_cast<std::size_t>(context.tokens));
  if (bos_) {
    out[0] = *bos_;
    out = out.subspan(1);
  }
  const auto tokens = ids().subspan(static_cast<std::size_t>(context.begin), out.size());
  std::copy(tokens.begin(), tokens.end(), out.begin());
}

std::vector<std::int32_t> Corpus::UsablePositions(const Context& context) const {
  const int first = bos_ ? 1 : 0;
  std::vector<std::int32_t> positions;
  positions.reserve(static_cast<std::size_t>(context.usable));
  for (std::int32_t position = 1; position < context.tokens; ++position) {
    const auto place = static_cast<std::size_t>(context.begin + position - first);
    if (!IsSpecial(ids()[place])) positions.push_back(position);
  }
  return positions;
}

std::string Corpus::Identity() const {
  // Every special id is listed: another set leaves other positions out of use, and so gives other
  // vectors.
  std::string special;
  for (std::size_t id = 0; id < special_.size(); ++id) {
    if (special_[id]) special += fmt::format("{},", id);
  }
  return HashBytes(
      fmt::format("corpus 2;{};{};context {};short {};bos {};special {};held out {} {};seed {}",
                  HashValues(ids()),
                  HashValues(document_begins()),
                  context_tokens_,
                  Name(spec_.short_documents),
                  bos_.value_or(-1),
                  special,
                  spec_.held_out_tokens,
                  spec_.held_out_documents,
                  spec_.split_seed));
}

}  // namespace saelaw

#include "tokens/corpus.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "run/errors.h"
#include "run/files.h"

namespace saelaw {
namespace {

template <typename T>
std::string HashOf(std::span<const T> values) {
  return HashBytes({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

}  // namespace

CorpusSpec CorpusSpecOf(const SourceSpec& source) {
  CorpusSpec spec;
  spec.text = source.model.text;
  spec.token_files = source.model.token_files;
  spec.token_dtype = source.model.token_dtype;
  spec.document_separator = source.model.document_separator;
  spec.add_bos = source.model.add_bos;
  spec.context_tokens = source.model.context_tokens;
  spec.held_out_tokens = source.held_out_tokens;
  spec.split_seed = source.split_seed;
  return spec;
}

Corpus::Corpus(TokenStore store, const CorpusSpec& spec, std::optional<std::int32_t> bos)
    : store_(std::move(store)),
      bos_(bos),
      context_tokens_(spec.context_tokens),
      held_out_tokens_(spec.held_out_tokens),
      split_seed_(spec.split_seed) {
  if (context_tokens_ < 2) {
    throw ConfigurationError(fmt::format(
        "context_tokens must be at least 2 (the first is never used), got {}", context_tokens_));
  }
  if (spec.held_out_tokens < 0) {
    throw ConfigurationError(
        fmt::format("held_out_tokens must not be negative, got {}", spec.held_out_tokens));
  }
  CheckEnough(spec);
  Split(spec);
}

std::int64_t Corpus::ContextsOf(std::size_t document) const {
  const std::int64_t tokens = store_.begins()[document + 1] - store_.begins()[document];
  return tokens / (context_tokens_ - (bos_ ? 1 : 0));
}

void Corpus::AppendContexts(std::size_t document, std::vector<Context>& contexts) const {
  const int step = context_tokens_ - (bos_ ? 1 : 0);
  for (std::int64_t i = 0; i < ContextsOf(document); ++i) {
    contexts.push_back({static_cast<std::int32_t>(document), store_.begins()[document] + i * step});
  }
}

std::int64_t Corpus::Usable(const std::vector<Context>& contexts) const {
  return static_cast<std::int64_t>(contexts.size()) * (context_tokens_ - 1);
}

void Corpus::CheckEnough(const CorpusSpec& spec) const {
  std::int64_t contexts = 0;
  for (std::size_t i = 0; i + 1 < store_.begins().size(); ++i) contexts += ContextsOf(i);
  const std::int64_t usable = contexts * (context_tokens_ - 1);
  const std::int64_t one_context = context_tokens_ - 1;
  if (usable - one_context < spec.held_out_tokens) {
    throw ConfigurationError(
        fmt::format("the corpus has {} usable tokens in whole contexts of {}, but {} held out and "
                    "one context of {} for training are needed: give more text",
                    usable,
                    context_tokens_,
                    spec.held_out_tokens,
                    one_context));
  }
}

void Corpus::Split(const CorpusSpec& spec) {
  std::vector<std::pair<std::string, std::size_t>>
      order;  // (hash, document); stored: do not change
  for (std::size_t i = 0; i + 1 < store_.begins().size(); ++i) {
    const std::int64_t begin = store_.begins()[i];
    const auto size = static_cast<std::size_t>(store_.begins()[i + 1] - begin);
    const std::string content = HashOf(ids().subspan(static_cast<std::size_t>(begin), size));
    order.emplace_back(HashBytes(fmt::format("{};{}", content, spec.split_seed)), i);
  }
  std::sort(order.begin(), order.end());
  std::size_t taken = 0;
  const auto equal_to_last = [&] {
    return taken > 0 && order[taken].first == order[taken - 1].first;
  };
  while (taken < order.size() &&
         (usable_held_out_tokens() < spec.held_out_tokens || equal_to_last())) {
    AppendContexts(order[taken++].second, held_out_);
  }
  std::vector<std::size_t> rest;
  for (std::size_t i = taken; i < order.size(); ++i) rest.push_back(order[i].second);
  std::sort(rest.begin(), rest.end());
  for (const std::size_t document : rest) AppendContexts(document, training_);
  if (training_.empty()) {
    throw ConfigurationError(fmt::format(
        "holding out {} tokens takes all {} documents, since each is held out as a whole: "
        "give more documents or lower held_out_tokens",
        spec.held_out_tokens,
        order.size()));
  }
}

void Corpus::CopyTokens(const Context& context, std::span<std::int32_t> out) const {
  assert(out.size() == static_cast<std::size_t>(context_tokens_));
  if (bos_) {
    out[0] = *bos_;
    out = out.subspan(1);
  }
  const auto tokens = ids().subspan(static_cast<std::size_t>(context.begin), out.size());
  std::copy(tokens.begin(), tokens.end(), out.begin());
}

std::string Corpus::Identity() const {
  return HashBytes(fmt::format("corpus 1;{};{};context {};bos {};held out {};seed {}",
                               HashOf(ids()),
                               HashOf(document_begins()),
                               context_tokens_,
                               bos_.value_or(-1),
                               held_out_tokens_,
                               split_seed_));
}

}  // namespace saelaw

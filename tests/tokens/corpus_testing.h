// Shared by the tests of corpora.
#pragma once

#include <cstdint>
#include <string>

#include "core/errors.h"
#include "tokens/corpus.h"

namespace saelaw {

inline CorpusSpec Spec(int context_tokens, std::int64_t held_out_tokens) {
  CorpusSpec spec;
  spec.context_tokens = context_tokens;
  spec.held_out_tokens = held_out_tokens;
  return spec;
}

// What the Error that an action throws says; empty: it throws none.
template <typename Action>
std::string MakeMessage(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace saelaw

#include "models/model_cards.h"

#include <array>

namespace saelaw {
namespace {

// Llama-3.2-1B has 1,235,814,400 parameters, and its cost plan counts 1.2e9. SmolLM2-135M is taken
// from its files, Gemma 2 2B from its published configuration (2,614,341,888 parameters).
const std::array kCards = {ModelShape{.name = "llama-3.2-1b",
                                      .parameters = 1'200'000'000,
                                      .layers = 16,
                                      .hidden_size = 2048,
                                      .intermediate_size = 8192,
                                      .heads = 32,
                                      .kv_heads = 8,
                                      .head_dim = 64,
                                      .vocabulary = 128'256},
                           ModelShape{.name = "smollm2-135m",
                                      .parameters = 134'515'008,
                                      .layers = 30,
                                      .hidden_size = 576,
                                      .intermediate_size = 1536,
                                      .heads = 9,
                                      .kv_heads = 3,
                                      .head_dim = 64,
                                      .vocabulary = 49'152},
                           ModelShape{.name = "gemma-2-2b",
                                      .parameters = 2'614'341'888,
                                      .layers = 26,
                                      .hidden_size = 2304,
                                      .intermediate_size = 9216,
                                      .heads = 8,
                                      .kv_heads = 4,
                                      .head_dim = 256,
                                      .vocabulary = 256'000}};

}  // namespace

const ModelShape* FindModelCard(std::string_view name) {
  for (const ModelShape& card : kCards) {
    if (card.name == name) return &card;
  }
  return nullptr;
}

std::vector<std::string> ModelCardNames() {
  std::vector<std::string> names;
  for (const ModelShape& card : kCards) names.push_back(card.name);
  return names;
}

}  // namespace saelaw

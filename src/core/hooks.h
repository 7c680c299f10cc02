// Where activations are taken in a block of a language model: one table, read by what a sweep may
// say, by widths and prices, and by the forward passes of llm/. A new hook is a value, an entry,
// and a case in each forward pass.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace saelaw {

enum class Hook { kMlpOut, kMlpAct, kResidPost, kResidPre, kAttnOut };

// How much of its block has to be computed to reach a hook.
enum class BlockPart {
  kNothing,    // it lies before the block
  kAttention,  // up to what attention adds to the stream
  kWhole,      // into the MLP or beyond it
};

struct HookSite {
  Hook hook;
  std::string_view name;  // Stored: do not change
  std::string_view what;  // for people
  BlockPart computed = BlockPart::kWhole;
  bool inside_mlp = false;  // as wide as the MLP's inside, else as the residual stream
  // Whether the residual stream goes on beside it: what follows the hook adds to that stream. Else
  // the hook is the stream itself.
  bool beside_stream = true;
};

inline constexpr std::array kHooks = {
    HookSite{.hook = Hook::kMlpOut,
             .name = "mlp_out",
             .what = "what the MLP adds to the residual stream (the output of down_proj)"},
    HookSite{.hook = Hook::kMlpAct,
             .name = "mlp_act",
             .what = "silu(gate) * up, the input of down_proj",
             .inside_mlp = true},
    HookSite{.hook = Hook::kResidPost,
             .name = "resid_post",
             .what = "the residual stream after the block",
             .beside_stream = false},
    HookSite{.hook = Hook::kResidPre,
             .name = "resid_pre",
             .what = "the residual stream before the block",
             .computed = BlockPart::kNothing,
             .beside_stream = false},
    HookSite{.hook = Hook::kAttnOut,
             .name = "attn_out",
             .what = "what attention adds to the residual stream (the output of o_proj)",
             .computed = BlockPart::kAttention},
};

constexpr const HookSite& FindSite(Hook hook) {
  std::size_t i = 0;
  while (kHooks[i].hook != hook) ++i;
  return kHooks[i];
}

constexpr std::string_view HookName(Hook hook) { return FindSite(hook).name; }

// Nothing when there is no hook of this name.
constexpr std::optional<Hook> ParseHook(std::string_view name) {
  for (const HookSite& site : kHooks) {
    if (site.name == name) return site.hook;
  }
  return std::nullopt;
}

// "mlp_out, mlp_act or resid_post".
inline std::string HookNames() {
  std::string names;
  for (std::size_t i = 0; i < kHooks.size(); ++i) {
    if (i > 0) names += i + 1 < kHooks.size() ? ", " : " or ";
    names += kHooks[i].name;
  }
  return names;
}

// "mlp_out|mlp_act|resid_post", as the table of keys has its choices.
inline constexpr std::size_t kHookChoicesSize = [] {
  std::size_t size = kHooks.size() - 1;
  for (const HookSite& site : kHooks) size += site.name.size();
  return size;
}();
inline constexpr std::array<char, kHookChoicesSize> kHookChoicesText = [] {
  std::array<char, kHookChoicesSize> text{};
  std::size_t at = 0;
  for (const HookSite& site : kHooks) {
    if (at > 0) text[at++] = '|';
    for (const char c : site.name) text[at++] = c;
  }
  return text;
}();
inline constexpr std::string_view kHookChoices{kHookChoicesText.data(), kHookChoicesSize};

}  // namespace saelaw

#include "run/piece_hash.h"

#include <fmt/format.h>
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

namespace saelaw {

struct PieceHash::State {
  XXH3_state_t xxh3;
};

PieceHash::PieceHash() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh3); }
PieceHash::~PieceHash() = default;

void PieceHash::Add(std::span<const std::byte> piece) {
  XXH3_128bits_update(&state_->xxh3, piece.data(), piece.size());
}

std::string PieceHash::Digest() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh3);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace saelaw

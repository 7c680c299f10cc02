// Multiplies in AMX tiles: four tiles of sums, 32 latents by 32 tokens, are fed from two tiles of
// weights and two of the batch, which uses all eight registers and each loaded tile twice. The sums
// go through a small buffer in the cache, as tiles cannot be compared with anything.
#include <algorithm>

#include <sys/syscall.h>
#include <unistd.h>

#include "sae/cpu/screen_epilogue.h"

namespace saelaw {
namespace {

constexpr std::size_t kTile = 16;  // rows of a tile, and fp32 numbers of one of its rows
constexpr std::size_t kPanelPairs = 2 * kScreenTokens;  // operands in one row of a panel

// The layout of this struct is fixed by the instruction that reads it. All eight tiles have 16 rows
// of 64 bytes.
struct alignas(64) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// Sums of 32 latents by 32 tokens: [latent][token].
inline void Multiply(
    const Bf16* weights, std::size_t stride, const Bf16* panel, std::size_t width, float* sums) {
  const auto weight_bytes = static_cast<long>(stride * sizeof(Bf16));
  constexpr long kPanelBytes = kPanelPairs * sizeof(Bf16);
  const Bf16* low = weights;
  const Bf16* high = weights + kTile * stride;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  // Each turn takes 32 dimensions: 16 pairs, which are the rows of a panel's tile.
  for (std::size_t k = 0; k < width; k += kScreenWidth) {
    const Bf16* pairs = panel + k / 2 * kPanelPairs;
    _tile_loadd(4, low + k, weight_bytes);
    _tile_loadd(6, pairs, kPanelBytes);
    _tile_loadd(7, pairs + kScreenTokens, kPanelBytes);
    _tile_loadd(5, high + k, weight_bytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  constexpr long kSumBytes = kScreenTokens * sizeof(float);
  _tile_stored(0, sums, kSumBytes);
  _tile_stored(1, sums + kTile, kSumBytes);
  _tile_stored(2, sums + kTile * kScreenTokens, kSumBytes);
  _tile_stored(3, sums + kTile * kScreenTokens + kTile, kSumBytes);
}

// Calls take(low, high, latent, token) with each latent's sums of the 32 tokens from `token` on.
template <typename Take>
inline void ForSums(const PackedBatch& batch, const ScreenRows& rows, const Take& take) {
  // The shapes belong to the thread, so each call sets them and gives them up at its end. Idle
  // tiles would be saved at every switch of threads.
  const TileShapes shapes;
  _tile_loadconfig(&shapes);
  alignas(64) float sums[2 * kTile * kScreenTokens];
  // The weights of one call stay in the second-level cache while all panels of the batch pass by.
  for (std::size_t token = 0; token < batch.tokens; token += kScreenTokens) {
    const Bf16* panel = batch.panels + token * batch.width;
    for (std::size_t first = 0; first < rows.latents; first += 2 * kTile) {
      Multiply(rows.weights + first * rows.stride, rows.stride, panel, batch.width, sums);
      // Rows up to a multiple of 32 are multiplied, but only those of real latents are handed on.
      const std::size_t count = std::min(2 * kTile, rows.latents - first);
      for (std::size_t i = 0; i < count; ++i) {
        const float* row = sums + i * kScreenTokens;
        take(_mm512_load_ps(row), _mm512_load_ps(row + kTile), first + i, token);
      }
    }
  }
  _tile_release();
}

}  // namespace

bool AllowAmx() {
  // These numbers are part of the kernel's interface and have no name in older system headers.
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;
  return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

void ScreenAmx(const PackedBatch& batch, const ScreenRows& rows, const ScreenLists& lists) {
  for (std::size_t i = 0; i < rows.latents; ++i) lists.counts[i] = 0;
  ForSums(batch, rows, [&](__m512 low, __m512 high, std::size_t i, std::size_t token) {
    KeepTokens(low, high, i, token, batch, rows, lists);
  });
}

void EncodeAmx(const PackedBatch& batch, const ScreenRows& rows, const EncoderSums& sums) {
  ForSums(batch, rows, [&](__m512 low, __m512 high, std::size_t i, std::size_t token) {
    StoreTokens(low, high, i, token, batch, sums);
  });
}

}  // namespace saelaw

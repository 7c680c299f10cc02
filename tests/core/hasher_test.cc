#include "core/hasher.h"

#include <gtest/gtest.h>

#include "core/files.h"

namespace saelaw {
namespace {

TEST(Hasher, GivesHashBytesOfThePieces) {
  Hasher hasher;
  EXPECT_EQ(hasher.Digits(), HashBytes(""));
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(static_cast<std::size_t>(i), static_cast<char>(i));
    hasher.Add(piece);
    all += piece;
  }
  EXPECT_EQ(hasher.Digits(), HashBytes(all));
}

}  // namespace
}  // namespace saelaw

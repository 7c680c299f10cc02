#include "run/piece_hash.h"

#include <string>

#include <gtest/gtest.h>

#include "run/files.h"

namespace saelaw {
namespace {

TEST(PieceHash, IsThatOfTheWhole) {
  PieceHash hash;
  EXPECT_EQ(hash.Digest(), HashBytes(""));
  const std::string text(1000, 'x');
  for (const std::size_t size : {1U, 0U, 700U, 299U}) {
    hash.Add(std::as_bytes(std::span(text).first(size)));
  }
  EXPECT_EQ(hash.Digest(), HashBytes(text));
}

}  // namespace
}  // namespace saelaw

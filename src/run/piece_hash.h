// A hash of bytes that do not lie in one piece.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace saelaw {

// HashBytes (run/files.h) of all pieces, one after the other.
class PieceHash {
 public:
  PieceHash();
  ~PieceHash();
  void Add(std::span<const std::byte> piece);
  std::string Digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace saelaw

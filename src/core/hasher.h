// HashBytes of what comes in pieces, for files that are hashed while they are written.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace saelaw {

class Hasher {
 public:
  Hasher();
  ~Hasher();
  void Add(std::string_view bytes);
  // HashBytes (core/files.h) of all that was added so far.
  std::string Digits() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace saelaw

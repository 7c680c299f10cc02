// Encodes one file and writes its ids, for the comparison with the `tokenizers` library
// (scripts/check-tokenizer-parity).
#include <chrono>
#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "core/files.h"
#include "tokens/tokenizer.h"
#include "tokens/utf8.h"

namespace {

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Writes the ids as raw little-endian int32; prints what the comparison needs to know.
void Tokenize(const char* tokenizer_path, const char* text_path, const char* ids_path) {
  const saelaw::Tokenizer tokenizer = saelaw::Tokenizer::Load(tokenizer_path);
  const std::string text = saelaw::ReadFile(text_path);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<std::int32_t> ids = tokenizer.Encode(text);
  const double seconds = SecondsSince(start);
  const bool same = tokenizer.Decode(ids) == saelaw::RepairUtf8(text).text;
  saelaw::WriteFile(ids_path, {reinterpret_cast<const char*>(ids.data()), ids.size() * 4});
  fmt::print(
      "{{\"tokens\": {}, \"seconds\": {}, \"decodes_to_text\": {}}}\n", ids.size(), seconds, same);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: {} TOKENIZER TEXT IDS\n", argv[0]);
    return 64;
  }
  try {
    Tokenize(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

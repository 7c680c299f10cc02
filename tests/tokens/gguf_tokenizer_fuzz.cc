// A GGUF file's tokenizer from anywhere: read or refused, and what was read encodes and decodes.
#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

#include "../tensors/fuzz_file.h"
#include "core/errors.h"
#include "tokens/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A tokenizer is read as GGUF by its name.
  static const std::string link =
      std::filesystem::temp_directory_path() / ("fuzz-" + std::to_string(::getpid()) + ".gguf");
  const saelaw::FuzzFile input(data, size);
  std::filesystem::remove(link);
  std::filesystem::create_symlink(input.path(), link);
  try {
    const saelaw::Tokenizer tokenizer = saelaw::Tokenizer::Load(link);
    tokenizer.Decode(tokenizer.Encode("abcd ab'll 12\n \xC3\xBC\xFF"));
    tokenizer.Decode(tokenizer.Encode({reinterpret_cast<const char*>(data), size}));
  } catch (const saelaw::Error&) {  // the only way a reader may refuse
  }
  std::filesystem::remove(link);
  return 0;
}

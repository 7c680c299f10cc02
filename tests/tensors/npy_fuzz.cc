#include <vector>

#include "core/errors.h"
#include "fuzz_file.h"
#include "tensors/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const saelaw::FuzzFile input(data, size);
  try {
    const saelaw::NpyFile file(input.path());
    std::vector<std::int64_t> out(static_cast<std::size_t>(file.size()));
    file.Read(0, out);
  } catch (const saelaw::Error&) {  // the only way a reader may refuse
  }
  return 0;
}

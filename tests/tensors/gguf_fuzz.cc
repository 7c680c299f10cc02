#include "core/errors.h"
#include "fuzz_file.h"
#include "tensors/gguf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const saelaw::FuzzFile input(data, size);
  try {
    const saelaw::GgufFile file(input.path());
    for (const std::string& name : file.TensorNames()) {
      const saelaw::TensorView& view = *file.Find(name);
      std::vector<float> out(static_cast<std::size_t>(view.size()));
      saelaw::CopyAsFloat(view, out);
    }
  } catch (const saelaw::Error&) {  // the only way a reader may refuse
  }
  return 0;
}

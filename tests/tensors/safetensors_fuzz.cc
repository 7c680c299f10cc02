#include "core/errors.h"
#include "fuzz_file.h"
#include "tensors/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const saelaw::FuzzFile input(data, size);
  try {
    const saelaw::SafetensorsFile file(input.path());
    for (const auto& [name, view] : file.tensors()) {
      std::vector<float> out(static_cast<std::size_t>(view.size()));
      saelaw::CopyAsFloat(view, out);
    }
  } catch (const saelaw::Error&) {  // the only way a reader may refuse
  }
  return 0;
}

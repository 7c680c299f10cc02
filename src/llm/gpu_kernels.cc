// The table is opened once and kept for the process, as LibTorch's own kernels are. Without it
// every caller takes LibTorch's operations, so that nothing here is required.
#include "llm/gpu_kernels.h"

#include <utility>

#include <ATen/ATen.h>

#include "gpu/library.h"
#include "gpu/stream.h"

namespace saelaw {
namespace {

using gpu::Bf16;

const SaelawLlamaTable* open_table = nullptr;

void Check(std::int32_t code, const char* doing) {
  CheckGpu(code, open_table->last_error(), doing);
}

Bf16* FindData(at::Tensor& tensor) { return static_cast<Bf16*>(tensor.mutable_data_ptr()); }
const Bf16* FindData(const at::Tensor& tensor) {
  return static_cast<const Bf16*>(tensor.const_data_ptr());
}

// The kernels see a tensor as rows of its last dimension.
std::int64_t CountRows(const at::Tensor& tensor) { return tensor.numel() / tensor.size(-1); }

}  // namespace

void OpenLlamaKernels(const std::string& path) {
  if (open_table != nullptr) return;
  open_table = static_cast<const SaelawLlamaTable*>(
      GpuTable(path, "saelaw_llama_table", kSaelawLlamaVersion));
}

bool LlamaKernelsApply(const at::Tensor& x) {
  return open_table != nullptr && x.is_cuda() && x.scalar_type() == at::kBFloat16 &&
         x.size(-1) % 16 == 0;
}

at::Tensor AddNormByKernel(at::Tensor& x,
                           const at::Tensor& delta,
                           const at::Tensor& weight,
                           double eps) {
  at::Tensor normed = at::empty_like(x);
  Check(open_table->add_norm(FindData(x),
                             delta.defined() ? FindData(delta) : nullptr,
                             FindData(weight),
                             static_cast<float>(eps),
                             CountRows(x),
                             x.size(-1),
                             FindData(normed),
                             CurrentStream(x.device())),
        "a norm");
  return normed;
}

void RotateByKernel(at::Tensor& heads,
                    std::int64_t rotated,
                    const at::Tensor& cosine,
                    const at::Tensor& sine) {
  const SaelawLlamaHeads all{FindData(heads),
                             heads.size(0) * heads.size(1),
                             heads.stride(1),
                             rotated,
                             heads.size(3),
                             heads.size(1),
                             FindData(cosine),
                             FindData(sine)};
  Check(open_table->rotate(&all, CurrentStream(heads.device())), "a rotary embedding");
}

at::Tensor GateByKernel(const at::Tensor& gate_up) {
  std::vector<std::int64_t> sizes = gate_up.sizes().vec();
  sizes.back() /= 2;
  at::Tensor act = at::empty(sizes, gate_up.options());
  Check(open_table->gate(FindData(gate_up),
                         CountRows(act),
                         act.size(-1),
                         FindData(act),
                         CurrentStream(act.device())),
        "a gated MLP");
  return act;
}

const SaelawLlamaTable* SetLlamaTableForTest(const SaelawLlamaTable* table) {
  return std::exchange(open_table, table);
}

}  // namespace saelaw

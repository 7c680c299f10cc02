// The table of the CUDA library: steppers over raw device pointers, recorded as CUDA graphs.
#include <memory>
#include <string>

#include "gpu/launcher.h"
#include "sae/gpu/cublas_products.h"
#include "sae/gpu/recording.h"
#include "sae/gpu/sequence.h"

namespace saelaw::gpu {
namespace {

// Carries a sequence out on a stream.
class CudaDevice : public Launcher {
 public:
  CudaDevice(Products& products, const std::int32_t* algorithms, cudaStream_t stream)
      : Launcher(stream), products_(products), algorithms_(algorithms) {}

  void Multiply(SaelawGpuProduct which, const StepView& view) {
    products_.Multiply(which, view, algorithms_, stream());
  }

 private:
  Products& products_;
  const std::int32_t* algorithms_;
};

// More than 48 KiB of shared memory must be asked for, kernel by kernel.
template <typename Kernel>
void AllowShared(Kernel kernel, std::size_t bytes) {
  Check(cudaFuncSetAttribute(
            kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
        "asking for shared memory");
}

// Asks the current device, which is the one that the stepper will work on.
int Attribute(cudaDeviceAttr attribute) {
  int device = 0, value = 0;
  Check(cudaGetDevice(&device), "asking for the device");
  Check(cudaDeviceGetAttribute(&value, attribute, device), "asking what the device has");
  return value;
}

// Refuses early, with a reason, what would fail inside of a kernel with none.
void RequireDevice(const Sizes& sizes) {
  if (Attribute(cudaDevAttrComputeCapabilityMajor) < 8) {
    throw Failure(kSaelawGpuUnsupported, "the device has no bf16 tensor cores (before sm_80)");
  }
  const auto most = static_cast<std::size_t>(Attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin));
  if (MostSharedBytes(sizes) > most) {
    throw Failure(kSaelawGpuUnsupported,
                  "d_in " + std::to_string(sizes.d_in) +
                      " needs more shared memory than the device's " + std::to_string(most) +
                      " bytes");
  }
  // The kernels whose shared memory grows with d_in are allowed all that the device has.
  AllowShared(Decode, most);
  AllowShared(CompareDense, most);
  AllowShared(UpdateDecoders, most);
  AllowShared(UpdateEncoders, most);
  AllowShared(UpdateDense, most);
}

// Fills memory with different numbers between -1 and 1, for products whose time is taken. Zeros
// would not do: a GPU draws less power on them, and so may run faster than in a real step.
SAELAW_KERNEL Scatter(Bf16* to, std::size_t count) {
  const std::size_t first = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  const std::size_t step = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = first; i < count; i += step) {
    const auto hash = static_cast<std::uint32_t>(i) * 2654435761U;
    to[i] = ToBf16(static_cast<float>(hash >> 8) / (1 << 23) - 1);
  }
}

SaelawGpuMemory QueryMemory(const SaelawGpuShape& shape) {
  // The layouts are walked without memory, which counts their bytes by the same code that places
  // them.
  const Sizes sizes = MakeSizes(shape);
  StepView view{};
  return {PlaceOwn(sizes, nullptr, view),
          PlaceScratch(sizes, false, nullptr, view),
          PlaceScratch(sizes, true, nullptr, view)};
}

float Measure(const SaelawGpuShape& shape,
              SaelawGpuProduct which,
              int algorithm,
              void* memory,
              cudaStream_t stream) {
  // With several repeats the time of a launch is small beside that of the products.
  constexpr int kRepeats = 5;
  StepView view{};
  view.sizes = MakeSizes(shape);
  const std::size_t own = PlaceOwn(view.sizes, memory, view);
  PlaceScratch(view.sizes, true, static_cast<unsigned char*>(memory) + own, view);
  const SaelawGpuMemory bytes = QueryMemory(shape);
  Scatter<<<1024, 256, 0, stream>>>(static_cast<Bf16*>(memory),
                                    (bytes.own + bytes.dense_scratch) / sizeof(Bf16));
  // A kernel's launch fails silently; the error has to be asked for.
  Check(cudaGetLastError(), "starting a kernel");
  const Product product = MakeProduct(which, view);
  const ProductPlan plan(product);
  // The first product is not timed, since it loads its kernel.
  plan.Multiply(product, algorithm, view.product_scratch, stream);
  const Event begin, end;
  begin.Record(stream);
  for (int i = 0; i < kRepeats; ++i) {
    plan.Multiply(product, algorithm, view.product_scratch, stream);
  }
  end.Record(stream);
  return end.MillisecondsSince(begin) / kRepeats;
}

// Numbers come from the other side of the border, so they are checked before they become a name.
SaelawGpuProduct Named(std::int32_t product) {
  if (product >= 0 && product < kSaelawGpuProducts) return static_cast<SaelawGpuProduct>(product);
  throw Failure(kSaelawGpuUnsupported, "there is no product " + std::to_string(product));
}

}  // namespace
}  // namespace saelaw::gpu

using saelaw::gpu::CudaDevice;

struct SaelawGpuStepper {
  SaelawGpuShape shape;
  SaelawGpuSettings settings;
  saelaw::gpu::StepView view;
  saelaw::gpu::Products products;
  saelaw::gpu::Recording recordings[2];  // sparse, dense

  void Step(const SaelawGpuStep& step, cudaStream_t stream) {
    namespace gpu = saelaw::gpu;
    const bool dense = step.dense != 0;
    // The needs are worked out for the batch at hand, which may be smaller than the stepper's
    // largest.
    const SaelawGpuMemory needed = gpu::QueryMemory({shape.d_in, shape.d_sae, step.tokens});
    if (step.tokens > shape.tokens || step.tokens <= 0 ||
        step.scratch_bytes < (dense ? needed.dense_scratch : needed.sparse_scratch)) {
      throw gpu::Failure(kSaelawGpuUnsupported, "a step of more tokens than its memory is for");
    }
    const gpu::StepView of_step = gpu::WithScratch(view, step.tokens, dense, step.scratch);
    // What changes from step to step goes to the device by a kernel of its own, outside of the
    // recording, which can therefore be repeated without a change.
    CudaDevice(products, settings.algorithms, stream)
        .Launch(gpu::SetNow, gpu::Grid{}, gpu::kWarp, 0, gpu::MakeNow(settings, step), view.now);
    const auto enqueue = [&](cudaStream_t on) {
      CudaDevice device(products, settings.algorithms, on);
      gpu::EnqueueStep(device, of_step, dense);
    };
    // Batches of another size are rare, the last of a run, and are not worth a recording of their
    // own.
    if (step.tokens != shape.tokens) return enqueue(stream);
    recordings[dense ? 1 : 0].Run(step.scratch, enqueue, stream);
  }
};

namespace saelaw::gpu {
namespace {

std::int32_t Memory(const SaelawGpuShape* shape, SaelawGpuMemory* memory) {
  // No exception may cross the border to a caller that was built by another compiler: Guarded turns
  // each into a code and a text.
  return Guarded([&] { *memory = QueryMemory(*shape); });
}

std::int32_t Create(const SaelawGpuShape* shape,
                    const SaelawGpuSettings* settings,
                    const SaelawGpuModel* model,
                    void* own,
                    SaelawGpuStepper** stepper) {
  return Guarded([&] {
    // The device is asked before the stepper exists, so that a refusal leaves nothing behind.
    RequireDevice(MakeSizes(*shape));
    *stepper = new SaelawGpuStepper{
        *shape, *settings, MakeStepView(*shape, *settings, *model, own), {}, {}};
  });
}

void Destroy(SaelawGpuStepper* stepper) { delete stepper; }

std::int32_t PrepareStepper(SaelawGpuStepper* stepper, void* stream) {
  return Guarded([&] {
    CudaDevice device(
        stepper->products, stepper->settings.algorithms, static_cast<cudaStream_t>(stream));
    Prepare(device, stepper->view);
  });
}

// This only enqueues: an error of the step itself may show at a later call.
std::int32_t StepOnce(SaelawGpuStepper* stepper, const SaelawGpuStep* step, void* stream) {
  return Guarded([&] { stepper->Step(*step, static_cast<cudaStream_t>(stream)); });
}

std::int32_t Algorithms(const SaelawGpuShape* shape, std::int32_t product, std::int32_t* count) {
  return Guarded([&] {
    StepView view{};
    view.sizes = MakeSizes(*shape);
    *count = ProductPlan(MakeProduct(Named(product), view)).algorithms();
  });
}

// Measuring lays out a stepper's own memory and a dense step's, so that operands lie as they do in
// a real step.
std::size_t MeasureBytes(const SaelawGpuShape* shape) {
  const SaelawGpuMemory memory = QueryMemory(*shape);
  return memory.own + memory.dense_scratch;
}

std::int32_t MeasureProduct(const SaelawGpuShape* shape,
                            std::int32_t product,
                            std::int32_t algorithm,
                            void* memory,
                            void* stream,
                            float* milliseconds) {
  return Guarded([&] {
    *milliseconds =
        Measure(*shape, Named(product), algorithm, memory, static_cast<cudaStream_t>(stream));
  });
}

const SaelawGpuTable kTable = {kSaelawGpuVersion,
                               [] { return LastFailure().c_str(); },
                               Memory,
                               Create,
                               Destroy,
                               PrepareStepper,
                               StepOnce,
                               Algorithms,
                               MeasureBytes,
                               MeasureProduct};

}  // namespace
}  // namespace saelaw::gpu

// This is the only symbol that the library shows. A caller of another version gets nothing.
extern "C" __attribute__((visibility("default"))) const SaelawGpuTable* saelaw_gpu_table(
    std::uint32_t version) {
  return version == kSaelawGpuVersion ? &saelaw::gpu::kTable : nullptr;
}

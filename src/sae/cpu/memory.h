// Memory for the kernels: large, aligned, in huge pages where the system has them, so that reading
// rows at random does not wait for address translation.
#pragma once

#include <cstddef>
#include <memory>

namespace saelaw {

struct FreeMapped {
  std::size_t bytes = 0;
  void operator()(void* memory) const;
};

enum class Pages { kHuge, kSmall };
// Zeroed. Throws std::bad_alloc.
std::unique_ptr<void, FreeMapped> MapZeroed(std::size_t bytes, Pages pages = Pages::kHuge);

// What malloc is told in a process that trains. A step's temporaries, up to 4,096 vectors of 2,048,
// would otherwise be mapped and unmapped at every operation. Blocks of a stream are larger and go
// back to the system: their places in the heap are never quite large enough for the next one, as a
// tensor is aligned.
void KeepFreedMemory();

// Gives back to the system what malloc keeps for later: after a model was moved out of it.
void ReturnFreed();

// Numbers without constructors; keeps its memory when it shrinks.
template <typename T>
class Buffer {
 public:
  Buffer() = default;
  // Small pages where most of the memory is never touched: what is not touched takes none.
  explicit Buffer(Pages pages) : pages_(pages) {}

  // At least `count` numbers, of unspecified values when memory is newly made (zeros) or was used.
  T* Reserve(std::size_t count) {
    if (count > capacity_) {
      memory_.reset();
      memory_ = MapZeroed(count * sizeof(T), pages_);
      capacity_ = count;
    }
    return data();
  }
  T* data() const { return static_cast<T*>(memory_.get()); }

 private:
  std::unique_ptr<void, FreeMapped> memory_;
  std::size_t capacity_ = 0;
  Pages pages_ = Pages::kHuge;
};

// fp32 forms of a product's matrices (tensors.h). Kept from one product to the next, and no
// temporaries: those leave malloc's heap with holes of all sizes.
struct ProductRoom {
  Buffer<float> left, right, out;
};

}  // namespace saelaw

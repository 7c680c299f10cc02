// Runs device code on the CPU: CUDA's names for src/sae/gpu/device.h, and a launcher whose threads
// are fibers that take turns at barriers. What a GPU would leave to chance fails here: a barrier or
// a warp's exchange that not all threads reach, shared memory read before it is written (it is
// filled with NaN) or written beyond its end; a missing barrier shows as a difference between the
// orders in which threads and blocks can run.
#pragma once

#include <csetjmp>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <ucontext.h>

#include "gpu/grid.h"

namespace saelaw::gpu::emulator {

// Which thread, and which block, goes first.
enum class Order { kForward, kBackward };

struct Index {
  unsigned x = 0, y = 0;
};

struct Place {
  const char* file = "";
  int line = 0;
  bool operator==(const Place& other) const { return file == other.file && line == other.line; }
};

enum class State { kReady, kAtBarrier, kAtExchange, kEnded };

struct Fiber {
  State state = State::kReady;
  Place place;  // where it waits
  std::uint64_t value = 0, received = 0;
  int from_lane = 0;
  bool started = false;
  ucontext_t entry{};
  std::jmp_buf resume{};
  std::vector<unsigned char> stack;
};

constexpr int kLanes = 32;

class Block {
 public:
  static constexpr std::size_t kStackBytes = std::size_t{64} << 10;

  // Runs one block of `threads` threads to its end. Throws std::runtime_error where they part.
  void Run(const std::function<void()>& kernel,
           Index block,
           Index grid,
           int threads,
           std::size_t shared_bytes,
           Order order);

  void Wait(State state, Place place);
  std::uint64_t Exchange(std::uint64_t value, int from_lane, Place place);

  Index thread_index() const { return {static_cast<unsigned>(running_), 0}; }
  Index block_index, grid_size, block_size;
  unsigned char* shared() { return shared_; }

 private:
  static void Enter();
  void Resume(int thread);
  bool Release();  // whether anyone may go on
  bool ReleaseWarp(std::size_t first);
  std::string Disagreement() const;

  const std::function<void()>* kernel_ = nullptr;
  std::vector<Fiber> fibers_;
  int running_ = 0;
  std::jmp_buf scheduler_{};
  std::vector<unsigned char> memory_;
  unsigned char* shared_ = nullptr;
};

inline Block& ThisBlock() {
  static Block block;
  return block;
}

inline void Block::Enter() {
  Block& block = ThisBlock();
  (*block.kernel_)();
  block.fibers_[static_cast<std::size_t>(block.running_)].state = State::kEnded;
  _longjmp(block.scheduler_, 1);
}

inline void Block::Resume(int thread) {
  running_ = thread;
  Fiber& fiber = fibers_[static_cast<std::size_t>(thread)];
  if (_setjmp(scheduler_) != 0) return;
  if (fiber.started) _longjmp(fiber.resume, 1);
  fiber.started = true;
  setcontext(&fiber.entry);
}

inline void Block::Wait(State state, Place place) {
  Fiber& fiber = fibers_[static_cast<std::size_t>(running_)];
  fiber.state = state;
  fiber.place = place;
  if (_setjmp(fiber.resume) == 0) _longjmp(scheduler_, 1);
}

inline std::uint64_t Block::Exchange(std::uint64_t value, int from_lane, Place place) {
  Fiber& fiber = fibers_[static_cast<std::size_t>(running_)];
  fiber.value = value;
  fiber.from_lane = from_lane;
  Wait(State::kAtExchange, place);
  return fiber.received;
}

inline bool Block::ReleaseWarp(std::size_t first) {
  for (std::size_t i = first; i < first + kLanes; ++i) {
    if (fibers_[i].state != State::kAtExchange) return false;
    if (!(fibers_[i].place == fibers_[first].place)) return false;
  }
  for (std::size_t i = first; i < first + kLanes; ++i) {
    fibers_[i].received = fibers_[first + static_cast<std::size_t>(fibers_[i].from_lane)].value;
    fibers_[i].state = State::kReady;
  }
  return true;
}

inline bool Block::Release() {
  bool released = false;
  for (std::size_t first = 0; first < fibers_.size(); first += kLanes) {
    released = ReleaseWarp(first) || released;
  }
  if (released) return true;
  for (const Fiber& fiber : fibers_) {
    if (fiber.state != State::kAtBarrier || !(fiber.place == fibers_[0].place)) return false;
  }
  for (Fiber& fiber : fibers_) fiber.state = State::kReady;
  return true;
}

inline std::string Block::Disagreement() const {
  const auto at = [](const Fiber& fiber) {
    return fiber.state == State::kEnded
               ? std::string("its end")
               : std::string(fiber.place.file) + ":" + std::to_string(fiber.place.line);
  };
  for (std::size_t i = 1; i < fibers_.size(); ++i) {
    if (fibers_[i].state == fibers_[0].state && at(fibers_[i]) == at(fibers_[0])) continue;
    return "thread 0 waits at " + at(fibers_[0]) + ", thread " + std::to_string(i) + " at " +
           at(fibers_[i]);
  }
  return "threads wait for others";
}

inline void Block::Run(const std::function<void()>& kernel,
                       Index block,
                       Index grid,
                       int threads,
                       std::size_t shared_bytes,
                       Order order) {
  constexpr std::size_t kGuard = 64;
  constexpr unsigned char kUnwritten = 0xff;
  kernel_ = &kernel;
  block_index = block;
  grid_size = grid;
  block_size = {static_cast<unsigned>(threads), 1};
  memory_.assign(shared_bytes + kGuard + 16, kUnwritten);
  shared_ = memory_.data() + (16 - reinterpret_cast<std::uintptr_t>(memory_.data()) % 16) % 16;
  fibers_.resize(static_cast<std::size_t>(threads));
  for (Fiber& fiber : fibers_) {
    fiber.state = State::kReady;
    fiber.started = false;
    fiber.stack.resize(kStackBytes);
    getcontext(&fiber.entry);
    fiber.entry.uc_stack.ss_sp = fiber.stack.data();
    fiber.entry.uc_stack.ss_size = fiber.stack.size();
    fiber.entry.uc_link = nullptr;
    makecontext(&fiber.entry, &Block::Enter, 0);
  }
  for (bool any = true; any;) {
    for (int i = 0; i < threads; ++i) {
      const int thread = order == Order::kForward ? i : threads - 1 - i;
      if (fibers_[static_cast<std::size_t>(thread)].state == State::kReady) Resume(thread);
    }
    any = Release();
  }
  for (const Fiber& fiber : fibers_) {
    if (fiber.state != State::kEnded) throw std::runtime_error(Disagreement());
  }
  for (std::size_t i = 0; i < kGuard; ++i) {
    if (shared_[shared_bytes + i] != kUnwritten) {
      throw std::runtime_error("shared memory was written beyond its end");
    }
  }
}

// A kernel over a grid, block after block.
template <typename Kernel>
void Run(Index grid, int threads, std::size_t shared_bytes, Order order, const Kernel& kernel) {
  const std::function<void()> body = kernel;
  const unsigned blocks = grid.x * grid.y;
  for (unsigned i = 0; i < blocks; ++i) {
    const unsigned block = order == Order::kForward ? i : blocks - 1 - i;
    ThisBlock().Run(body, {block % grid.x, block / grid.x}, grid, threads, shared_bytes, order);
  }
}

// Starts kernels as gpu/launcher.h does.
class Launcher {
 public:
  explicit Launcher(Order order) : order_(order) {}

  template <typename... Parameters, typename... Arguments>
  void Launch(void (*kernel)(Parameters...),
              Grid grid,
              int threads,
              std::size_t shared_bytes,
              const Arguments&... arguments) {
    const Index blocks{static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y)};
    Run(blocks, threads, shared_bytes, order_, [&] { kernel(arguments...); });
  }

 private:
  Order order_;
};

template <typename T>
T Exchanged(T value, int from_lane, Place place) {
  std::uint64_t word = 0;
  std::memcpy(&word, &value, sizeof value);
  word = ThisBlock().Exchange(word, from_lane, place);
  std::memcpy(&value, &word, sizeof value);
  return value;
}
inline int ThisLane() { return static_cast<int>(ThisBlock().thread_index().x) % kLanes; }

}  // namespace saelaw::gpu::emulator

// CUDA's names.
#define SAELAW_KERNEL inline void
#define SAELAW_KERNEL_OF(blocks) inline void
#define SAELAW_DEVICE inline
#define SAELAW_UNROLL
#define SAELAW_UNROLL_BY(rounds)
#define threadIdx (::saelaw::gpu::emulator::ThisBlock().thread_index())
#define blockIdx (::saelaw::gpu::emulator::ThisBlock().block_index)
#define blockDim (::saelaw::gpu::emulator::ThisBlock().block_size)
#define gridDim (::saelaw::gpu::emulator::ThisBlock().grid_size)

inline void __syncthreads(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  using namespace saelaw::gpu::emulator;
  ThisBlock().Wait(State::kAtBarrier, {file, line});
}
template <typename T>
T __shfl_xor_sync(unsigned /*lanes*/,
                  T value,
                  int mask,
                  const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  using namespace saelaw::gpu::emulator;
  return Exchanged(value, ThisLane() ^ mask, {file, line});
}
template <typename T>
T __shfl_up_sync(unsigned /*lanes*/,
                 T value,
                 int offset,
                 const char* file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
  using namespace saelaw::gpu::emulator;
  const int lane = ThisLane();
  return Exchanged(value, lane < offset ? lane : lane - offset, {file, line});
}
inline int __popc(unsigned word) { return __builtin_popcount(word); }
inline int __ffs(int word) { return __builtin_ffs(word); }
inline int atomicAdd(int* to, int value) {
  const int before = *to;
  *to += value;
  return before;
}

namespace saelaw::gpu {

inline unsigned char* SharedMemory() { return emulator::ThisBlock().shared(); }

inline float AsFloat(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline std::uint32_t Bf16Bits(float value) {
  std::uint32_t word;
  std::memcpy(&word, &value, sizeof word);
  if (value != value) return 0x7fc0;
  return (word + 0x7fff + ((word >> 16) & 1)) >> 16;
}
inline std::uint32_t Bf16Pair(float first, float second) {
  return Bf16Bits(first) | Bf16Bits(second) << 16;
}
template <typename Word>
Word LoadOnce(const Word* from) {
  return *from;
}
template <typename Word>
void StoreOnce(Word* to, const Word& word) {
  *to = word;
}
inline float FastRoot(float value) { return __builtin_sqrtf(value); }
inline float FastQuotient(float a, float b) { return a / b; }

}  // namespace saelaw::gpu

// The order between two threads that let one GPU work: what each queues is done in order, but by
// nobody's wish after or before what the other queues.
#pragma once

#include <functional>
#include <memory>

#include <ATen/core/Tensor.h>

namespace saelaw {

// A queue of its own on a device, beside the one that threads use without it. Also the seam by
// which tests see the order: they have no GPU.
class DeviceQueue {
 public:
  // A place in what a thread has queued.
  using Mark = std::shared_ptr<void>;

  virtual ~DeviceQueue() = default;
  // Does `work` in this thread; what it queues goes into this queue.
  virtual void Run(const std::function<void()>& work) = 0;
  // After all that this thread has queued so far, where it queues now.
  virtual Mark MarkHere() = 0;
  // Until the device has come to the mark.
  virtual void AwaitOnHost(const Mark& mark) = 0;
  // What this thread queues from now on comes after the mark; the thread itself goes on.
  virtual void AwaitOnDevice(const Mark& mark) = 0;
  // The memory of a tensor made in this queue is used where this thread queues: it is given to
  // nobody else before that is done.
  virtual void UsedHere(const at::Tensor& tensor) = 0;
};

// A CUDA stream of its own, by LibTorch's generic interface: c10::cuda is not linked.
std::unique_ptr<DeviceQueue> NewDeviceQueue(at::Device device);

}  // namespace saelaw

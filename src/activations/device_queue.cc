// The queue is a stream of LibTorch's pool, and its marks are events, by way of the interface that
// LibTorch has for every kind of device: nothing here is linked against CUDA.
#include "activations/device_queue.h"

#include <utility>

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>

namespace saelaw {
namespace {

class StreamQueue : public DeviceQueue {
 public:
  explicit StreamQueue(at::Device device)
      : guard_(device.type()),
        device_(device.has_index() ? device : guard_.getDevice()),
        stream_(guard_.getStreamFromGlobalPool(device_)) {}

  void Run(const std::function<void()>& work) override {
    const c10::StreamGuard here(stream_);  // and its device, which a new thread has not chosen
    work();
  }

  Mark MarkHere() override {
    auto event = std::make_shared<c10::Event>(device_.type());
    event->record(guard_.getStream(device_));
    return event;
  }

  void AwaitOnHost(const Mark& mark) override { AsEvent(mark).synchronize(); }

  void AwaitOnDevice(const Mark& mark) override { AsEvent(mark).block(guard_.getStream(device_)); }

  // Otherwise the allocator would give the memory to the other stream while this one still reads
  // it.
  void UsedHere(const at::Tensor& tensor) override {
    tensor.record_stream(guard_.getStream(device_));
  }

 private:
  static c10::Event& AsEvent(const Mark& mark) { return *static_cast<c10::Event*>(mark.get()); }

  c10::impl::VirtualGuardImpl guard_;
  c10::Device device_;
  c10::Stream stream_;
};

}  // namespace

std::unique_ptr<DeviceQueue> NewDeviceQueue(at::Device device) {
  return std::make_unique<StreamQueue>(device);
}

}  // namespace saelaw

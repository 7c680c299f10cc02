// A step recorded as a CUDA graph, so that its dozen launches cost the host one; and events.
#pragma once

#include "gpu/cuda_check.h"

namespace saelaw::gpu {

class Event {
 public:
  Event() { Check(cudaEventCreate(&event_), "creating an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void Record(cudaStream_t stream) const { Check(cudaEventRecord(event_, stream), "timing"); }
  // Waits for this event.
  float MillisecondsSince(const Event& begin) const {
    float milliseconds = 0;
    Check(cudaEventSynchronize(event_), "waiting for the device");
    Check(cudaEventElapsedTime(&milliseconds, begin.event_, event_), "timing");
    return milliseconds;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

// Records what is enqueued the second time that it is run (the first loads kernels and lets
// cuBLASLt make itself ready, which must not happen while recording), and repeats the recording
// from then on. Where recording fails, everything is enqueued each time.
class Recording {
 public:
  Recording() = default;
  ~Recording() { Forget(); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  // `enqueue(stream)` enqueues the same for the same `memory`.
  template <typename Enqueue>
  void Run(const void* memory, const Enqueue& enqueue, cudaStream_t stream) {
    if (runs_++ == 0 || failed_) return enqueue(stream);
    if (memory_ != memory) {
      Forget();
      Record(enqueue);
      memory_ = memory;
    }
    if (graph_ == nullptr) return enqueue(stream);
    Check(cudaGraphLaunch(graph_, stream), "starting a recorded step");
  }

 private:
  // On a stream of its own: the default stream cannot be recorded.
  template <typename Enqueue>
  void Record(const Enqueue& enqueue) {
    cudaStream_t stream = nullptr;
    cudaGraph_t graph = nullptr;
    Check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "creating a stream");
    bool complete = cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess;
    if (complete) {
      try {
        enqueue(stream);
      } catch (const Failure&) {
        complete = false;  // comes again, in words, when it is enqueued
      }
      complete = cudaStreamEndCapture(stream, &graph) == cudaSuccess && complete;
    }
    complete = complete && cudaGraphInstantiate(&graph_, graph, 0) == cudaSuccess;
    failed_ = !complete;
    if (graph != nullptr) cudaGraphDestroy(graph);
    cudaStreamDestroy(stream);
    if (failed_) {
      Forget();
      cudaGetLastError();  // what failed here must not be taken for a kernel's failure
    }
  }
  void Forget() {
    if (graph_ != nullptr) cudaGraphExecDestroy(graph_);
    graph_ = nullptr;
  }

  int runs_ = 0;
  bool failed_ = false;
  const void* memory_ = nullptr;
  cudaGraphExec_t graph_ = nullptr;
};

}  // namespace saelaw::gpu

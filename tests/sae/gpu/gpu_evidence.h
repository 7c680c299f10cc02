// A step of the open GPU table on random numbers, and all that it left, on the host. Without
// LibTorch: who runs it says how memory of the device is had.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "sae/gpu/gpu_library.h"
#include "sae/gpu/view.h"

namespace saelaw::testing {

struct KernelCheck {
  std::string name;
  double error = 0, allowed = 0;
  bool passed() const { return error <= allowed; }  // NaN does not
};

inline float NumberOf(gpu::Bf16 number) {
  const std::uint32_t word = static_cast<std::uint32_t>(number.bits) << 16;
  float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}
// To nearest even; NaN is not asked for.
inline float RoundedToBf16(double value) {
  const auto single = static_cast<float>(value);
  std::uint32_t word;
  std::memcpy(&word, &single, sizeof word);
  word = (word + 0x7fff + ((word >> 16) & 1)) & 0xffff0000U;
  float rounded;
  std::memcpy(&rounded, &word, sizeof rounded);
  return rounded;
}

using Numbers = std::vector<double>;

// ‖a - b‖ / ‖b‖.
inline double Distance(const Numbers& a, const Numbers& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  if (difference == 0) return 0;
  return std::sqrt(difference / norm);
}

// Five tensors on the host, by latent.
struct HostParameters {
  Numbers w_enc, b_enc, w_dec, b_dec, threshold;
};

// One step: what went in and what it left.
struct StepEvidence {
  gpu::StepView view;  // into copies on the host; the masters in it are not to be read
  bool dense = false;
  gpu::Now now{};
  std::vector<float> x;
  HostParameters before, second_before, after, second_after;
  std::vector<std::int32_t> row_updates_before, row_updates_after;
  std::vector<float> fired;
  double totals[3] = {};
};

// How memory of the device is had. `copy` goes either way, and waits for the device.
struct DeviceMemory {
  std::function<void*(std::size_t bytes)> allocate;
  std::function<void(void*)> release;
  std::function<void(void* to, const void* from, std::size_t bytes)> copy;
};

struct StepCase {
  std::string name;
  SaelawGpuShape shape{};
  bool pre_encoder_bias = true, log_threshold = false, target_rule = false;
  double bandwidth = 0.3;
  double threshold = 0.7;  // of the least eager latent; the others' lie up to 0.6 above
  std::uint64_t seed = 1;
};

class StepRun {
 public:
  StepRun(const StepCase& of, const DeviceMemory& memory) : case_(of), memory_(memory) {
    Check(GpuLibrary().memory(&case_.shape, &bytes_));
    own_ = New(bytes_.own);
    scratch_ = New(ScratchBytes());
    settings_.pre_encoder_bias = case_.pre_encoder_bias ? 1 : 0;
    settings_.log_threshold = case_.log_threshold ? 1 : 0;
    settings_.target_rule = case_.target_rule ? 1 : 0;
    settings_.target_l0 = 5;
    settings_.bandwidth = case_.bandwidth;
    settings_.beta2 = 0.9;  // so that a missed decay shows
    settings_.epsilon = 1e-8;
    Draw();
    SaelawGpuStepper* stepper = nullptr;
    Check(GpuLibrary().create(&case_.shape, &settings_, &model_, own_, &stepper));
    stepper_ = {stepper, GpuLibrary().destroy};
    Check(GpuLibrary().prepare(stepper, nullptr));
  }

  // One update on a new batch of the first `tokens` of the shape's.
  StepEvidence Step(std::int64_t tokens, bool dense) {
    const std::size_t d_in = Size(case_.shape.d_in), d_sae = Size(case_.shape.d_sae);
    StepEvidence seen;
    seen.dense = dense;
    seen.x = Normal(Size(tokens) * d_in, 1);
    seen.before = Read(model_.parameters);
    seen.second_before = Read(model_.second);
    seen.row_updates_before = ReadArray<std::int32_t>(model_.row_updates, d_sae);
    memory_.copy(x_, seen.x.data(), seen.x.size() * sizeof(float));
    updates_ += 1;
    const SaelawGpuStep step{x_,
                             tokens,
                             dense ? 1 : 0,
                             updates_,
                             1e-3,
                             5e-4,
                             2e-2,
                             totals_,
                             fired_,
                             scratch_,
                             ScratchBytes()};
    Check(GpuLibrary().step(stepper_.get(), &step, nullptr));
    seen.now = gpu::MakeNow(settings_, step);
    own_copy_ = ReadArray<unsigned char>(own_, bytes_.own);
    scratch_copy_ = ReadArray<unsigned char>(scratch_, ScratchBytes());
    seen.view =
        gpu::WithScratch(gpu::MakeStepView(case_.shape, settings_, model_, own_copy_.data()),
                         tokens,
                         dense,
                         scratch_copy_.data());
    seen.after = Read(model_.parameters);
    seen.second_after = Read(model_.second);
    seen.row_updates_after = ReadArray<std::int32_t>(model_.row_updates, d_sae);
    seen.fired = ReadArray<float>(fired_, d_sae);
    memory_.copy(seen.totals, totals_, sizeof seen.totals);
    return seen;
  }

 private:
  static std::size_t Size(std::int64_t count) { return static_cast<std::size_t>(count); }

  void Check(std::int32_t code) const {
    if (code != kSaelawGpuOk) throw std::runtime_error(GpuLibrary().last_error());
  }

  void* New(std::size_t bytes) {
    held_.emplace_back(memory_.allocate(bytes), memory_.release);
    return held_.back().get();
  }
  template <typename T>
  T* Upload(const std::vector<T>& values) {
    void* to = New(values.size() * sizeof(T));
    memory_.copy(to, values.data(), values.size() * sizeof(T));
    return static_cast<T*>(to);
  }
  template <typename T>
  std::vector<T> ReadArray(const void* from, std::size_t count) const {
    std::vector<T> values(count);
    memory_.copy(values.data(), from, count * sizeof(T));
    return values;
  }

  std::vector<float> Normal(std::size_t count, double scale) {
    std::normal_distribution<double> normal(0, scale);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(normal(random_));
    return values;
  }

  // A state in the middle of nowhere: no symmetry hides an error.
  void Draw() {
    const std::size_t d_in = Size(case_.shape.d_in), d_sae = Size(case_.shape.d_sae);
    const double unit = 1 / std::sqrt(static_cast<double>(d_in));
    std::vector<float> w_dec = Normal(d_sae * d_in, 1);
    for (std::size_t j = 0; j < d_sae; ++j) Normalise(w_dec.data() + j * d_in, d_in);
    std::vector<float> threshold = Normal(d_sae, 0.3);
    for (float& each : threshold) {
      each = static_cast<float>(case_.threshold) + std::min(0.6F, std::abs(each));
      if (case_.log_threshold) each = std::log(each);
    }
    // A latent that never fires: thrice left alone, its moments decay thrice at once.
    threshold[d_sae / 2] = case_.log_threshold ? 3.0F : 20.0F;
    model_.parameters = {Upload(Normal(d_sae * d_in, unit)),
                         Upload(Normal(d_sae, 0.1)),
                         Upload(w_dec),
                         Upload(Normal(d_in, 0.1)),
                         Upload(threshold)};
    model_.second = {Upload(Squares(d_sae * d_in)),
                     Upload(Squares(d_sae)),
                     Upload(Squares(d_sae * d_in)),
                     Upload(Squares(d_in)),
                     Upload(Squares(d_sae))};
    model_.row_updates = Upload(std::vector<std::int32_t>(d_sae, 0));
    x_ = Upload(std::vector<float>(Size(case_.shape.tokens) * d_in));
    fired_ = Upload(std::vector<float>(d_sae));
    totals_ = Upload(std::vector<double>(3));
  }
  std::vector<float> Squares(std::size_t count) {
    std::vector<float> values = Normal(count, 1e-4);
    for (float& value : values) value *= value;
    return values;
  }
  static void Normalise(float* row, std::size_t count) {
    double squares = 0;
    for (std::size_t c = 0; c < count; ++c) squares += static_cast<double>(row[c]) * row[c];
    for (std::size_t c = 0; c < count; ++c) row[c] /= static_cast<float>(std::sqrt(squares));
  }

  HostParameters Read(const SaelawGpuParameters& from) const {
    const std::size_t d_in = Size(case_.shape.d_in), d_sae = Size(case_.shape.d_sae);
    const auto numbers = [this](const float* array, std::size_t count) {
      const std::vector<float> values = ReadArray<float>(array, count);
      return Numbers(values.begin(), values.end());
    };
    return {numbers(from.w_enc, d_sae * d_in),
            numbers(from.b_enc, d_sae),
            numbers(from.w_dec, d_sae * d_in),
            numbers(from.b_dec, d_in),
            numbers(from.threshold, d_sae)};
  }

  StepCase case_;
  const DeviceMemory& memory_;
  std::mt19937_64 random_{case_.seed};
  SaelawGpuMemory bytes_{};
  SaelawGpuSettings settings_{};
  SaelawGpuModel model_{};
  std::vector<std::shared_ptr<void>> held_;
  std::size_t ScratchBytes() const { return std::max(bytes_.sparse_scratch, bytes_.dense_scratch); }

  void *own_ = nullptr, *scratch_ = nullptr;
  float *x_ = nullptr, *fired_ = nullptr;
  double* totals_ = nullptr;
  std::int64_t updates_ = 0;
  std::vector<unsigned char> own_copy_, scratch_copy_;  // what the last evidence points into
  std::shared_ptr<SaelawGpuStepper> stepper_;
};

}  // namespace saelaw::testing

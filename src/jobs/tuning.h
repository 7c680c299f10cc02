// How steps are taken: what is measured of a machine before jobs are written, so that no run
// chooses for itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

// What a step's products are made of, beside d_in.
struct StepShape {
  std::int64_t d_sae = 0;
  std::int64_t batch_tokens = 0;
  bool operator==(const StepShape&) const = default;
};

// A shape that was measured on a GPU: of each product, in the order of sae/gpu/table.h, the place
// of the fastest algorithm in cuBLASLt's list. Empty where the CUDA library was not there.
struct TunedShape {
  StepShape shape;
  std::vector<int> algorithms;
};

// How a device does a run's steps: measured on the machine before a job starts and never chosen
// again inside a run, so that a continued run ends as an uninterrupted one.
struct StepTuning {
  std::string path;  // reference | avx2 | avx512 | avx512_bf16 | amx | cuda; empty: the fastest
  // Share of active latents above which dense products are faster, for runs of each precision.
  double dense_above_fp32 = 0.05;
  double dense_above_bf16 = 0.05;
  std::string machine{};             // NameMachine() where this was measured; empty: nowhere
  std::vector<TunedShape> shapes{};  // on a GPU
};
// The measured shape; null when there is none.
const TunedShape* FindShape(const StepTuning& tuning, const StepShape& shape);
std::string ToJson(const StepTuning& tuning);
// Throws IoError when the text is no such object.
StepTuning StepTuningFromJson(std::string_view json);

}  // namespace saelaw

// The products by cuBLASLt. Who uses them names an algorithm by its place in cuBLASLt's list, which
// is the same for the same sizes, device and version.
#pragma once

#include <map>
#include <memory>

#include <cublasLt.h>

#include "gpu/cuda_check.h"
#include "sae/gpu/products.h"

namespace saelaw::gpu {

// One product's sizes, ready to be multiplied any number of times.
class ProductPlan {
 public:
  explicit ProductPlan(const Product& product);
  ~ProductPlan();
  ProductPlan(const ProductPlan&) = delete;
  ProductPlan& operator=(const ProductPlan&) = delete;

  int algorithms() const { return found_; }
  // The first algorithm where there are not so many. Throws Failure.
  void Multiply(const Product& product, int algorithm, void* scratch, cudaStream_t stream) const;

 private:
  static constexpr int kMostAlgorithms = 16;

  cublasLtMatmulDesc_t operation_ = nullptr;
  cublasLtMatrixLayout_t a_ = nullptr, b_ = nullptr, c_ = nullptr;
  cublasLtMatmulHeuristicResult_t results_[kMostAlgorithms] = {};
  int found_ = 0;
};

// The plans of one stepper, made when they are first needed.
class Products {
 public:
  void Multiply(SaelawGpuProduct which,
                const StepView& view,
                const std::int32_t* algorithms,
                cudaStream_t stream);

 private:
  std::map<std::pair<int, int>, std::unique_ptr<ProductPlan>> plans_;  // by product and tokens
};

}  // namespace saelaw::gpu

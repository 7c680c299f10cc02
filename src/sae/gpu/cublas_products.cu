// Each product is planned once, which asks cuBLASLt for its list of algorithms, and repeated from
// the plan. Matrices are passed as their transposes, because cuBLASLt reads by columns what is
// stored here by rows; no number is moved for that.
#include "sae/gpu/cublas_products.h"

namespace saelaw::gpu {
namespace {

void CheckBlas(cublasStatus_t status, const char* doing) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Failure(kSaelawGpuFailed, std::string(doing) + ": " + cublasLtGetStatusString(status));
}

// There is one handle for each device that is used, and for each thread, until the process ends.
cublasLtHandle_t Handle() {
  thread_local std::map<int, cublasLtHandle_t> handles;
  int device = 0;
  Check(cudaGetDevice(&device), "asking for the device");
  cublasLtHandle_t& handle = handles[device];
  if (handle == nullptr) CheckBlas(cublasLtCreate(&handle), "opening cuBLASLt");
  return handle;
}

// cuBLASLt thinks by columns: seen so, an operand stored [rows, columns] is its transpose.
cublasLtMatrixLayout_t MakeLayout(int stored_rows,
                                  int stored_columns,
                                  int stride,
                                  cudaDataType_t type = CUDA_R_16BF) {
  cublasLtMatrixLayout_t layout = nullptr;
  CheckBlas(cublasLtMatrixLayoutCreate(&layout, type, stored_columns, stored_rows, stride),
            "describing a matrix");
  return layout;
}

void SetTransposed(cublasLtMatmulDesc_t operation,
                   cublasLtMatmulDescAttributes_t which,
                   bool transposed) {
  const cublasOperation_t value = transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  CheckBlas(cublasLtMatmulDescSetAttribute(operation, which, &value, sizeof value),
            "describing a product");
}

struct Preference {
  Preference() {
    CheckBlas(cublasLtMatmulPreferenceCreate(&value), "describing a preference");
    // Only algorithms that get by with this much scratch memory come into the list.
    const std::size_t bytes = kProductScratch;
    CheckBlas(cublasLtMatmulPreferenceSetAttribute(
                  value, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &bytes, sizeof bytes),
              "describing a preference");
    // Parts of a sum are never rounded to bf16.
    const std::uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
    CheckBlas(
        cublasLtMatmulPreferenceSetAttribute(
            value, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &reductions, sizeof reductions),
        "describing a preference");
  }
  ~Preference() { cublasLtMatmulPreferenceDestroy(value); }
  cublasLtMatmulPreference_t value = nullptr;
};

}  // namespace

// Row-major c = a·b is, by columns, cᵀ = bᵀ·aᵀ: the operands change places.
ProductPlan::ProductPlan(const Product& product) {
  const Operand &a = product.b, &b = product.a;
  CheckBlas(cublasLtMatmulDescCreate(&operation_, CUBLAS_COMPUTE_32F, CUDA_R_32F),
            "describing a product");
  SetTransposed(operation_, CUBLASLT_MATMUL_DESC_TRANSA, a.transposed);
  SetTransposed(operation_, CUBLASLT_MATMUL_DESC_TRANSB, b.transposed);
  // The sizes are those of the row-major product; a layout is told how an operand is stored.
  const int n = product.n, m = product.m, k = product.k;
  a_ = MakeLayout(a.transposed ? n : k, a.transposed ? k : n, a.stride);
  b_ = MakeLayout(b.transposed ? k : m, b.transposed ? m : k, b.stride);
  // Results are rounded to bf16, but for the encoder's sums, which stay in fp32 up to the
  // threshold.
  c_ = MakeLayout(m, n, product.stride, product.sums != nullptr ? CUDA_R_32F : CUDA_R_16BF);
  const Preference preference;
  CheckBlas(cublasLtMatmulAlgoGetHeuristic(Handle(),
                                           operation_,
                                           a_,
                                           b_,
                                           c_,
                                           c_,
                                           preference.value,
                                           kMostAlgorithms,
                                           results_,
                                           &found_),
            "looking for an algorithm");
  // Without an algorithm the run could take the reference path, so this is no failure of the GPU.
  if (found_ == 0) throw Failure(kSaelawGpuUnsupported, "cuBLASLt has no algorithm for a product");
}

ProductPlan::~ProductPlan() {
  cublasLtMatrixLayoutDestroy(a_);
  cublasLtMatrixLayoutDestroy(b_);
  cublasLtMatrixLayoutDestroy(c_);
  cublasLtMatmulDescDestroy(operation_);
}

void ProductPlan::Multiply(const Product& product,
                           int algorithm,
                           void* scratch,
                           cudaStream_t stream) const {
  const float one = 1, zero = 0;
  // With zero as the factor of the old content, c may hold anything before, NaN included.
  void* const c = product.sums != nullptr ? static_cast<void*>(product.sums) : product.c;
  // A list may be shorter than the one that the number comes from; the first is always a valid
  // choice.
  const bool exists = algorithm >= 0 && algorithm < found_;
  CheckBlas(cublasLtMatmul(Handle(),
                           operation_,
                           &one,
                           product.b.data,
                           a_,
                           product.a.data,
                           b_,
                           &zero,
                           c,
                           c_,
                           c,
                           c_,
                           &results_[exists ? algorithm : 0].algo,
                           scratch,
                           kProductScratch,
                           stream),
            "multiplying");
}

void Products::Multiply(SaelawGpuProduct which,
                        const StepView& view,
                        const std::int32_t* algorithms,
                        cudaStream_t stream) {
  const Product product = MakeProduct(which, view);
  // The number of tokens is part of the key, as the last batch of a run may be smaller.
  std::unique_ptr<ProductPlan>& plan = plans_[{which, view.sizes.tokens}];
  if (plan == nullptr) plan = std::make_unique<ProductPlan>(product);
  plan->Multiply(product, algorithms[which], view.product_scratch, stream);
}

}  // namespace saelaw::gpu

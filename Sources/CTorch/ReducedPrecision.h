// Linear layers whose products run in bfloat16; see ReducedPrecision.cpp.
#pragma once

#include <ATen/ATen.h>

namespace ctorch {

/// Whether this thread has asked for bfloat16 products.
bool reducesPrecision();

/// Whether this thread has asked for it, the processor has it, and the product is one that gains by it.
bool wantsReducedPrecision(const at::Tensor &x, const at::Tensor &weight);

/// `x · weightᵀ + bias`, float32 in and out.
at::Tensor reducedLinear(
    const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias);

}  // namespace ctorch

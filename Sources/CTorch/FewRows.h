// Products of a few rows with large bfloat16 weights, as decoding makes them; see FewRows.cpp.
#pragma once

#include <ATen/ATen.h>

namespace ctorch {

/// Whether the product is of that kind and asks for no gradient.
bool isOfFewRows(const at::Tensor &x, const at::Tensor &weight);

/// `x · weightᵀ + bias`, bfloat16 in and out.
at::Tensor fewRowsLinear(
    const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias);

}  // namespace ctorch

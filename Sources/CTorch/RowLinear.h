// Linear layers whose products are those of RowProduct.h.
#pragma once

#include <ATen/ATen.h>

#include "CTorch.h"

namespace ctorch {

/// Whether the product is float32 on the CPU and no gradient is recorded.
bool isOfRows(
    const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias);

/// `x · weightᵀ + bias`. The weight's handle keeps it in panels for the next time, unless it is large.
at::Tensor rowLinear(
    const at::Tensor &x, const CTorchTensor &weight, const c10::optional<at::Tensor> &bias);

}  // namespace ctorch

// Gradients: recording them, back-propagation, and bounding their norm.
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "Handle.h"

using namespace ctorch;

bool ctorch_set_gradients_enabled(bool enabled) {
  bool earlier = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled);
  return earlier;
}

bool ctorch_requires_gradient(const CTorchTensor *tensor) {
  return tensor != nullptr && tensor->value.requires_grad();
}

bool ctorch_set_requires_gradient(CTorchTensor *tensor, bool enabled) {
  return guarded(false, [&] {
    get(tensor).requires_grad_(enabled);
    return true;
  });
}

bool ctorch_backward(const CTorchTensor *scalar) {
  return guarded(false, [&] {
    get(scalar).backward();
    return true;
  });
}

bool ctorch_backward_from(const CTorchTensor *tensor, const CTorchTensor *gradient) {
  return guarded(false, [&] {
    get(tensor).backward(get(gradient));
    return true;
  });
}

CTorchTensor *ctorch_gradient(const CTorchTensor *tensor) {
  return guarded<CTorchTensor *>(nullptr, [&]() -> CTorchTensor * {
    const auto &gradient = get(tensor).grad();
    return gradient.defined() ? make(gradient) : nullptr;
  });
}

bool ctorch_clear_gradients(CTorchTensorList tensors, int64_t count) {
  return guarded(false, [&] {
    for (int64_t i = 0; i < count; i++) get(tensors[i]).mutable_grad().reset();
    return true;
  });
}

double ctorch_clip_gradient_norm(CTorchTensorList tensors, int64_t count, double maximum) {
  return guarded(-1.0, [&] {
    at::NoGradGuard noGradients;
    std::vector<at::Tensor> gradients;
    for (int64_t i = 0; i < count; i++) {
      const auto &gradient = get(tensors[i]).grad();
      if (gradient.defined()) gradients.push_back(gradient);
    }
    if (gradients.empty()) return 0.0;
    auto norms = at::_foreach_norm(gradients, 2, at::kFloat);
    double norm = at::linalg_vector_norm(at::stack(norms), 2).item<double>();
    if (maximum > 0 && std::isfinite(norm) && norm > maximum) {
      at::_foreach_mul_(gradients, at::Scalar(maximum / norm));
    }
    return norm;
  });
}

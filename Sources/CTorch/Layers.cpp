// Matrix products, convolutions, normalization, attention and losses.
#include "FewRows.h"
#include "Handle.h"
#include "ReducedPrecision.h"
#include "RowLinear.h"

using namespace ctorch;

CTorchTensor *ctorch_matmul(const CTorchTensor *a, const CTorchTensor *b) {
  return tensor([&] { return at::matmul(get(a), get(b)); });
}

CTorchTensor *ctorch_linear(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
    bool hasBias) {
  return tensor([&] {
    const auto &x = get(input), &w = get(weight);
    auto b = optionalTensor(bias, hasBias);
    if (isOfFewRows(x, w)) return fewRowsLinear(x, w, b);
    if (isOfRows(x, w, b)) return rowLinear(x, *weight, b);
    return wantsReducedPrecision(x, w) ? reducedLinear(x, w, b) : at::linear(x, w, b);
  });
}

CTorchTensor *ctorch_conv1d(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias, bool hasBias,
    int64_t stride, int64_t padding, int64_t groups) {
  return tensor([&] {
    return at::conv1d(
        get(input), get(weight), optionalTensor(bias, hasBias), at::IntArrayRef(&stride, 1),
        at::IntArrayRef(&padding, 1), {1}, groups);
  });
}

CTorchTensor *ctorch_conv2d(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias, bool hasBias,
    int64_t stride, int64_t padding, int64_t groups) {
  return tensor([&] {
    return at::conv2d(
        get(input), get(weight), optionalTensor(bias, hasBias), {stride, stride},
        at::IntArrayRef({padding, padding}), {1, 1}, groups);
  });
}

CTorchTensor *ctorch_layer_norm(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
    double epsilon) {
  return tensor([&] {
    return at::layer_norm(
        get(input), get(weight).sizes(), get(weight), get(bias), epsilon);
  });
}

CTorchTensor *ctorch_group_norm(
    const CTorchTensor *input, int64_t groups, const CTorchTensor *weight,
    const CTorchTensor *bias, double epsilon) {
  return tensor([&] {
    return at::group_norm(get(input), groups, get(weight), get(bias), epsilon);
  });
}

CTorchTensor *ctorch_scaled_dot_product_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    const CTorchTensor *mask, bool hasMask, bool isCausal, double scale) {
  return tensor([&] {
    return at::scaled_dot_product_attention(
        get(query), get(key), get(value), optionalTensor(mask, hasMask), 0.0, isCausal, scale);
  });
}

// MARK: - Losses

CTorchTensor *ctorch_elementwise_loss(
    CTorchLoss kind, const CTorchTensor *prediction, const CTorchTensor *target) {
  return tensor([&]() -> at::Tensor {
    if (get(prediction).sizes() != get(target).sizes()) {
      throw std::runtime_error("a loss needs prediction and target of one shape");
    }
    switch (kind) {
      case CTorchLossSquared: return at::mse_loss(get(prediction), get(target));
      case CTorchLossAbsolute: return at::l1_loss(get(prediction), get(target));
      case CTorchLossSmoothAbsolute: return at::smooth_l1_loss(get(prediction), get(target));
    }
    throw std::runtime_error("unknown loss");
  });
}

CTorchTensor *ctorch_cross_entropy_each(
    const CTorchTensor *logits, const CTorchTensor *targets, int64_t ignored,
    double labelSmoothing) {
  return tensor([&] {
    return at::cross_entropy_loss(
        get(logits), get(targets), {}, at::Reduction::None, ignored, labelSmoothing);
  });
}

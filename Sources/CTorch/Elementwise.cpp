// Elementwise operations and reductions.
#include <algorithm>

#include "Handle.h"
#include "Kernels.h"
#include "Parallel.h"

using namespace ctorch;

namespace {

CTORCH_VECTORIZED void geluOf(const float *x, float *y, int64_t begin, int64_t end) {
  int64_t i = begin;
  for (; i + laneCount <= end; i += laneCount) {
    for (int64_t lane = 0; lane < laneCount; lane++) y[i + lane] = gelu(x[i + lane]);
  }
  if (i == end) return;
  // The rest goes through the same lanes, so that an element's bits do not depend on where it stands.
  float rest[laneCount] = {};
  for (int64_t lane = 0; i + lane < end; lane++) rest[lane] = x[i + lane];
  for (int64_t lane = 0; lane < laneCount; lane++) rest[lane] = gelu(rest[lane]);
  for (int64_t lane = 0; i + lane < end; lane++) y[i + lane] = rest[lane];
}

/// libtorch computes an element one way or another by where it stands in the tensor.
at::Tensor geluByElements(const at::Tensor &x) {
  auto y = at::empty_like(x);
  const float *from = elements<float>(x);
  float *to = y.mutable_data_ptr<float>();
  constexpr int64_t atOnce = 1 << 14;
  parallelFor((x.numel() + atOnce - 1) / atOnce, [&](int64_t index) {
    geluOf(from, to, index * atOnce, std::min(x.numel(), (index + 1) * atOnce));
  });
  return y;
}

CTORCH_VECTORIZED void softmaxOf(const float *x, float *y, int64_t width) {
  std::copy_n(x, width, y);
  softmaxRow(y, width, width);
}

/// libtorch's sums follow the processor's vector width, and so do the last bits of its answer.
at::Tensor softmaxByRows(const at::Tensor &given) {
  auto x = given.contiguous();
  auto y = at::empty_like(x);
  int64_t width = x.size(-1);
  const float *from = elements<float>(x);
  float *to = y.mutable_data_ptr<float>();
  parallelFor(x.numel() / width, [&](int64_t row) {
    softmaxOf(from + row * width, to + row * width, width);
  });
  return y;
}

at::Tensor apply(CTorchUnary operation, const at::Tensor &x) {
  switch (operation) {
    case CTorchUnaryNegate: return x.neg();
    case CTorchUnaryExp: return x.exp();
    case CTorchUnaryLog: return x.log();
    case CTorchUnarySin: return x.sin();
    case CTorchUnaryCos: return x.cos();
    case CTorchUnarySqrt: return x.sqrt();
    case CTorchUnaryReciprocalSqrt: return x.rsqrt();
    case CTorchUnaryTanh: return x.tanh();
    case CTorchUnarySigmoid: return x.sigmoid();
    case CTorchUnaryAbs: return x.abs();
    case CTorchUnarySilu: return at::silu(x);
    case CTorchUnaryMish: return at::mish(x);
    case CTorchUnaryGelu: return at::gelu(x, "none");
    case CTorchUnaryGeluTanh: return at::gelu(x, "tanh");
    case CTorchUnaryQuickGelu: return x * at::sigmoid(x * 1.702);
    case CTorchUnaryRelu: return at::relu(x);
    case CTorchUnaryRound: return x.round();
    case CTorchUnaryFloor: return x.floor();
    case CTorchUnaryLogicalNot: return x.logical_not();
    case CTorchUnarySquare: return x.square();
  }
  throw std::runtime_error("unknown elementwise operation");
}

template <typename Other>
at::Tensor apply(CTorchBinary operation, const at::Tensor &a, const Other &b) {
  switch (operation) {
    case CTorchBinaryAdd: return a.add(b);
    case CTorchBinarySubtract: return a.sub(b);
    case CTorchBinaryMultiply: return a.mul(b);
    case CTorchBinaryDivide: return a.div(b);
    case CTorchBinaryPower: return a.pow(b);
    case CTorchBinaryMinimum:
      if constexpr (std::is_same_v<Other, at::Tensor>) return at::minimum(a, b);
      else return a.clamp_max(b);
    case CTorchBinaryMaximum:
      if constexpr (std::is_same_v<Other, at::Tensor>) return at::maximum(a, b);
      else return a.clamp_min(b);
    case CTorchBinaryEqual: return a.eq(b);
    case CTorchBinaryNotEqual: return a.ne(b);
    case CTorchBinaryLess: return a.lt(b);
    case CTorchBinaryLessOrEqual: return a.le(b);
    case CTorchBinaryGreater: return a.gt(b);
    case CTorchBinaryGreaterOrEqual: return a.ge(b);
  }
  throw std::runtime_error("unknown elementwise operation");
}

/// An integer where the tensor holds integers and the scalar is one, so that types stay.
at::Scalar scalarFor(const at::Tensor &tensor, double value) {
  if (c10::isIntegralType(tensor.scalar_type(), true) && value == std::floor(value) &&
      std::abs(value) < 9e15) {
    return at::Scalar(static_cast<int64_t>(value));
  }
  return at::Scalar(value);
}

}  // namespace

CTorchTensor *ctorch_unary(CTorchUnary operation, const CTorchTensor *tensor) {
  return ctorch::tensor([&] {
    bool isDense = ctorch_acts_by_rows(tensor) && get(tensor).is_contiguous();
    if (operation == CTorchUnaryGelu && isDense) return geluByElements(get(tensor));
    return apply(operation, get(tensor));
  });
}

CTorchTensor *ctorch_binary(
    CTorchBinary operation, const CTorchTensor *a, const CTorchTensor *b) {
  return tensor([&] { return apply(operation, get(a), get(b)); });
}

CTorchTensor *ctorch_binary_scalar(CTorchBinary operation, const CTorchTensor *a, double b) {
  return tensor([&] { return apply(operation, get(a), scalarFor(get(a), b)); });
}

CTorchTensor *ctorch_clamp(const CTorchTensor *tensor, double low, double high) {
  return ctorch::tensor([&] {
    return get(tensor).clamp(scalarFor(get(tensor), low), scalarFor(get(tensor), high));
  });
}

CTorchTensor *ctorch_where(
    const CTorchTensor *condition, const CTorchTensor *a, const CTorchTensor *b) {
  return tensor([&] { return at::where(get(condition), get(a), get(b)); });
}

CTorchTensor *ctorch_masked_fill(
    const CTorchTensor *tensor, const CTorchTensor *mask, double value) {
  return ctorch::tensor([&] { return get(tensor).masked_fill(get(mask), at::Scalar(value)); });
}

// MARK: - Reductions

CTorchTensor *ctorch_reduce(
    CTorchReduction operation, const CTorchTensor *tensor, const int64_t *dimensions,
    int64_t count, bool keepsDimensions) {
  return ctorch::tensor([&]() -> at::Tensor {
    const auto &x = get(tensor);
    auto over = sizes(dimensions, count);
    switch (operation) {
      case CTorchReductionSum: return count ? x.sum(over, keepsDimensions) : x.sum();
      case CTorchReductionMean: return count ? x.mean(over, keepsDimensions) : x.mean();
      case CTorchReductionMaximum: return count ? x.amax(over, keepsDimensions) : x.max();
      case CTorchReductionMinimum: return count ? x.amin(over, keepsDimensions) : x.min();
    }
    throw std::runtime_error("unknown reduction");
  });
}

CTorchTensor *ctorch_argmax(const CTorchTensor *tensor, int64_t dimension) {
  return ctorch::tensor([&] { return get(tensor).argmax(dimension); });
}

bool ctorch_topk(
    const CTorchTensor *tensor, int64_t k, int64_t dimension, CTorchTensor **values,
    CTorchTensor **indices) {
  return guarded(false, [&] {
    auto [top, positions] = get(tensor).topk(k, dimension);
    *values = make(top);
    *indices = make(positions);
    return true;
  });
}

CTorchTensor *ctorch_softmax(const CTorchTensor *tensor, int64_t dimension) {
  return ctorch::tensor([&] {
    const auto &x = get(tensor);
    bool isOfRows = ctorch_acts_by_rows(tensor) && x.numel() > 0 && x.dim() > 0 &&
                    (dimension == -1 || dimension == x.dim() - 1);
    return isOfRows ? softmaxByRows(x) : at::softmax(x, dimension);
  });
}

CTorchTensor *ctorch_log_softmax(const CTorchTensor *tensor, int64_t dimension) {
  return ctorch::tensor([&] { return at::log_softmax(get(tensor), dimension); });
}

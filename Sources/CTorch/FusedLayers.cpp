// RMS normalization, SwiGLU's product and rotary embedding, each in one pass over memory.
//
// libtorch composes them from several operations, which on a CPU costs as much as the matrix
// products of a small network. The fused form serves contiguous float32 on the CPU; everything else
// takes the composed one, which the tests compare with. Where no gradient is recorded the forward loops run alone: a node that
// nobody reads costs as much as they do on a few rows.
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <utility>

#include "Handle.h"
#include "Kernels.h"
#include "Parallel.h"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Rows are split into this many parts, whatever the number of threads, so that sums over rows do
/// not depend on it.
constexpr int64_t partCount = 16;

struct Rows {
  int64_t begin, end;
};

Rows part(int64_t index, int64_t rowCount) {
  return {index * rowCount / partCount, (index + 1) * rowCount / partCount};
}

bool isFusible(const at::Tensor &x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous() &&
         x.numel() > 0;
}

// MARK: - RMS normalization

CTORCH_VECTORIZED void rmsForward(
    const float *x, const float *weight, float *y, float *scales, Rows rows, int64_t width,
    float epsilon) {
  for (int64_t row = rows.begin; row < rows.end; row++) {
    const float *in = x + row * width;
    float *out = y + row * width;
    float scale = 1.0f / std::sqrt(dot(in, in, width) / width + epsilon);
    scales[row] = scale;
    for (int64_t i = 0; i < width; i++) out[i] = in[i] * scale * weight[i];
  }
}

CTORCH_VECTORIZED void rmsBackward(
    const float *x, const float *weight, const float *scales, const float *dy, float *dx,
    float *dWeight, float *scratch, Rows rows, int64_t width) {
  for (int64_t row = rows.begin; row < rows.end; row++) {
    const float *in = x + row * width;
    const float *gradient = dy + row * width;
    float *out = dx + row * width;
    float scale = scales[row];
    for (int64_t i = 0; i < width; i++) {
      scratch[i] = gradient[i] * weight[i];
      dWeight[i] += gradient[i] * in[i] * scale;
    }
    float share = dot(scratch, in, width) * scale * scale / width;
    for (int64_t i = 0; i < width; i++) out[i] = scale * (scratch[i] - in[i] * share);
  }
}

/// The normalized rows, and what each was multiplied by.
std::pair<at::Tensor, at::Tensor> rmsNormalized(
    const at::Tensor &x, const at::Tensor &weight, double epsilon) {
  int64_t width = weight.numel(), rowCount = x.numel() / width;
  auto y = at::empty_like(x);
  auto scales = at::empty({rowCount}, x.options());
  const float *in = elements<float>(x), *w = elements<float>(weight);
  float *out = y.mutable_data_ptr<float>(), *s = scales.mutable_data_ptr<float>();
  parallelFor(partCount, [&](int64_t index) {
    rmsForward(in, w, out, s, part(index, rowCount), width, static_cast<float>(epsilon));
  });
  return {y, scales};
}

struct FusedRMSNorm : torch::autograd::Function<FusedRMSNorm> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    auto [y, scales] = rmsNormalized(x, weight, epsilon);
    context->save_for_backward({x, weight, scales});
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto gradient = gradients[0].contiguous();
    const auto &x = saved[0], &weight = saved[1];
    int64_t width = weight.numel(), rowCount = x.numel() / width;
    auto dx = at::empty_like(x);
    auto parts = at::zeros({partCount, 2, width}, x.options());
    const float *in = elements<float>(x), *w = elements<float>(weight);
    const float *s = elements<float>(saved[2]), *dy = elements<float>(gradient);
    float *out = dx.mutable_data_ptr<float>(), *p = parts.mutable_data_ptr<float>();
    parallelFor(partCount, [&](int64_t index) {
      float *dWeight = p + index * 2 * width;
      rmsBackward(in, w, s, dy, out, dWeight, dWeight + width, part(index, rowCount), width);
    });
    return {dx, parts.select(1, 0).sum(0), at::Tensor()};
  }
};

// MARK: - SwiGLU's product

CTORCH_VECTORIZED void siluForward(
    const float *gate, const float *up, float *y, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) y[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

CTORCH_VECTORIZED void siluBackward(
    const float *gate, const float *up, const float *dy, float *dGate, float *dUp, int64_t begin,
    int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    float open = sigmoid(gate[i]);
    dUp[i] = dy[i] * gate[i] * open;
    dGate[i] = dy[i] * up[i] * open * (1.0f + gate[i] * (1.0f - open));
  }
}

at::Tensor siluMultiplied(const at::Tensor &gate, const at::Tensor &up) {
  auto y = at::empty_like(gate);
  const float *g = elements<float>(gate), *u = elements<float>(up);
  float *out = y.mutable_data_ptr<float>();
  parallelFor(partCount, [&](int64_t index) {
    auto range = part(index, gate.numel());
    siluForward(g, u, out, range.begin, range.end);
  });
  return y;
}

struct FusedSiluMultiply : torch::autograd::Function<FusedSiluMultiply> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &gate, const at::Tensor &up) {
    context->save_for_backward({gate, up});
    return siluMultiplied(gate, up);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto gradient = gradients[0].contiguous();
    auto dGate = at::empty_like(saved[0]), dUp = at::empty_like(saved[1]);
    const float *g = elements<float>(saved[0]), *u = elements<float>(saved[1]);
    const float *dy = elements<float>(gradient);
    float *dg = dGate.mutable_data_ptr<float>(), *du = dUp.mutable_data_ptr<float>();
    parallelFor(partCount, [&](int64_t index) {
      auto range = part(index, saved[0].numel());
      siluBackward(g, u, dy, dg, du, range.begin, range.end);
    });
    return {dGate, dUp};
  }
};

// MARK: - Rotary embedding

/// Rotates by the angles, or back where `direction` is -1. `cosine` and `sine` hold `width` per
/// token.
CTORCH_VECTORIZED void rotate(
    const float *x, const float *cosine, const float *sine, float *y, Rows tokens, int64_t heads,
    int64_t width, float direction) {
  int64_t half = width / 2;
  for (int64_t token = tokens.begin; token < tokens.end; token++) {
    const float *c = cosine + token * width, *s = sine + token * width;
    for (int64_t head = 0; head < heads; head++) {
      const float *in = x + (token * heads + head) * width;
      float *out = y + (token * heads + head) * width;
      for (int64_t i = 0; i < half; i++) {
        float first = in[i], second = in[i + half];
        out[i] = first * c[i] - direction * second * s[i];
        out[i + half] = second * c[i] + direction * first * s[i];
      }
    }
  }
}

at::Tensor rotated(
    const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine, float direction) {
  auto y = at::empty_like(x);
  const float *in = elements<float>(x);
  const float *c = elements<float>(cosine), *s = elements<float>(sine);
  float *out = y.mutable_data_ptr<float>();
  parallelFor(partCount, [&](int64_t index) {
    rotate(in, c, s, out, part(index, x.size(0)), x.size(1), x.size(2), direction);
  });
  return y;
}

struct FusedRotation : torch::autograd::Function<FusedRotation> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &x, const at::Tensor &cosine,
      const at::Tensor &sine) {
    context->save_for_backward({cosine, sine});
    return rotated(x, cosine, sine, 1);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    return {
        rotated(gradients[0].contiguous(), saved[0], saved[1], -1), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

// MARK: - C functions

CTorchTensor *ctorch_rms_norm(
    const CTorchTensor *input, const CTorchTensor *weight, double epsilon) {
  return tensor([&] {
    const auto &x = get(input), &w = get(weight);
    bool fits = w.dim() == 1 && x.dim() > 0 && x.size(-1) == w.size(0);
    if (fits && isFusible(x) && isFusible(w)) {
      return at::GradMode::is_enabled() ? FusedRMSNorm::apply(x, w, epsilon)
                                        : rmsNormalized(x, w, epsilon).first;
    }
    return at::rms_norm(x, w.sizes(), w, epsilon);
  });
}

CTorchTensor *ctorch_silu_multiply(const CTorchTensor *gate, const CTorchTensor *up) {
  return tensor([&]() -> at::Tensor {
    const auto &g = get(gate), &u = get(up);
    if (g.sizes() == u.sizes() && isFusible(g) && isFusible(u)) {
      return at::GradMode::is_enabled() ? FusedSiluMultiply::apply(g, u) : siluMultiplied(g, u);
    }
    return at::silu(g) * u;
  });
}

CTorchTensor *ctorch_rotate_halves(
    const CTorchTensor *input, const CTorchTensor *cosine, const CTorchTensor *sine) {
  return tensor([&]() -> at::Tensor {
    const auto &x = get(input), &c = get(cosine), &s = get(sine);
    bool fits = x.dim() == 3 && x.size(2) % 2 == 0 && c.dim() == 3 && c.size(0) == x.size(0) &&
                c.size(1) == 1 && c.size(2) == x.size(2) && s.sizes() == c.sizes();
    if (fits && isFusible(x) && isFusible(c) && isFusible(s)) {
      return at::GradMode::is_enabled() ? FusedRotation::apply(x, c, s) : rotated(x, c, s, 1);
    }
    auto halves = x.chunk(2, -1);
    bool records = at::GradMode::is_enabled() && x.requires_grad();
    if (x.device().is_cuda() && !records) {
      // Four small kernels rather than six.
      auto cosines = c.chunk(2, -1), sines = s.chunk(2, -1);
      auto y = at::empty(x.sizes(), x.options());
      auto parts = y.chunk(2, -1);
      at::mul_out(parts[0], halves[0], cosines[0]).addcmul_(halves[1], sines[0], -1);
      at::mul_out(parts[1], halves[1], cosines[1]).addcmul_(halves[0], sines[1]);
      return y;
    }
    return x * c + at::cat({halves[1].neg(), halves[0]}, -1) * s;
  });
}

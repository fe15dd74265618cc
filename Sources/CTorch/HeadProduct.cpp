#include "HeadProduct.h"

#include <algorithm>
#include <vector>

#include "Kernels.h"

namespace ctorch::attention {

namespace {

float *grown(std::vector<float> &memory, int64_t count) {
  if (static_cast<int64_t>(memory.size()) < count) memory.resize(static_cast<size_t>(count));
  return memory.data();
}

/// `[rows, width]` to panels of `[width, 32]`; columns that are missing are zero.
CTORCH_VECTORIZED
void turn(Input b, int64_t rows, int64_t width, float scale, float *panels) {
  for (int64_t first = 0; first < rows; first += panelWidth, panels += width * panelWidth) {
    int64_t count = std::min(panelWidth, rows - first);
    for (int64_t i = 0; i < width; i++) {
      float *to = panels + i * panelWidth;
      const float *from = b.data + first * b.stride + i;
      for (int64_t row = 0; row < count; row++) to[row] = from[row * b.stride] * scale;
      for (int64_t row = count; row < panelWidth; row++) to[row] = 0;
    }
  }
}

/// `b`, `[k, n]`, with rows of whole panels.
Input widened(Input b, int64_t k, int64_t n) {
  static thread_local std::vector<float> memory;
  int64_t stride = wholePanels(n);
  float *rows = grown(memory, k * stride);
  for (int64_t row = 0; row < k; row++) {
    std::copy_n(b.data + row * b.stride, n, rows + row * stride);
    std::fill_n(rows + row * stride + n, stride - n, 0.0f);
  }
  return {rows, stride};
}

void multiplied(
    int64_t m, int64_t n, int64_t k, Input a, Input b, Output c, PanelProduct way) {
  if (n % panelWidth == 0) {
    multiplyPanels(
        a.data, a.stride, m, b.data, b.stride, panelWidth, n / panelWidth, k, c.data, c.stride,
        nullptr, way);
    return;
  }
  static thread_local std::vector<float> memory;
  Input wide = widened(b, k, n);
  float *result = grown(memory, m * wide.stride);
  for (int64_t row = 0; way.adds && row < m; row++) {
    std::copy_n(c.data + row * c.stride, n, result + row * wide.stride);
  }
  multiplyPanels(
      a.data, a.stride, m, wide.data, wide.stride, panelWidth, panelCount(n), k, result,
      wide.stride, nullptr, way);
  for (int64_t row = 0; row < m; row++) {
    std::copy_n(result + row * wide.stride, n, c.data + row * c.stride);
  }
}

}  // namespace

Turned::Turned(Input b, int64_t rows, int64_t width, float scale, Slot slot)
    : rows(rows), width(width) {
  static thread_local std::vector<float> memories[2];
  float *memory = grown(memories[static_cast<int>(slot)], wholePanels(rows) * width);
  turn(b, rows, width, scale, memory);
  panels = memory;
}

void Turned::multiply(Input a, int64_t m, Output c) const {
  multiplyPanels(
      a.data, a.stride, m, panels, panelWidth, width * panelWidth, panelCount(rows), width, c.data,
      c.stride);
}

void multiply(int64_t m, int64_t n, int64_t k, Input a, Input b, Output c, bool adds) {
  multiplied(m, n, k, a, b, c, {.adds = adds});
}

void addTurned(int64_t m, int64_t n, int64_t k, Input a, Input b, Output c) {
  multiplied(m, n, k, a, b, c, {.isTurned = true, .adds = true});
}

}  // namespace ctorch::attention

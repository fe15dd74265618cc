// A convolutional stem: two convolutions, from the pixels of a camera to the matrix of patches that a product embeds.
//
// Libraries copy windows, four times an image's numbers for the first convolution and nine times its cells for the second, or take
// an order of summation by the shape. Here a window is read where it lies, a line of windows at a time, so that everything stays in the nearest caches.
#include <algorithm>
#include <type_traits>
#include <vector>

#include "Handle.h"
#include "Kernels.h"
#include "Parallel.h"
#include "ReducedPrecision.h"
#include "RowProduct.h"

using namespace ctorch;

namespace {

constexpr int64_t colors = 3;

/// Sizes [pixels, cells, channels]: a cell is `stride` pixels wide, a window of the first convolution twice as much.
struct Layout {
  int64_t side, stride, cells, patchCells;
  int64_t firstWidth, firstColumns, secondWidth, secondColumns;

  int64_t window() const { return 2 * stride; }
  /// Numbers of a line of pixels with half a cell on either side.
  int64_t lineLength() const { return (side + stride) * colors; }
  /// Numbers of a line of the first convolution's cells, with a cell of zeros on either side.
  int64_t cellLineLength() const { return (cells + 2) * firstWidth; }
};

/// Weights as windows are multiplied by them: float32, or pairs of bfloat16.
template <typename Factor>
struct Weights {
  /// The color beyond the image's margin.
  const float *border;
  const Factor *first;
  const float *firstBias;
  const Factor *second;
  const float *secondBias;
};

/// A number of a window: float32 as it is, or the bits of the nearest bfloat16.
template <typename Factor>
using NumberOf = std::conditional_t<std::is_same_v<Factor, float>, float, uint16_t>;

CTORCH_VECTORIZED void convert(const uint8_t *from, float *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<float>(from[i]);
}

CTORCH_VECTORIZED void convert(const uint8_t *from, uint16_t *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = toBFloat16(static_cast<float>(from[i]));
}

CTORCH_VECTORIZED void convert(const float *from, uint16_t *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = toBFloat16(from[i]);
}

void convert(const float *from, float *to, int64_t count) { std::copy_n(from, count, to); }

template <typename Number>
void fillBorder(const float *border, Number *to, int64_t pixels) {
  for (int64_t i = 0; i < pixels; i++) convert(border, to + i * colors, colors);
}

/// The pixels that a line of windows sees, beyond the image's margin too.
template <typename Element, typename Number>
void cutLines(
    const Element *image, const Layout &layout, const float *border, int64_t line, Number *to) {
  int64_t margin = layout.stride / 2;
  for (int64_t i = 0; i < layout.window(); i++, to += layout.lineLength()) {
    int64_t row = line * layout.stride - margin + i;
    if (row < 0 || row >= layout.side) {
      fillBorder(border, to, layout.side + layout.stride);
      continue;
    }
    fillBorder(border, to, margin);
    convert(image + row * layout.side * colors, to + margin * colors, layout.side * colors);
    fillBorder(border, to + (margin + layout.side) * colors, margin);
  }
}

/// `x ← gelu(x + bias)` over `columns`, a multiple of the lanes.
CTORCH_VECTORIZED
void activate(float *x, const float *bias, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t i = 0; i < columns; i += laneCount) {
      float *own = x + row * columns + i;
      for (int64_t lane = 0; lane < laneCount; lane++) own[lane] = gelu(own[lane] + bias[i + lane]);
    }
  }
}

void multiply(
    const float *a, const Windows &windows, const float *b, int64_t columns, float *c) {
  multiplyWindows(a, windows, b, columns, c);
}

void multiply(
    const uint16_t *a, Windows windows, const Pair *b, int64_t columns, float *c) {
  for (auto *size : {&windows.step, &windows.runStride, &windows.runLength}) *size /= 2;
  multiplyPairWindows(reinterpret_cast<const Pair *>(a), windows, b, columns, c);
}

float *scratch(int64_t count) {
  static thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < count) memory.resize(static_cast<size_t>(count));
  return memory.data();
}

/// One image; a line of cells belongs to one row of patches, where it is a run of each.
template <typename Element, typename Factor>
void computeImage(
    const Element *image, const Layout &layout, const Weights<Factor> &weights, float *patches) {
  using Number = NumberOf<Factor>;
  int64_t cells = layout.cells, cellLine = layout.cellLineLength();
  int64_t lines = layout.window() * layout.lineLength();
  int64_t columns = std::max(layout.firstColumns, layout.secondColumns);
  float *sums = scratch(cells * columns + lines + (cells + 2) * cellLine);
  auto *pixels = reinterpret_cast<Number *>(sums + cells * columns), *edges = pixels + lines;
  std::fill_n(edges, (cells + 2) * cellLine, Number(0));
  Windows overPixels{
      cells, layout.stride * colors, layout.window(), layout.lineLength(),
      layout.window() * colors};
  for (int64_t line = 0; line < cells; line++) {
    cutLines(image, layout, weights.border, line, pixels);
    multiply(pixels, overPixels, weights.first, layout.firstColumns, sums);
    activate(sums, weights.firstBias, cells, layout.firstColumns);
    Number *to = edges + (line + 1) * cellLine + layout.firstWidth;
    for (int64_t cell = 0; cell < cells; cell++) {
      convert(sums + cell * layout.firstColumns, to + cell * layout.firstWidth, layout.firstWidth);
    }
  }
  Windows overCells{cells, layout.firstWidth, 3, cellLine, 3 * layout.firstWidth};
  int64_t side = layout.patchCells, width = layout.secondWidth, grid = cells / side;
  for (int64_t line = 0; line < cells; line++) {
    multiply(edges + line * cellLine, overCells, weights.second, layout.secondColumns, sums);
    activate(sums, weights.secondBias, cells, layout.secondColumns);
    for (int64_t cell = 0; cell < cells; cell++) {
      int64_t patch = line / side * grid + cell / side;
      int64_t place = (patch * side + line % side) * side + cell % side;
      std::copy_n(sums + cell * layout.secondColumns, width, patches + place * width);
    }
  }
}

template <typename Factor>
void computeImages(
    const at::Tensor &images, const Layout &layout, const Weights<Factor> &weights, float *patches) {
  int64_t pixels = layout.side * layout.side * colors;
  int64_t numbers = layout.cells * layout.cells * layout.secondWidth;
  parallelFor(images.size(0), [&](int64_t index) {
    float *to = patches + index * numbers;
    if (images.scalar_type() == at::kByte) {
      computeImage(elements<uint8_t>(images) + index * pixels, layout, weights, to);
    } else {
      computeImage(elements<float>(images) + index * pixels, layout, weights, to);
    }
  });
}

/// `[inputs, columns]` as pairs of inputs.
std::vector<Pair> paired(const float *weight, int64_t inputs, int64_t columns) {
  std::vector<Pair> pairs(static_cast<size_t>(inputs / 2 * columns));
  for (int64_t k = 0; k < inputs / 2; k++) {
    for (int64_t i = 0; i < columns; i++) {
      const float *both = weight + 2 * k * columns + i;
      pairs[k * columns + i] =
          toBFloat16(both[0]) | static_cast<Pair>(toBFloat16(both[columns])) << 16;
    }
  }
  return pairs;
}

const float *floats(const at::Tensor &x, at::IntArrayRef shape) {
  if (!x.device().is_cpu() || x.scalar_type() != at::kFloat || x.sizes() != shape) {
    throw std::runtime_error("a stem's weights have another shape or type than its layout");
  }
  return elements<float>(x);
}

/// A weight's columns and its bias, filled with zeros to whole units.
int64_t wholeColumns(int64_t width) { return (width + columnUnit - 1) / columnUnit * columnUnit; }

}  // namespace

CTorchTensor *ctorch_stem_patches(
    const CTorchTensor *image, const CTorchTensor *border, const CTorchTensor *first,
    const CTorchTensor *firstBias, const CTorchTensor *second, const CTorchTensor *secondBias,
    CTorchStemLayout given) {
  return tensor([&] {
    auto images = get(image).contiguous();
    bool isByte = images.scalar_type() == at::kByte;
    int64_t side = images.dim() == 4 ? images.size(1) : 0;
    if ((!isByte && images.scalar_type() != at::kFloat) || !images.device().is_cpu() || side < 1 ||
        images.size(2) != side || images.size(3) != colors) {
      throw std::runtime_error("a stem needs 8-bit or float32 images [B, side, side, 3] on the CPU");
    }
    if (given.stride < 2 || given.stride % 2 != 0 || given.patchCells < 1 || given.firstWidth < 1 ||
        given.secondWidth < 1 || side % given.stride != 0 ||
        side / given.stride % given.patchCells != 0) {
      throw std::runtime_error("a stem's cells and patches do not divide the image");
    }
    Layout layout{
        side, given.stride, side / given.stride, given.patchCells, given.firstWidth,
        wholeColumns(given.firstWidth), given.secondWidth, wholeColumns(given.secondWidth)};
    std::vector<at::Tensor> kept;
    for (const auto *handle : {border, first, firstBias, second, secondBias}) {
      kept.push_back(get(handle).contiguous());
    }
    int64_t inputs = layout.window() * layout.window() * colors, edges = 9 * layout.firstWidth;
    Weights<float> weights{
        floats(kept[0], {colors}), floats(kept[1], {inputs, layout.firstColumns}),
        floats(kept[2], {layout.firstColumns}), floats(kept[3], {edges, layout.secondColumns}),
        floats(kept[4], {layout.secondColumns})};
    int64_t grid = layout.cells / layout.patchCells;
    auto result = at::empty(
        {images.size(0), grid * grid, layout.patchCells * layout.patchCells * layout.secondWidth},
        at::TensorOptions().dtype(at::kFloat));
    float *to = result.mutable_data_ptr<float>();
    // Runs of an odd number would break a pair.
    if (reducesPrecision() && layout.firstWidth % 2 == 0) {
      auto first = paired(weights.first, inputs, layout.firstColumns);
      auto second = paired(weights.second, edges, layout.secondColumns);
      computeImages(
          images, layout,
          Weights<Pair>{
              weights.border, first.data(), weights.firstBias, second.data(), weights.secondBias},
          to);
    } else {
      computeImages(images, layout, weights, to);
    }
    return result;
  });
}

// Images as matrices of patches.
#include "Handle.h"
#include "Kernels.h"
#include "Parallel.h"

using namespace ctorch;

namespace {

CTORCH_VECTORIZED void widen(const uint8_t *from, float *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<float>(from[i]);
}

}  // namespace

CTorchTensor *ctorch_patch_matrix(const CTorchTensor *pixels, int64_t patchSize) {
  return tensor([&] {
    const auto &given = get(pixels);
    if (given.dim() != 4 || given.scalar_type() != at::kByte || !given.device().is_cpu() ||
        patchSize < 1 || given.size(1) < patchSize || given.size(2) < patchSize) {
      throw std::runtime_error("a patch matrix needs 8-bit images [B, H, W, C] on the CPU");
    }
    auto images = given.contiguous();
    int64_t batch = images.size(0), height = images.size(1), width = images.size(2);
    int64_t rows = height / patchSize, columns = width / patchSize;
    int64_t run = patchSize * images.size(3), stride = width * images.size(3);
    auto result = at::empty({batch, rows * columns, patchSize * run}, at::kFloat);
    const uint8_t *from = elements<uint8_t>(images);
    float *to = result.mutable_data_ptr<float>();
    for (int64_t b = 0; b < batch; b++) {
      for (int64_t row = 0; row < rows * patchSize; row++) {
        const uint8_t *line = from + (b * height + row) * stride;
        for (int64_t column = 0; column < columns; column++) {
          int64_t patch = (b * rows + row / patchSize) * columns + column;
          widen(line + column * run, to + (patch * patchSize + row % patchSize) * run, run);
        }
      }
    }
    return result;
  });
}

int64_t ctorch_change_count(const CTorchTensor *tensor) {
  return guarded<int64_t>(0, [&] {
    return get(tensor).is_inference() ? 0 : static_cast<int64_t>(get(tensor)._version());
  });
}

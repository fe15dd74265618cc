// What the C functions share on the C++ side: the handle, the error slot, and the wrapper that
// turns exceptions into recorded errors.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "CTorch.h"

namespace ctorch {
struct PanelWeight;
}

struct CTorchTensor {
  at::Tensor value;
  /// The tensor as products read it, once one has; see RowLinear.cpp.
  mutable std::shared_ptr<const ctorch::PanelWeight> panels = nullptr;
};

namespace ctorch {

/// Thrown where an argument is NULL: an earlier failure, already recorded, made it so.
struct Poisoned {};

void recordError(const std::string &message);

inline const at::Tensor &get(const CTorchTensor *handle) {
  if (handle == nullptr) throw Poisoned{};
  return handle->value;
}

/// A tensor's elements, to read. libtorch's own `const_data_ptr<T>` has a name that clang and the compiler of some versions spell
/// differently.
template <typename Element>
const Element *elements(const at::Tensor &tensor) {
  return static_cast<const Element *>(tensor.const_data_ptr());
}

inline CTorchTensor *make(at::Tensor value) { return new CTorchTensor{std::move(value)}; }

/// Runs `body`; a failure is recorded and becomes `fallback`.
template <typename Result, typename Body>
Result guarded(Result fallback, Body &&body) noexcept {
  try {
    return body();
  } catch (const Poisoned &) {
    recordError("a tensor that an earlier failure left empty was used");
  } catch (const c10::Error &error) {
    recordError(error.what_without_backtrace());
  } catch (const std::exception &error) {
    recordError(error.what());
  } catch (...) {
    recordError("libtorch failed without saying why");
  }
  return fallback;
}

/// Runs `body`, which returns an `at::Tensor`, and hands out its handle, or NULL.
template <typename Body>
CTorchTensor *tensor(Body &&body) noexcept {
  return guarded<CTorchTensor *>(nullptr, [&] { return make(body()); });
}

at::ScalarType scalarType(CTorchDType dtype);
CTorchDType dtypeOf(at::ScalarType type);
c10::Device deviceOf(CTorchDevice device);
std::vector<at::Tensor> list(CTorchTensorList tensors, int64_t count);

inline at::IntArrayRef sizes(const int64_t *values, int64_t count) {
  return at::IntArrayRef(values, static_cast<size_t>(count));
}

inline c10::optional<at::Tensor> optionalTensor(const CTorchTensor *handle, bool present) {
  if (!present) return c10::nullopt;
  return get(handle);
}

}  // namespace ctorch

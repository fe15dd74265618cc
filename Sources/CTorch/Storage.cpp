// Creating tensors, reading them, and moving them between types and devices.
#include <cstring>

#include "Handle.h"

using namespace ctorch;

at::ScalarType ctorch::scalarType(CTorchDType dtype) {
  switch (dtype) {
    case CTorchDTypeFloat32: return at::kFloat;
    case CTorchDTypeFloat64: return at::kDouble;
    case CTorchDTypeBFloat16: return at::kBFloat16;
    case CTorchDTypeFloat16: return at::kHalf;
    case CTorchDTypeInt64: return at::kLong;
    case CTorchDTypeInt32: return at::kInt;
    case CTorchDTypeUInt8: return at::kByte;
    case CTorchDTypeBool: return at::kBool;
    case CTorchDTypeInt8: return at::kChar;
    case CTorchDTypeInt16: return at::kShort;
  }
  throw std::runtime_error("unknown element type");
}

CTorchDType ctorch::dtypeOf(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return CTorchDTypeFloat32;
    case at::kDouble: return CTorchDTypeFloat64;
    case at::kBFloat16: return CTorchDTypeBFloat16;
    case at::kHalf: return CTorchDTypeFloat16;
    case at::kLong: return CTorchDTypeInt64;
    case at::kInt: return CTorchDTypeInt32;
    case at::kByte: return CTorchDTypeUInt8;
    case at::kBool: return CTorchDTypeBool;
    case at::kChar: return CTorchDTypeInt8;
    case at::kShort: return CTorchDTypeInt16;
    default: throw std::runtime_error("an element type that this library does not carry");
  }
}

c10::Device ctorch::deviceOf(CTorchDevice device) {
  if (device.type == CTorchDeviceTypeCuda) {
    return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(device.index));
  }
  return c10::Device(device.type == CTorchDeviceTypeMeta ? c10::kMeta : c10::kCPU);
}

std::vector<at::Tensor> ctorch::list(CTorchTensorList tensors, int64_t count) {
  std::vector<at::Tensor> values;
  values.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; i++) values.push_back(get(tensors[i]));
  return values;
}

void ctorch_free(CTorchTensor *tensor) { delete tensor; }

CTorchTensor *ctorch_share(const CTorchTensor *tensor) {
  return ctorch::tensor([&] { return get(tensor); });
}

namespace {

CTorchDevice standardDevice{CTorchDeviceTypeCpu, 0};

}  // namespace

bool ctorch_set_standard_device(CTorchDevice device) {
  return guarded(false, [&] {
    // Fails here rather than at the first tensor where there is no such device.
    at::zeros({1}, at::TensorOptions(at::kFloat).device(deviceOf(device)));
    standardDevice = device;
    return true;
  });
}

CTorchDevice ctorch_standard_device(void) { return standardDevice; }

CTorchTensor *ctorch_from_copy(
    const void *data, CTorchDType dtype, const int64_t *shape, int64_t rank) {
  return tensor([&] {
    auto result = at::empty(sizes(shape, rank), at::TensorOptions(scalarType(dtype)));
    if (result.numel() > 0) std::memcpy(result.mutable_data_ptr(), data, result.nbytes());
    return standardDevice.type == CTorchDeviceTypeCpu ? result
                                                      : result.to(deviceOf(standardDevice));
  });
}

CTorchTensor *ctorch_from_borrowed(
    const void *data, CTorchDType dtype, const int64_t *shape, int64_t rank, void *context,
    void (*release)(void *context)) {
  return tensor([&] {
    return at::from_blob(
        const_cast<void *>(data), sizes(shape, rank), [=](void *) { release(context); },
        at::TensorOptions(scalarType(dtype)));
  });
}

CTorchTensor *ctorch_full(
    const int64_t *shape, int64_t rank, double value, CTorchDType dtype, CTorchDevice device) {
  return tensor([&] {
    auto options = at::TensorOptions(scalarType(dtype)).device(deviceOf(device));
    if (value == 0) return at::zeros(sizes(shape, rank), options);
    return at::full(sizes(shape, rank), value, options);
  });
}

CTorchTensor *ctorch_arange(
    double start, double end, double step, CTorchDType dtype, CTorchDevice device) {
  return tensor([&] {
    auto options = at::TensorOptions(scalarType(dtype)).device(deviceOf(device));
    return at::arange(start, end, step, options);
  });
}

CTorchDType ctorch_dtype(const CTorchTensor *tensor) {
  return guarded(CTorchDTypeFloat32, [&] { return dtypeOf(get(tensor).scalar_type()); });
}

CTorchDevice ctorch_device(const CTorchTensor *tensor) {
  return guarded(CTorchDevice{CTorchDeviceTypeCpu, 0}, [&] {
    auto device = get(tensor).device();
    if (device.is_cuda()) {
      return CTorchDevice{CTorchDeviceTypeCuda, device.has_index() ? device.index() : 0};
    }
    return CTorchDevice{device.is_meta() ? CTorchDeviceTypeMeta : CTorchDeviceTypeCpu, 0};
  });
}

int64_t ctorch_rank(const CTorchTensor *tensor) {
  return tensor == nullptr ? 0 : tensor->value.dim();
}

int64_t ctorch_size(const CTorchTensor *tensor, int64_t dimension) {
  return guarded<int64_t>(0, [&] { return get(tensor).size(dimension); });
}

int64_t ctorch_element_count(const CTorchTensor *tensor) {
  return tensor == nullptr ? 0 : tensor->value.numel();
}

bool ctorch_copy_out(
    const CTorchTensor *tensor, CTorchDType dtype, void *destination, int64_t count) {
  return guarded(false, [&] {
    auto dense = get(tensor).detach().to(at::kCPU, scalarType(dtype)).contiguous();
    if (dense.numel() != count) throw std::runtime_error("the destination has another size");
    if (count > 0) std::memcpy(destination, dense.const_data_ptr(), dense.nbytes());
    return true;
  });
}

const void *ctorch_data(const CTorchTensor *tensor) {
  if (tensor == nullptr) return nullptr;
  const auto &value = tensor->value;
  if (!value.device().is_cpu() || !value.is_contiguous()) return nullptr;
  return value.const_data_ptr();
}

CTorchTensor *ctorch_to_dtype(const CTorchTensor *tensor, CTorchDType dtype) {
  return ctorch::tensor([&] { return get(tensor).to(scalarType(dtype)); });
}

CTorchTensor *ctorch_to_device(const CTorchTensor *tensor, CTorchDevice device) {
  return ctorch::tensor([&] { return get(tensor).to(deviceOf(device)); });
}

CTorchTensor *ctorch_clone(const CTorchTensor *tensor) {
  return ctorch::tensor([&] { return get(tensor).clone(); });
}

CTorchTensor *ctorch_contiguous(const CTorchTensor *tensor) {
  return ctorch::tensor([&] { return get(tensor).contiguous(); });
}

CTorchTensor *ctorch_detach(const CTorchTensor *tensor) {
  return ctorch::tensor([&] { return get(tensor).detach(); });
}

bool ctorch_assign(CTorchTensor *destination, const CTorchTensor *source) {
  return guarded(false, [&] {
    at::NoGradGuard noGradients;
    auto target = get(destination);
    if (target.sizes() != get(source).sizes()) {
      throw std::runtime_error("the tensors of an assignment differ in shape");
    }
    target.copy_(get(source));
    return true;
  });
}

bool ctorch_equal(const CTorchTensor *a, const CTorchTensor *b) {
  return guarded(false, [&] {
    return get(a).scalar_type() == get(b).scalar_type() && at::equal(get(a), get(b));
  });
}

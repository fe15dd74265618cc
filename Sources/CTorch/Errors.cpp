// The calling thread's error slot, and process-wide settings.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>

#include "Handle.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace {
thread_local bool hasError = false;
thread_local std::string firstError;
}  // namespace

void ctorch::recordError(const std::string &message) {
  if (hasError) return;
  hasError = true;
  firstError = message;
}

bool ctorch_has_error(void) { return hasError; }

char *ctorch_take_error(void) {
  if (!hasError) return nullptr;
  hasError = false;
  return strdup(firstError.c_str());
}

void ctorch_record_error(const char *message) { ctorch::recordError(message); }

bool ctorch_is_cuda_available(void) {
  return ctorch::guarded(false, [] { return at::hasCUDA() && at::globalContext().hasCUDA(); });
}

int32_t ctorch_thread_count(void) { return at::get_num_threads(); }

bool ctorch_set_thread_count(int32_t count) {
  return ctorch::guarded(false, [&] {
    // A thread that has not asked yet takes the process's latest number at its first operation, over what is set before.
    at::get_num_threads();
    at::set_num_threads(count);
    return true;
  });
}

void ctorch_keep_freed_memory(void) {
#ifdef __GLIBC__
  constexpr int largest = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, largest);
  mallopt(M_TRIM_THRESHOLD, largest);
#endif
}

bool ctorch_seed(uint64_t seed) {
  return ctorch::guarded(false, [&] {
    at::manual_seed(seed);
    return true;
  });
}

void ctorch_allow_tensor_float32(bool allowed) {
  at::globalContext().setAllowTF32CuBLAS(allowed);
}

const char *ctorch_version(void) { return TORCH_VERSION; }

const char *ctorch_cpu_capability(void) {
  static const std::string capability = at::get_cpu_capability();
  return capability.c_str();
}

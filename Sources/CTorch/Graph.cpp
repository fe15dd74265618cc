// Recording a device's work once to replay it as a whole: CUDA graphs.
//
// A small model's decode loop is bound by launching its kernels; a replay launches them all at once. libtorch's headers ask for
// CUDA's own; where those are not found, recording fails with a word about it and everything else works.
#include "Handle.h"

#if __has_include(<cuda_runtime_api.h>) && __has_include(<ATen/cuda/CUDAGraph.h>)
#define CTORCH_HAS_GRAPHS 1
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#endif

using namespace ctorch;

#ifdef CTORCH_HAS_GRAPHS

struct CTorchGraph {
  at::cuda::CUDAGraph graph;
  /// Recording needs a stream other than the default one.
  c10::cuda::CUDAStream stream = c10::cuda::getStreamFromPool();
  c10::cuda::CUDAStream earlier = c10::cuda::getCurrentCUDAStream();
};

CTorchGraph *ctorch_graph_begin(void) {
  return guarded<CTorchGraph *>(nullptr, [] {
    auto graph = std::make_unique<CTorchGraph>();
    c10::cuda::device_synchronize();
    c10::cuda::setCurrentCUDAStream(graph->stream);
    try {
      graph->graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    } catch (...) {
      c10::cuda::setCurrentCUDAStream(graph->earlier);
      throw;
    }
    return graph.release();
  });
}

bool ctorch_graph_end(CTorchGraph *graph) {
  return guarded(false, [&] {
    if (graph == nullptr) throw Poisoned{};
    c10::cuda::setCurrentCUDAStream(graph->stream);
    try {
      graph->graph.capture_end();
    } catch (...) {
      c10::cuda::setCurrentCUDAStream(graph->earlier);
      throw;
    }
    c10::cuda::setCurrentCUDAStream(graph->earlier);
    return true;
  });
}

bool ctorch_graph_replay(CTorchGraph *graph) {
  return guarded(false, [&] {
    if (graph == nullptr) throw Poisoned{};
    graph->graph.replay();
    return true;
  });
}

void ctorch_graph_free(CTorchGraph *graph) { delete graph; }

bool ctorch_synchronize(CTorchDevice device) {
  return guarded(false, [&] {
    if (device.type == CTorchDeviceTypeCuda) c10::cuda::device_synchronize();
    return true;
  });
}

#else

struct CTorchGraph {};

CTorchGraph *ctorch_graph_begin(void) {
  return guarded<CTorchGraph *>(nullptr, []() -> CTorchGraph * {
    throw std::runtime_error(
        "this build can't record CUDA graphs: libtorch has no CUDA, or CUDA's headers were not found when it was built");
  });
}
bool ctorch_graph_end(CTorchGraph *) { return false; }
bool ctorch_graph_replay(CTorchGraph *) { return false; }
void ctorch_graph_free(CTorchGraph *graph) { delete graph; }
bool ctorch_synchronize(CTorchDevice) { return true; }

#endif

CTorchTensor *ctorch_cumulative_sum(const CTorchTensor *tensor, int64_t dimension) {
  return ctorch::tensor([&] { return get(tensor).cumsum(dimension); });
}

CTorchTensor *ctorch_random_normal(
    const int64_t *shape, int64_t rank, double standardDeviation, CTorchDType dtype,
    CTorchDevice device) {
  return tensor([&] {
    auto options = at::TensorOptions(scalarType(dtype)).device(deviceOf(device));
    return at::empty(sizes(shape, rank), options).normal_(0, standardDeviation);
  });
}

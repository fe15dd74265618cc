// CTorch: the slice of libtorch that Trestle's networks need, behind plain C.
//
// Ownership: every function that returns `CTorchTensor *` gives the caller one handle, which
// `ctorch_free` releases. Arguments are borrowed.
//
// Errors: no C++ exception leaves this library. A function that fails returns NULL (or false, or
// -1) and records the message of the *first* failure of the calling thread, which
// `ctorch_take_error` hands out. A NULL argument counts as "poisoned": the call does nothing and
// returns NULL, so that a chain of operations after a failure is safe and the first message
// survives.
//
// Threads: handles may be used from one thread at a time. The error slot and the gradient mode
// belong to the calling thread, as does the number of threads, which new threads begin with; the seed is global.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTorchTensor CTorchTensor;
typedef CTorchTensor *const *CTorchTensorList;

#define CTORCH_ENUM(name) \
  enum __attribute__((enum_extensibility(closed))) name : int32_t

typedef CTORCH_ENUM(CTorchDType){
    CTorchDTypeFloat32, CTorchDTypeFloat64, CTorchDTypeBFloat16, CTorchDTypeFloat16,
    CTorchDTypeInt64,   CTorchDTypeInt32,   CTorchDTypeUInt8,    CTorchDTypeBool,
    CTorchDTypeInt8,    CTorchDTypeInt16,
} CTorchDType;

/// `Meta` tensors have shape and type and no elements.
typedef CTORCH_ENUM(CTorchDeviceType){
    CTorchDeviceTypeCpu, CTorchDeviceTypeCuda, CTorchDeviceTypeMeta} CTorchDeviceType;

typedef struct CTorchDevice {
  CTorchDeviceType type;
  int32_t index;
} CTorchDevice;

// MARK: - Errors

/// Whether the calling thread has a recorded failure.
bool ctorch_has_error(void);
/// The first recorded failure of the calling thread, or NULL; clears it. Release with `free`.
char *ctorch_take_error(void);
/// Records a failure found by the caller, unless one is already recorded.
void ctorch_record_error(const char *message);

// MARK: - Process-wide settings

bool ctorch_is_cuda_available(void);
int32_t ctorch_thread_count(void);
bool ctorch_set_thread_count(int32_t count);
/// Lets the allocator keep large blocks that are freed, where it is glibc's.
void ctorch_keep_freed_memory(void);
/// Seeds libtorch's own generators (only dropout-like operations use them).
bool ctorch_seed(uint64_t seed);
const char *ctorch_version(void);

/// Where tensors are made whose device nobody names, `ctorch_from_copy`'s too; the CPU until it is set.
bool ctorch_set_standard_device(CTorchDevice device);
CTorchDevice ctorch_standard_device(void);
/// Whether products of float32 matrices on a CUDA device may round their factors to TensorFloat-32.
void ctorch_allow_tensor_float32(bool allowed);
/// Which of its compiled kernels libtorch uses on this processor, such as "AVX512".
const char *ctorch_cpu_capability(void);

// MARK: - Recorded work

typedef struct CTorchGraph CTorchGraph;
/// Begins to record what this thread asks of its CUDA device instead of doing it. NULL without CUDA or its headers.
CTorchGraph *ctorch_graph_begin(void);
bool ctorch_graph_end(CTorchGraph *graph);
/// Does what was recorded, on the same memory.
bool ctorch_graph_replay(CTorchGraph *graph);
void ctorch_graph_free(CTorchGraph *graph);
/// Waits for all work of a device.
bool ctorch_synchronize(CTorchDevice device);

// MARK: - Creation and storage

void ctorch_free(CTorchTensor *tensor);
/// A second handle on the same tensor.
CTorchTensor *ctorch_share(const CTorchTensor *tensor);
/// Copies `data` (row-major, on the CPU).
CTorchTensor *ctorch_from_copy(
    const void *data, CTorchDType dtype, const int64_t *shape, int64_t rank);
/// Borrows `data` until the last tensor that uses it goes, then calls `release(context)`.
CTorchTensor *ctorch_from_borrowed(
    const void *data, CTorchDType dtype, const int64_t *shape, int64_t rank, void *context,
    void (*release)(void *context));
CTorchTensor *ctorch_full(
    const int64_t *shape, int64_t rank, double value, CTorchDType dtype, CTorchDevice device);
CTorchTensor *ctorch_arange(
    double start, double end, double step, CTorchDType dtype, CTorchDevice device);

/// Drawn on the device by libtorch's own generator: other numbers on other devices.
CTorchTensor *ctorch_random_normal(
    const int64_t *shape, int64_t rank, double standardDeviation, CTorchDType dtype,
    CTorchDevice device);

CTorchDType ctorch_dtype(const CTorchTensor *tensor);
CTorchDevice ctorch_device(const CTorchTensor *tensor);
int64_t ctorch_rank(const CTorchTensor *tensor);
int64_t ctorch_size(const CTorchTensor *tensor, int64_t dimension);
int64_t ctorch_element_count(const CTorchTensor *tensor);
/// Writes `count` row-major elements, converted to `dtype`, to `destination`.
bool ctorch_copy_out(
    const CTorchTensor *tensor, CTorchDType dtype, void *destination, int64_t count);
/// The address of the first element if the tensor is dense, row-major and on the CPU, else NULL.
const void *ctorch_data(const CTorchTensor *tensor);

CTorchTensor *ctorch_to_dtype(const CTorchTensor *tensor, CTorchDType dtype);
CTorchTensor *ctorch_to_device(const CTorchTensor *tensor, CTorchDevice device);
CTorchTensor *ctorch_clone(const CTorchTensor *tensor);
CTorchTensor *ctorch_contiguous(const CTorchTensor *tensor);
CTorchTensor *ctorch_detach(const CTorchTensor *tensor);
/// Overwrites `destination` with `source`'s values, outside the gradient graph.
bool ctorch_assign(CTorchTensor *destination, const CTorchTensor *source);
/// Bitwise equality of shape, type and values.
bool ctorch_equal(const CTorchTensor *a, const CTorchTensor *b);

// MARK: - Shape

CTorchTensor *ctorch_reshape(const CTorchTensor *tensor, const int64_t *shape, int64_t rank);
CTorchTensor *ctorch_permute(const CTorchTensor *tensor, const int64_t *order, int64_t rank);
CTorchTensor *ctorch_transpose(const CTorchTensor *tensor, int64_t a, int64_t b);
CTorchTensor *ctorch_expand(const CTorchTensor *tensor, const int64_t *shape, int64_t rank);
CTorchTensor *ctorch_unsqueeze(const CTorchTensor *tensor, int64_t dimension);
CTorchTensor *ctorch_squeeze(const CTorchTensor *tensor, int64_t dimension);
CTorchTensor *ctorch_narrow(
    const CTorchTensor *tensor, int64_t dimension, int64_t start, int64_t length);
CTorchTensor *ctorch_select(const CTorchTensor *tensor, int64_t dimension, int64_t index);
CTorchTensor *ctorch_concatenate(CTorchTensorList tensors, int64_t count, int64_t dimension);
CTorchTensor *ctorch_stack(CTorchTensorList tensors, int64_t count, int64_t dimension);
CTorchTensor *ctorch_index_select(
    const CTorchTensor *tensor, int64_t dimension, const CTorchTensor *indices);
CTorchTensor *ctorch_gather(
    const CTorchTensor *tensor, int64_t dimension, const CTorchTensor *indices);
CTorchTensor *ctorch_embedding(const CTorchTensor *weight, const CTorchTensor *indices);

// MARK: - Elementwise

typedef CTORCH_ENUM(CTorchUnary){
    CTorchUnaryNegate, CTorchUnaryExp,     CTorchUnaryLog,        CTorchUnarySin,
    CTorchUnaryCos,    CTorchUnarySqrt,    CTorchUnaryReciprocalSqrt, CTorchUnaryTanh,
    CTorchUnarySigmoid, CTorchUnaryAbs,    CTorchUnarySilu,       CTorchUnaryMish,
    CTorchUnaryGelu,   CTorchUnaryGeluTanh, CTorchUnaryQuickGelu, CTorchUnaryRelu,
    CTorchUnaryRound,  CTorchUnaryFloor,   CTorchUnaryLogicalNot, CTorchUnarySquare,
} CTorchUnary;

typedef CTORCH_ENUM(CTorchBinary){
    CTorchBinaryAdd,     CTorchBinarySubtract,  CTorchBinaryMultiply,     CTorchBinaryDivide,
    CTorchBinaryPower,   CTorchBinaryMinimum,   CTorchBinaryMaximum,      CTorchBinaryEqual,
    CTorchBinaryNotEqual, CTorchBinaryLess,     CTorchBinaryLessOrEqual,  CTorchBinaryGreater,
    CTorchBinaryGreaterOrEqual,
} CTorchBinary;

CTorchTensor *ctorch_unary(CTorchUnary operation, const CTorchTensor *tensor);
CTorchTensor *ctorch_binary(
    CTorchBinary operation, const CTorchTensor *a, const CTorchTensor *b);
CTorchTensor *ctorch_binary_scalar(CTorchBinary operation, const CTorchTensor *a, double b);
CTorchTensor *ctorch_clamp(const CTorchTensor *tensor, double low, double high);
CTorchTensor *ctorch_where(
    const CTorchTensor *condition, const CTorchTensor *a, const CTorchTensor *b);
CTorchTensor *ctorch_masked_fill(
    const CTorchTensor *tensor, const CTorchTensor *mask, double value);

// MARK: - Reductions

typedef CTORCH_ENUM(CTorchReduction){
    CTorchReductionSum, CTorchReductionMean, CTorchReductionMaximum, CTorchReductionMinimum,
} CTorchReduction;

/// Over `count` dimensions; `count` 0 reduces all of them.
CTorchTensor *ctorch_reduce(
    CTorchReduction operation, const CTorchTensor *tensor, const int64_t *dimensions,
    int64_t count, bool keepsDimensions);
CTorchTensor *ctorch_argmax(const CTorchTensor *tensor, int64_t dimension);
bool ctorch_topk(
    const CTorchTensor *tensor, int64_t k, int64_t dimension, CTorchTensor **values,
    CTorchTensor **indices);
CTorchTensor *ctorch_cumulative_sum(const CTorchTensor *tensor, int64_t dimension);
CTorchTensor *ctorch_softmax(const CTorchTensor *tensor, int64_t dimension);
CTorchTensor *ctorch_log_softmax(const CTorchTensor *tensor, int64_t dimension);

// MARK: - Linear algebra and layers

CTorchTensor *ctorch_matmul(const CTorchTensor *a, const CTorchTensor *b);
/// Lets linear layers of this thread multiply float32 tensors in bfloat16; returns what held before.
bool ctorch_set_reduced_precision(bool enabled);
/// `input · weightᵀ + bias`; `bias` may be NULL when `hasBias` is false.
CTorchTensor *ctorch_linear(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias, bool hasBias);
/// Rounds a weight `[output, input]` to 4 or 8 bits with a scale and a least value for each 128 inputs of an output; makes
/// `values` and `parameters`, laid out as in GroupedWeights.h. CPU only.
bool ctorch_quantize(
    const CTorchTensor *weight, int64_t bits, CTorchTensor **values, CTorchTensor **parameters);
/// `input · weightᵀ + bias` for a weight of `outputs` rows from `ctorch_quantize`. Inputs are rounded to 8 bits (16 beside
/// weights of 8), each 128 with a scale; every row's result depends on that row alone. `isPortable` leaves out instructions that not all processors have.
CTorchTensor *ctorch_quantized_linear(
    const CTorchTensor *input, const CTorchTensor *values, const CTorchTensor *parameters,
    int64_t bits, int64_t outputs, const CTorchTensor *bias, bool hasBias, bool isPortable);
/// The float32 weight `[outputs, inputs]` that `values` and `parameters` stand for.
CTorchTensor *ctorch_dequantized(
    const CTorchTensor *values, const CTorchTensor *parameters, int64_t bits, int64_t outputs,
    int64_t inputs);
CTorchTensor *ctorch_conv1d(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias, bool hasBias,
    int64_t stride, int64_t padding, int64_t groups);
CTorchTensor *ctorch_conv2d(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias, bool hasBias,
    int64_t stride, int64_t padding, int64_t groups);
CTorchTensor *ctorch_layer_norm(
    const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
    double epsilon);
CTorchTensor *ctorch_group_norm(
    const CTorchTensor *input, int64_t groups, const CTorchTensor *weight,
    const CTorchTensor *bias, double epsilon);
/// `x / sqrt(mean(x²) + ε) · weight` over the last dimension.
CTorchTensor *ctorch_rms_norm(
    const CTorchTensor *input, const CTorchTensor *weight, double epsilon);
/// `silu(gate) · up`.
CTorchTensor *ctorch_silu_multiply(const CTorchTensor *gate, const CTorchTensor *up);
/// Rotary position embedding: `x · cos + rotateHalf(x) · sin`. `cos` and `sin` broadcast; their
/// second half along the last dimension repeats the first.
CTorchTensor *ctorch_rotate_halves(
    const CTorchTensor *input, const CTorchTensor *cosine, const CTorchTensor *sine);
/// libtorch's fused attention; `mask` may be NULL when `hasMask` is false.
CTorchTensor *ctorch_scaled_dot_product_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    const CTorchTensor *mask, bool hasMask, bool isCausal, double scale);

/// Whether the fused attention below takes `tensor`: dense float32 on the CPU.
bool ctorch_can_fuse_attention(const CTorchTensor *tensor);

/// B prefixes of S tokens, each with K continuations of L tokens that see the prefix and, causally,
/// themselves. Tokens are rows of one matrix: all prefixes, then all continuations.
typedef struct CTorchPackedLayout {
  int64_t batch;
  int64_t prefixLength;
  int64_t segmentCount;
  int64_t segmentLength;
  /// Whether the prefixes' own outputs (causal) are wanted.
  bool hasPrefixQueries;
} CTorchPackedLayout;

/// Queries `[rows, heads, d]`, keys and values `[rows, keyValueHeads, d]`; `[rows, heads · d]`, or
/// without the prefixes' rows.
CTorchTensor *ctorch_packed_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    CTorchPackedLayout layout, double scale);
/// Unmasked self-attention of `[B, N, 3 · heads · d]`, queries, keys and values side by side;
/// `[B, N, heads · d]`.
CTorchTensor *ctorch_joint_attention(const CTorchTensor *joint, int64_t heads, double scale);
/// Whether operations on the tensor run row by row: float32 on the CPU, and no gradient is recorded.
bool ctorch_acts_by_rows(const CTorchTensor *tensor);
/// Whether the tensor is one of those that the next two functions take: `[B, heads, N, d]`, float32 on the CPU.
bool ctorch_reads_heads(const CTorchTensor *tensor);
/// `softmax(q kᵀ scale + mask) v` row by row: `[B, heads, N, d]` queries, `[B, heads, S, d]` keys and values, a mask that
/// broadcasts to `[B, 1, 1, S]`.
CTorchTensor *ctorch_row_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    const CTorchTensor *mask, bool hasMask, double scale);
/// The same, of which gradients are recorded.
CTorchTensor *ctorch_head_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    const CTorchTensor *mask, bool hasMask, double scale);
/// Writes each row's key and value `[rows, groups, d]` at its position in the caches `[rows, length, groups, d]` and lets its
/// query `[rows, heads, d]` see them and all before. Returns `[rows, heads · d]`.
CTorchTensor *ctorch_cached_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    CTorchTensor *keyCache, CTorchTensor *valueCache, const int64_t *positions, double scale);
/// 8-bit images `[B, H, W, C]` as float32 `[B, patches, patch² · C]`, rows of patches from the top left; a margin that no whole
/// patch covers is left out.
CTorchTensor *ctorch_patch_matrix(const CTorchTensor *pixels, int64_t patchSize);
/// How a convolutional stem looks at an image: a cell is `stride` pixels wide, a patch `patchCells` cells.
typedef struct {
  int64_t stride, patchCells;
  /// Channels after the first convolution, whose windows are two cells wide, and after the second, of three by three cells.
  int64_t firstWidth, secondWidth;
} CTorchStemLayout;
/// Two convolutions with a GELU after each: 8-bit or float32 images `[B, side, side, 3]` as `[B, patches, patchCells² · secondWidth]`,
/// a patch's numbers by row, column and channel. Each image is treated alone.
///
/// Weights are `[window's row, column and channel, output]`, outputs and biases filled with zeros to a multiple of 16; `border`
/// `[3]` is the color beyond the image's margin. Nothing is recorded for gradients.
CTorchTensor *ctorch_stem_patches(
    const CTorchTensor *images, const CTorchTensor *border, const CTorchTensor *first,
    const CTorchTensor *firstBias, const CTorchTensor *second, const CTorchTensor *secondBias,
    CTorchStemLayout layout);
/// Rises with every change of the tensor in place.
int64_t ctorch_change_count(const CTorchTensor *tensor);
/// Lets products use fewer instructions than the processor has (0: all, 1: all but AVX-512 BF16's, 2: AVX2's, 3: none beyond the
/// base), for tests.
void ctorch_limit_product_instructions(int32_t limit);


// MARK: - Losses

typedef CTORCH_ENUM(CTorchLoss){
    CTorchLossSquared, CTorchLossAbsolute, CTorchLossSmoothAbsolute,
} CTorchLoss;

/// Mean over all elements.
CTorchTensor *ctorch_elementwise_loss(
    CTorchLoss kind, const CTorchTensor *prediction, const CTorchTensor *target);
/// Negative log-likelihood of each row, `[N]`; 0 where the target is `ignored`.
CTorchTensor *ctorch_cross_entropy_each(
    const CTorchTensor *logits, const CTorchTensor *targets, int64_t ignored,
    double labelSmoothing);

// MARK: - Gradients

/// Turns gradient recording on or off for the calling thread; returns the earlier setting.
bool ctorch_set_gradients_enabled(bool enabled);
bool ctorch_requires_gradient(const CTorchTensor *tensor);
bool ctorch_set_requires_gradient(CTorchTensor *tensor, bool enabled);
bool ctorch_backward(const CTorchTensor *scalar);
/// Back-propagates `gradient`, of `tensor`'s shape.
bool ctorch_backward_from(const CTorchTensor *tensor, const CTorchTensor *gradient);
/// NULL without an error where there is none.
CTorchTensor *ctorch_gradient(const CTorchTensor *tensor);
/// Drops the gradients of `count` tensors.
bool ctorch_clear_gradients(CTorchTensorList tensors, int64_t count);
/// The L2 norm of all gradients together, or -1; scales them down to `maximum` where it is larger
/// and `maximum` is positive. A norm that is not finite leaves the gradients as they are.
double ctorch_clip_gradient_norm(CTorchTensorList tensors, int64_t count, double maximum);

typedef struct CTorchAdamW {
  double learningRate;
  double beta1;
  double beta2;
  double weightDecay;
  double epsilon;
} CTorchAdamW;

/// One AdamW step on `count` parameters that have a gradient; others are left alone. `step` counts
/// from 1. `masters` are the float32 copies that are updated and then rounded into `parameters`
/// (pass the same list twice where the parameters are float32 themselves).
bool ctorch_adamw_step(
    CTorchTensorList parameters, CTorchTensorList masters, CTorchTensorList firstMoments,
    CTorchTensorList secondMoments, int64_t count, double step, CTorchAdamW options);

#ifdef __cplusplus
}
#endif

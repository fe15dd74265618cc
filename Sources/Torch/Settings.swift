internal import CTorch

/// The number of threads that one tensor operation of the calling thread may use.
public var threadCount: Int { Int(ctorch_thread_count()) }

/// Sets the number of threads that one tensor operation may use, on the calling thread and on threads whose first operation is yet to
/// come; others keep theirs.
public func setThreadCount(_ count: Int) {
  _ = ctorch_set_thread_count(Int32(clamping: max(1, count)))
}

/// Lets the process keep the memory that it frees, for its next tensors.
///
/// By default large blocks go back to the system at once, and the next tensor's pages must be cleared again: a model of
/// OpenVLA's published size spends a tenth of its time on that.
public func keepFreedMemory() { ctorch_keep_freed_memory() }

/// Whether a CUDA device can be used.
public var isCUDAAvailable: Bool { ctorch_is_cuda_available() }

extension Device {
  /// Where tensors and networks are made whose device nobody names: the CPU, until a program chooses another.
  public static var standard: Device { Device(ctorch_standard_device()) }
}

/// Makes tensors and networks whose device nobody names on `device`, for the whole process (compare PyTorch's
/// `torch.set_default_device`). Call it before the first of them is made, and while no other thread makes any.
///
/// - Throws: `TorchError` where there is no such device.
public func setStandardDevice(_ device: Device) throws {
  _ = ctorch_set_standard_device(device.raw)
  try throwRecordedFailure()
}

/// Lets products of float32 matrices on a CUDA device round their factors to TensorFloat-32, 10 bits of mantissa (bfloat16 has 7):
/// several times as fast. For the whole process; the CPU never does.
public func allowTensorFloat32() { ctorch_allow_tensor_float32(true) }

/// The version of libtorch, such as "2.13.0".
public var libraryVersion: String { String(cString: ctorch_version()) }

/// Which of its compiled kernels libtorch uses on this processor, such as `AVX512`: others round differently.
public var kernelCapability: String { String(cString: ctorch_cpu_capability()) }

/// Runs `body` without recording gradients on this thread.
public func withoutGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
  let earlier = ctorch_set_gradients_enabled(false)
  defer { _ = ctorch_set_gradients_enabled(earlier) }
  return try body()
}

/// How linear layers multiply float32 tensors.
public enum ProductPrecision: String, Hashable, Sendable, Codable, CaseIterable {
  case float32
  /// Factors rounded to bfloat16, sums in float32 (Micikevicius and others, 2018).
  ///
  /// Learning does so on processors that have instructions for it (AVX-512 BF16), and elsewhere as `float32`. Without gradients a row's
  /// result is the same to the bit on any processor and in any company, as in float32.
  case bfloat16
}

/// Runs `body` with linear layers on this thread multiplying at `precision`, forward and later backward.
public func withProducts<Result>(
  in precision: ProductPrecision, _ body: () throws -> Result
) rethrows -> Result {
  let earlier = ctorch_set_reduced_precision(precision == .bfloat16)
  defer { _ = ctorch_set_reduced_precision(earlier) }
  return try body()
}

/// What operations go by that is each thread's own.
struct ThreadSettings {
  private let recordsGradients: Bool
  private let reducesPrecision: Bool

  static var current: ThreadSettings {
    let gradients = ctorch_set_gradients_enabled(false)
    let reduces = ctorch_set_reduced_precision(false)
    _ = ctorch_set_gradients_enabled(gradients)
    _ = ctorch_set_reduced_precision(reduces)
    return ThreadSettings(recordsGradients: gradients, reducesPrecision: reduces)
  }

  /// Runs `body` with these on the calling thread.
  func holding<Result>(_ body: () throws -> Result) rethrows -> Result {
    let gradients = ctorch_set_gradients_enabled(recordsGradients)
    let reduces = ctorch_set_reduced_precision(reducesPrecision)
    defer {
      _ = ctorch_set_gradients_enabled(gradients)
      _ = ctorch_set_reduced_precision(reduces)
    }
    return try body()
  }
}

/// The processor's instructions that products by rows may use; the result has the same bits with any.
enum ProductInstructions: Int32, CaseIterable {
  /// All that there are; those of AVX-512 without its bfloat16; AVX2's; none beyond the base.
  case all, avx512, avx2, portable
}

/// For tests.
func limitProductInstructions(to instructions: ProductInstructions) {
  ctorch_limit_product_instructions(instructions.rawValue)
}

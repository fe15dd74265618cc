internal import CTorch

extension Tensor {
  /// Whether back-propagation computes this tensor's gradient.
  public var requiresGradient: Bool {
    get { ctorch_requires_gradient(handle) }
    set { _ = ctorch_set_requires_gradient(handle, newValue) }
  }

  /// The gradient that back-propagation has accumulated here, or nil.
  public var gradient: Tensor? {
    guard handle != nil, let gradient = ctorch_gradient(handle) else { return nil }
    return Tensor(owning: gradient)
  }

  /// Adds the gradient of this one-element tensor to every parameter behind it.
  public func backward() throws {
    try throwRecordedFailure()
    _ = ctorch_backward(handle)
    try throwRecordedFailure()
  }

  /// Back-propagates `gradient`, the derivative of some scalar with respect to this tensor.
  public func backward(from gradient: Tensor) throws {
    try throwRecordedFailure()
    _ = ctorch_backward_from(handle, gradient.handle)
    try throwRecordedFailure()
  }
}

/// Forgets the gradients of `tensors`.
public func clearGradients(_ tensors: [Tensor]) {
  _ = withHandles(tensors) { ctorch_clear_gradients($0, $1) }
}

/// Scales all gradients down together so that their joint L2 norm is at most `maximum`.
///
/// Returns the norm before scaling. A norm that is not finite leaves the gradients as they are, for
/// the caller to skip the step.
@discardableResult
public func clipGradientNorm(_ tensors: [Tensor], maximum: Double) throws -> Double {
  let norm = withHandles(tensors) { ctorch_clip_gradient_norm($0, $1, maximum) }
  try throwRecordedFailure()
  return norm
}

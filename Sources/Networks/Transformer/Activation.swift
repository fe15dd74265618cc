import Torch

/// The function between the two layers of an MLP, by timm's name.
public enum Activation: String, Codable, Sendable, CaseIterable {
  /// Exact, by the error function (Hendrycks and Gimpel, 2016).
  case gelu
  /// `x · sigmoid(1.702 x)`, which OpenAI's CLIP was trained with.
  case quickGELU = "quick_gelu"

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .gelu: x.gelu()
    case .quickGELU: x.quickGelu()
    }
  }
}

import Networks
import Torch

/// How a checkpoint is loaded: where and how its weights are kept while they run, and what is done to images first.
public struct CheckpointLoading {
  public var device: Device
  /// The weights' type; nil runs small models in float32 and large ones in bfloat16, as they are stored.
  public var dtype: DType?
  /// How linear layers keep their weights; nil at their type.
  public var quantization: WeightQuantization?
  /// How linear layers multiply float32 weights on a CPU; nil as the checkpoint says.
  public var products: ProductPrecision?
  /// Added to the weights as they are read.
  public var adapter: LoRAAdapter?
  public var preparation: ImagePreparation

  public init(
    device: Device, dtype: DType? = nil, quantization: WeightQuantization? = nil,
    products: ProductPrecision? = nil, adapter: LoRAAdapter? = nil,
    preparation: ImagePreparation = ImagePreparation()
  ) {
    self.device = device
    self.dtype = dtype
    self.quantization = quantization
    self.products = products
    self.adapter = adapter
    self.preparation = preparation
  }
}

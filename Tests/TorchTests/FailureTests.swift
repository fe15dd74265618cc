import Foundation
import Testing
import Torch

@Suite("Failures")
struct FailureTests {
  @Test("the first failure is thrown, later operations pass it on")
  func firstFailure() throws {
    let a = Tensor.zeros([2, 3])
    let error = #expect(throws: TorchError.self) {
      try checked {
        let broken = a.matmul(a)
        #expect(broken.isPoisoned)
        #expect(broken.shape == [])
        let later = (broken + a).softmax().reshaped([7]).narrowed(0, 0..<100)
        #expect(later.isPoisoned)
        later.assign(a)
        return later
      }
    }
    #expect(
      error?.message.contains("shapes cannot be multiplied") == true, "\(error?.message ?? "")")
    try throwRecordedFailure()
    #expect(try checked { try (a + 1).sum().item() } == 6)
  }

  @Test("every misuse becomes an error")
  func misuse() {
    let a = Tensor.zeros([2, 3])
    let cases: [(String, () throws -> Void)] = [
      ("values that do not fill the shape", { _ = Tensor([1, 2, 3] as [Float], shape: [2, 2]) }),
      ("a negative length", { _ = Tensor.zeros([-1]) }),
      ("an index beyond the table", { _ = a.embedding(Tensor([5])) }),
      ("a dimension that is not there", { _ = a.sum([4]) }),
      ("a slice beyond the end", { _ = a.narrowed(1, 2..<9) }),
      ("back-propagation without a graph", { try a.sum().backward() }),
      ("an item of many elements", { _ = try a.item() }),
      ("an integer that needs a gradient", { Tensor([1]).requiresGradient = true }),
      ("a device that is not there", { _ = a.to(.cuda(99)) }),
      ("losses of different shapes", { _ = a.squaredLoss(.zeros([3])) }),
      ("an assignment of another shape", { a.assign(.zeros([3])) }),
      ("joining nothing", { _ = Tensor.concatenated([], dimension: 0) }),
      (
        "bytes that do not fill the shape",
        {
          [UInt8](repeating: 0, count: 6).withUnsafeBytes {
            _ = Tensor(bytes: $0, dtype: .float32, shape: [2])
          }
        }
      ),
    ]
    for (name, body) in cases {
      let error = #expect(throws: TorchError.self, "\(name)") { try checked { try body() } }
      #expect(error?.message.isEmpty == false, "\(name)")
    }
  }

  @Test("where there is no such device tensors go on being made on the CPU")
  func standardDevice() throws {
    #expect(Device.standard == .cpu)
    let missing: Device = isCUDAAvailable ? .cuda(99) : .cuda(0)
    let error = #expect(throws: TorchError.self) { try setStandardDevice(missing) }
    #expect(error?.message.isEmpty == false)
    #expect(Device.standard == .cpu)
    #expect(try checked { try (Tensor.zeros([2]) + 1).sum().item() } == 2)
  }

  @Test("no gradients are recorded inside withoutGradient")
  func withoutGradients() throws {
    let weight = Tensor([2] as [Float])
    weight.requiresGradient = true
    #expect(withoutGradient { (weight * 3).requiresGradient } == false)
    #expect((weight * 3).requiresGradient)
  }
}

import Foundation
import Testing

@testable import Datasets

@Suite struct TFRecordTests {
  /// The check value of CRC-32C in every catalogue of checksums, and RFC 3720's for 32 zero bytes.
  @Test func checksumsAreThePublishedOnes() {
    #expect(CRC32C.checksum(of: "123456789".utf8) == 0xe306_9283)
    #expect(CRC32C.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
  }

  /// Bytes that `tf.io.TFRecordWriter` of TensorFlow 2.21 wrote for the record `abc`.
  @Test func framingIsTensorFlows() {
    var file: [UInt8] = []
    TFRecord.append(Array("abc".utf8), to: &file)
    #expect(Data(file).base64EncodedString() == "AwAAAAAAAACwmUkOYWJjblfxIQ==")
  }

  /// Bytes that `tf.train.Example(…).SerializeToString(deterministic=True)` gave for the same features.
  @Test func exampleIsTensorFlows() {
    let message = ExampleMessage(features: [
      "a": .bytes([Array("xy".utf8), []]), "b": .floats([0.5, -1]), "c": .integers([1, 300, -1]),
    ])
    #expect(
      Data(message.encoded).base64EncodedString()
        == "CjoKDQoBYRIICgYKAnh5CgAKEQoBYhIMEgoKCAAAAD8AAIC/ChYKAWMSERoPCg0BrAL///////////8B")
  }
}

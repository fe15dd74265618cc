import Foundation
import Testing

/// Machines with little memory, and others than that of a result.
@Suite struct MachineTroubleTests {
  /// Where an allocation of Swift's, of libtorch's or of OpenGL's fails depends on the machine; that it is told does not.
  @Test(arguments: [600, 700, 900, 1000, 1050])
  func aWantOfMemoryIsASentence(megabytes: Int) throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.shell(
      """
      ulimit -v \(megabytes)000; export SWIFT_BACKTRACE=enable=no
      $BENCH run --suite in-distribution --episodes 1 --policy from-nothing --out \(folder)
      """)
    // 127 is the loader's, which has not started the program yet.
    #expect([0, 2, 5, 127].contains(result.status), "\(result.status) \(result.errors)")
    if result.status == 2 || result.status == 5 {
      let sentence = result.errors.split(separator: "\n").last ?? ""
      #expect(sentence.hasPrefix("bench: "), "\(result.errors)")
    }
  }

  /// libtorch's kernels for other vector units round differently; what acts does not use them.
  @Test func theVectorUnitChangesNoAction() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.shell(
      """
      run() {
        $BENCH run --suite in-distribution --episodes 1 --policy diffusion-policy --policy openvla --quiet \\
          --out \(folder)/$1 >/dev/null
      }
      run best && ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 run avx2 || exit 1
      cmp \(folder)/best/episodes.jsonl \(folder)/avx2/episodes.jsonl
      """)
    #expect(result.status == 0, "\(result.output) \(result.errors)")
  }
}

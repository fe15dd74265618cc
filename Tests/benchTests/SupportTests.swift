import Testing

@testable import bench

@Suite struct SupportTests {
  @Test(arguments: [
    ("lst", ", did you mean 'list'?"), ("trian", ", did you mean 'train'?"),
    ("acct", ", did you mean 'act'?"), ("frobnicate", ""),
  ])
  func aMistypedNameFindsItsNeighbor(word: String, expected: String) {
    let names = ["run", "list", "train", "act", "view"]
    #expect(CommandName.suggestion(word, among: names) == expected)
  }

  @Test func aProcessorIsToldByVendorModelAndUnits() {
    let intel = """
      processor\t: 0
      vendor_id\t: GenuineIntel
      model name\t: Intel(R) Xeon(R) Platinum 8481C
      flags\t\t: fpu sse4_2 avx avx2 avx512f avx512_vnni avx512_bf16 amx_bf16

      processor\t: 1
      vendor_id\t: SomebodyElse
      """
    #expect(
      Processor.facts(ofProcessors: intel, environment: ["MKL_CBWR": "COMPATIBLE"]) == [
        "processor": "GenuineIntel, Intel(R) Xeon(R) Platinum 8481C",
        "vector_unit": "AVX-512 AMX BF16 VNNI", "onednn_kernels": "unrestricted",
        "mkl_kernels": "COMPATIBLE",
      ])
    let arm =
      "processor\t: 0\nFeatures\t: fp asimd sve bf16\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n"
    let facts = Processor.facts(ofProcessors: arm, environment: ["DNNL_MAX_CPU_ISA": "X"])
    #expect(facts["processor"] == "0x41, 0xd40")
    #expect(facts["vector_unit"] == "SVE BF16")
    #expect(facts["onednn_kernels"] == "X")
  }
}

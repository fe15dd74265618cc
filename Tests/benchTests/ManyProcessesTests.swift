import Foundation
import Testing

/// Several runs at once, several machines, other places.
@Suite struct ManyProcessesTests {
  @Test func shardsThatStartTogetherGetAFolderEach() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.shell(
      """
      mkdir \(folder); cd \(folder)
      one() { $BENCH --root $ROOT --suite in-distribution --policy random --episodes 12 "$@" >/dev/null 2>&1; echo $? >> codes; }
      one --shard 1/2 & one --shard 2/2 & one --shard 2/2 & one & wait
      tr -d '\\n' < codes; echo; ls Runs | wc -l; ls -d Runs/*-shard-2-of-2* | wc -l
      $BENCH merge Runs/*-shard-1-of-2 $(ls -d Runs/*-shard-2-of-2* | head -1) --out whole >/dev/null 2>&1; echo $?
      """)
    #expect(
      result.output.split(whereSeparator: \.isWhitespace) == ["0000", "4", "2", "0"],
      "\(result.output) \(result.errors)")
  }

  /// The commit is that of the benchmark, whatever repository its user stands in.
  @Test func theCommitIsTrestlesOwn() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Program.shell(
      """
      set -e; mkdir \(folder); cd \(folder)
      git init -q . && git -c user.email=a@example.org -c user.name=a commit -q --allow-empty -m x || exit 77
      export GIT_DIR=$PWD/.git
      $BENCH --root $ROOT --suite in-distribution --policy random --episodes 1 --out run >/dev/null 2>&1
      ! grep -q $(git rev-parse HEAD) run/run.json
      """)
    #expect(result.status == 0 || result.status == 77, "\(result.errors)")
  }

  @Test func theProcessorAndItsKernelsAreRecorded() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = "$BENCH --suite in-distribution --policy random --episodes 1 --out \(folder)"
    #expect(try Program.shell(run).status == 0)
    let text = try String(contentsOfFile: "\(folder)/run.json", encoding: .utf8)
    for name in ["processor", "vector_unit", "torch_kernels", "onednn_kernels", "libtorch"] {
      #expect(text.contains("\"\(name)\""))
    }
    let other = try Program.shell("ONEDNN_MAX_CPU_ISA=AVX2 \(run) --resume")
    #expect(other.status == 65)
    #expect(other.errors.contains("AVX2 here"), "\(other.errors)")
    #expect(try Program.shell("ONEDNN_MAX_CPU_ISA=AVX2 \(run) --resume --mix-machines").status == 0)
  }

  /// Without a driver there is no folder that could not be gone on with.
  @Test func aRunWithoutADriverLeavesNoFolder() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = "$BENCH --suite in-distribution --episodes 1 --policy from-nothing --out \(folder)"
    let result = try Program.shell(
      "GALLIUM_DRIVER=no-such-driver MESA_LOADER_DRIVER_OVERRIDE=none \(run)")
    // Some versions of Mesa go on with another driver.
    guard result.status != 0 else { return }
    #expect(result.status == 5, "\(result.errors)")
    #expect(result.errors.contains("Unset GALLIUM_DRIVER"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  /// The X server ends under the window: no status that means "gate failed".
  @Test func aLostDisplayIsInfrastructure() throws {
    let result = try Program.shell(
      """
      command -v Xvfb >/dev/null || exit 77
      display=$(mktemp); Xvfb -displayfd 5 -screen 0 1280x800x24 5> $display >/dev/null 2>&1 & server=$!
      for i in $(seq 100); do [ -s $display ] && break; sleep 0.1; done
      DISPLAY=:$(cat $display) $BENCH view --policy expert & viewer=$!
      sleep 6; kill -9 $server; wait $viewer
      """)
    if result.status == 77 {
      print("skipped: there is no Xvfb")
      return
    }
    #expect(result.status == 5, "\(result.errors)")
    #expect(result.errors.contains("display"), "\(result.errors)")
  }
}

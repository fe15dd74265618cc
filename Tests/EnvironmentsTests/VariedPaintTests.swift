import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Rendering
import Testing

@testable import Environments

/// Paints and lamps of training that things and arenas do not usually have.
struct VariedPaintTests {
  private func request(
    _ content: DemonstrationRequest.Content, paints: Double = 0, lamps: Double = 0
  ) -> DemonstrationRequest {
    DemonstrationRequest(
      content: content, seed: 3, decisionsPerFrame: content == .robot ? 2 : 0, questionsPerFrame: 2,
      patchGrid: 8, chunkLength: 1, variedLooks: content == .robot ? 1 : 0, variedPaints: paints,
      variedLamps: lamps)
  }

  @Test func noPaintIsLikeOneOfAnEvaluation() throws {
    let environment = try SharedTabletop.environment()
    let effects = environment.suiteDefinitions.flatMap { $0.factors.values.map(\.effect) }
    let heldOut = effects.flatMap(\.paints)
    #expect(heldOut.count >= 8)
    let paints = PaintedThings(heldOut: heldOut)
    var seen: Set<Color> = []
    for name in environment.catalog.objects.keys {
      for number in 0..<PaintedThings.paintCount {
        let paint = try #require(paints.paint(number, of: name))
        seen.insert(paint)
        #expect(!heldOut.contains { paint.isWithin(PaintedThings.distance, of: $0) })
      }
    }
    #expect(seen.count == environment.catalog.objects.count * PaintedThings.paintCount)
  }

  /// A suite may ask for so many paints that none is left: things keep theirs then.
  @Test func whereEvaluationsHaveEveryPaintNoneIsDrawn() {
    let steps = stride(from: 0.1, through: 0.9, by: 0.2)
    let all = steps.flatMap { red in
      steps.flatMap { green in steps.map { Color(red, green, $0) } }
    }
    #expect(PaintedThings(heldOut: all).paint(0, of: "carrot") == nil)
    var source = RandomStream(seed: 1)
    #expect(VisionScene.lamp(besides: all, source: &source) == nil)
  }

  @Test func noLampIsLikeOneOfAnEvaluation() throws {
    let environment = try SharedTabletop.environment()
    let heldOut = environment.suiteDefinitions.flatMap { $0.factors.values }.compactMap(
      \.effect.lamp)
    #expect(!heldOut.isEmpty)
    var source = RandomStream(seed: 4)
    for _ in 0..<10_000 {
      let lamp = try #require(VisionScene.lamp(besides: heldOut, source: &source))
      #expect(!heldOut.contains { lamp.isWithin(VisionScene.lampDistance, of: $0) })
    }
  }

  @Test func whatANameSaysOfColorStaysTrue() throws {
    let catalog = try SharedTabletop.environment().catalog
    func mayBePainted(_ name: String, saying instruction: String = "lift it") throws -> Bool {
      PaintedThings.mayBePainted(
        try #require(catalog.objects[name]).words, instructions: [instruction])
    }
    for name in ["blue-cup", "red-block", "pink-plate", "red-bottle"] {
      #expect(try !mayBePainted(name), "\(name)")
    }
    for name in ["eggplant", "carrot", "pot", "bowl"] {
      #expect(try mayBePainted(name), "\(name)")
    }
    #expect(try mayBePainted("carrot", saying: "lift the carrot"))
    #expect(try !mayBePainted("carrot", saying: "lift the orange carrot"))
  }

  @Test(arguments: ["red", "yellow", "green", "blue", "white", "black"])
  func aPaintIsCalledByItsColor(_ name: String) {
    let pure: [String: Color] = [
      "red": Color(0.9, 0.05, 0.05), "yellow": Color(1, 0.9, 0.1), "green": Color(0.1, 0.7, 0.1),
      "blue": Color(0.1, 0.2, 0.9), "white": .white, "black": .black,
    ]
    #expect(pure[name].map(ObjectWords.colorName(of:)) == name)
  }

  @Test(arguments: [DemonstrationRequest.Content.robot, .vision])
  func paintChangesPicturesAndColorsAndNothingElse(_ content: DemonstrationRequest.Content) throws {
    let demonstrations = TabletopDemonstrations(environment: try SharedTabletop.environment())
    let plain = try demonstrations.frames(0..<8, of: request(content))
    let painted = try demonstrations.frames(0..<8, of: request(content, paints: 1))
    let again = try demonstrations.frames(4..<8, of: request(content, paints: 1))
    #expect(again.map(\.image) == painted[4...].map(\.image))
    #expect(zip(plain, painted).contains { $0.image != $1.image })
    for (plain, painted) in zip(plain, painted) {
      #expect(plain.decisions.map(\.instruction) == painted.decisions.map(\.instruction))
      #expect(plain.decisions.map(\.action) == painted.decisions.map(\.action))
      #expect(plain.patches.map(\.kind) == painted.patches.map(\.kind))
      #expect(plain.patches.map(\.offset) == painted.patches.map(\.offset))
    }
    #expect(zip(plain, painted).contains { $0.patches.map(\.color) != $1.patches.map(\.color) })
  }

  @Test func lampsChangePicturesAlone() throws {
    let demonstrations = TabletopDemonstrations(environment: try SharedTabletop.environment())
    for content in [DemonstrationRequest.Content.robot, .vision] {
      let plain = try demonstrations.frames(0..<8, of: request(content))
      let lit = try demonstrations.frames(0..<8, of: request(content, lamps: 1))
      #expect(zip(plain, lit).allSatisfy { $0.image != $1.image })
      #expect(plain.flatMap(\.patches) == lit.flatMap(\.patches))
    }
  }
}

import Foundation
import Testing

@testable import Reports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct LearningReportTests {
  private typealias Point = LearningReport.Point

  private func training(_ name: String, _ own: [Double]) -> LearningReport.Training {
    LearningReport.Training(
      name: name, summary: "300 images in 2 minutes, training seed 1",
      stages: [.init(name: "vision", images: 100), .init(name: "robot <&>", images: 300)],
      curves: [
        .init(
          name: "turn of the hand [°]",
          points: own.enumerated().map { Point(images: 100 * ($0 + 1), own: $1, trivial: 6) }),
        .init(name: "episodes not solved [%]", points: [Point(images: 300, own: 25)]),
      ])
  }

  @Test func aPageIsWholeAndHasEveryFigureOfBothTrainings() throws {
    let page = LearningReport(on: [training("a", [6, 5, 1.5]), training("b <2>", [6, 4, 2.25])])
      .html()
    let parser = XMLParser(
      data: Data(
        page.replacing("<!DOCTYPE html>\n", with: "")
          .replacing("<meta charset=\"utf-8\">", with: "")
          .replacing(/<meta name="viewport"[^>]*>/, with: "").utf8))
    #expect(parser.parse(), "\(parser.parserError.map(String.init(describing:)) ?? "")")
    for text in ["<h3>turn of the hand [°]</h3>", "b &lt;2&gt;", "robot &lt;&amp;&gt;"] {
      #expect(page.contains(text), "\(text) is missing")
    }
    // At the last look, own and trivial of each, and nothing where no answer is trivial.
    let cells = { (texts: [String]) in
      texts.map { "<td class=\"number\">\($0)</td>" }.joined()
    }
    #expect(page.contains(cells(["1.50", "6.00", "2.25", "6.00"])))
    #expect(page.contains(cells(["25.0", "", "25.0", ""])))
  }

  /// A training under way is often the one that was asked for first.
  @Test func chartsNameTheStagesOfTheTrainingThatIsFarthest() {
    var short = training("short", [6])
    short.stages = [.init(name: "only", images: 100)]
    for pair in [
      [short, training("long", [6, 5, 1.5])], [training("long", [6, 5, 1.5]), short],
    ] {
      let page = LearningReport(on: pair).html()
      #expect(page.contains(">robot &lt;&amp;&gt;<"))
      #expect(!page.contains(">only<"))
    }
  }

  /// The trivial answer is the highest of all here, 8 % below the edge, and a figure a quarter of it as far down.
  @Test func heightsAreProportional() throws {
    let chart = LearningChart(
      curves: [[Point(images: 0, own: 6, trivial: 6), Point(images: 300, own: 1.5, trivial: 6)]],
      stages: [], lastImages: 300)
    let svg = chart.svg()
    let trivial = 18 + 150 * (1 - 1 / 1.08)
    let own = 18 + 150 * (1 - 0.25 / 1.08)
    let number = { (value: Double) in String(format: "%.1f", value) }
    #expect(
      svg.contains(
        "<polyline points=\"44.0,\(number(trivial)) 384.0,\(number(trivial))\" class=\"trivial entry\">"
      ))
    #expect(svg.contains("384.0,\(number(own))\" class=\"learned entry\">"))
  }

  /// Stages look at frames of their own.
  @Test func noLineGoesFromOneStageToTheNext() {
    let points = [(0, 100), (0, 200), (1, 300), (1, 400), (2, 500)].map {
      Point(stage: $0.0, images: $0.1, own: 1)
    }
    let svg = LearningChart(curves: [points], stages: [], lastImages: 500).svg()
    #expect(svg.components(separatedBy: "<polyline").count == 3)
    #expect(svg.components(separatedBy: "<circle").count == 2)
  }

  /// A gate stands at its stage's end, at its share of the trivial answer.
  @Test func aGateIsDrawnWhereItsStageEnds() {
    let points = [(0, 100), (0, 200), (1, 300), (1, 400)].map {
      Point(stage: $0.0, images: $0.1, own: 1, trivial: 4)
    }
    let svg = LearningChart(curves: [points], gates: [[0.5, nil]], stages: [], lastImages: 400)
      .svg()
    let y = String(format: "%.1f", 18 + 150 * (1 - 0.5 / 1.08))
    #expect(
      svg.contains("<title>gate: at most 2.00</title><line x1=\"198.0\" y1=\"\(y)\" x2=\"214.0\""))
    #expect(svg.components(separatedBy: "class=\"gate").count == 2)
  }

  /// What was far off at first does not flatten the rest: it is drawn at the edge.
  @Test func firstLooksDoNotSetTheScale() {
    let points = (1...20).map { Point(images: 100 * $0, own: $0 == 1 ? 1000 : 2) }
    let svg = LearningChart(curves: [points], stages: [], lastImages: 2000).svg()
    #expect(svg.contains("points=\"61.0,18.0 78.0,"))
    #expect(svg.contains(">2</text>"))
    #expect(!svg.contains(">1000</text>"))
  }

  /// Whatever a file says: nothing, zeros, negatives, the largest numbers.
  @Test(arguments: [0, -5, 1e308, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
  func noNumberIsTooOdd(value: Double) {
    for points in [
      [], [Point(images: 0, own: value)], [Point(images: 5, own: value, trivial: value)],
    ] {
      let svg = LearningChart(
        curves: [points], stages: [.init(name: "a", images: 0)],
        lastImages: points.last?.images ?? 0
      ).svg()
      #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
  }

  @Test func ticksAreRound() {
    #expect(ChartAxis.ticks(to: 6.5) == [0, 2, 4, 6])
    #expect(ChartAxis.ticks(to: 100) == [0, 20, 40, 60, 80, 100])
    #expect(ChartAxis.ticks(to: 0.35).map(ChartAxis.label) == ["0", "0.1", "0.2", "0.3"])
    #expect(ChartAxis.ticks(to: 0) == [0])
  }
}

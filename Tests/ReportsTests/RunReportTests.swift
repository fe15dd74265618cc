import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation
@testable import Reports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct RunReportTests {
  /// Episodes of a perturbed suite with twins; every third fails, and cups fail by slipping.
  private func records(_ policy: String, kind: ContestantKind, count: Int, failing: Int)
    -> [EpisodeRecord]
  {
    (0..<count).flatMap { index in
      ["lift-cup", "stack"].flatMap { task in
        [false, true].map { isClean in
          let isSuccess = isClean || (index + (task == "stack" ? 1 : 0)) % 3 >= failing
          return EpisodeRecord(
            policy: policy, kind: kind,
            episode: Episode(
              suite: "semantic", task: task, index: index, seed: 0,
              factors: isClean ? [] : [FactorSetting(name: "words", strength: 1)],
              isCleanTwin: isClean, instruction: "lift the <b>cup</b> & \"go\"", stepLimit: 40),
            block: "semantic/0000", content: "\(task)-\(index)-\(isClean)",
            outcome: isSuccess ? .success : .failure, steps: 10, successOnce: isSuccess,
            successAtEnd: isSuccess, firstSuccessStep: isSuccess ? 10 : nil,
            progress: isSuccess ? 1 : 0.5, finalState: "0",
            failure: isSuccess
              ? nil : EpisodeFailure(reason: task == "stack" ? .dropped : .slipped, step: 7))
        }
      }
    }
  }

  private func run(_ path: String, failing: Int, count: Int = 12) -> RunFiles {
    RunFiles(
      path: path, description: nil,
      records: records("openvla", kind: .entry, count: count, failing: failing)
        + records("expert <&>", kind: .ceiling, count: count, failing: 0))
  }

  /// Every element is closed and every character escaped: the page is XML besides being HTML.
  private func check(_ page: String) {
    let voidless = page.replacing("<!DOCTYPE html>\n", with: "")
      .replacing("<meta charset=\"utf-8\">", with: "")
      .replacing(/<meta name="viewport"[^>]*>/, with: "").replacing("&ensp;", with: " ")
    let parser = XMLParser(data: Data(voidless.utf8))
    #expect(parser.parse(), "\(parser.parserError.map(String.init(describing:)) ?? "")")
  }

  @Test func aPageIsWholeAndTellsTheRates() throws {
    let page = try RunReport(on: run("Runs/1", failing: 1)).html()
    check(page)
    #expect(page.contains("16/24 67 %"))
    #expect(page.contains("24/24 100 %"))
    #expect(page.contains("expert &lt;&amp;&gt;"))
    #expect(page.contains("What the perturbation costs"))
    #expect(page.contains("grasped and slipped: 4 of 48"))
    #expect(!page.contains("http"), "the page must work offline")
  }

  @Test func twoRunsShowWhatWasLostByName() throws {
    let page = try RunReport(on: run("b", failing: 2), since: run("a", failing: 1)).html()
    check(page)
    #expect(page.contains("Since a"))
    #expect(page.contains("openvla: lost 8"))
    #expect(page.contains("<code>semantic/lift-cup#1@0</code>"))
  }

  /// One policy of each run: nothing of the others is shown, and both intervals of the change are.
  @Test func onePolicyOfEachRunIsCompared() throws {
    let (before, after) = (run("a", failing: 1), run("b", failing: 2))
    let page = try RunReport(
      on: after, since: before, comparing: [PolicyPair("expert <&>", "openvla")]
    ).html()
    check(page)
    #expect(page.contains("48 episodes of 1 policy"))
    #expect(page.contains("openvla against expert &lt;&amp;&gt;: lost 16"))
    #expect(page.contains("for tasks like these"))
    let report = try RunReport(on: after, since: before)
    // Of the table, of twins, of changes.
    #expect(report.html().contains("\(report.intervalCount) intervals: about "))
    #expect(report.intervalCount > report.table.intervalCount + 2)
  }

  @Test func flipsStandBesideEachOther() throws {
    func side(_ outcome: Outcome, _ media: FlipExhibit.Media) -> FlipExhibit.Side {
      .init(title: "run <1>", outcome: outcome, reason: "dropped", media: media)
    }
    let exhibits = [
      FlipExhibit(
        name: try EpisodeName("semantic/lift-cup#1@0"), policy: "openvla",
        instruction: "lift \"it\" & go",
        sides: [
          side(.success, .video(Data("film".utf8))),
          side(.failure, .frames([(0, Data("a".utf8)), (17, Data("b".utf8))])),
        ])
    ]
    let page = try RunReport(
      on: run("b", failing: 2), since: run("a", failing: 1), exhibits: exhibits
    ).html()
    // A script is no XML.
    check(page.replacing(/<script>.*<\/script>/.dotMatchesNewlines(), with: ""))
    #expect(page.contains("data:video/mp4;base64,ZmlsbQ=="))
    #expect(page.contains("step 17") && page.contains("run &lt;1&gt; — failure: dropped"))
    #expect(!page.contains("http"), "the page must work offline")
  }

  @Test func theSameRunGivesTheSameBytes() throws {
    #expect(
      try RunReport(on: run("a", failing: 1)).html() == RunReport(on: run("a", failing: 1)).html())
  }

  @Test func aRunWithoutEpisodesIsTold() {
    let error = #expect(throws: EvaluationError.self) {
      try RunReport(on: RunFiles(path: "empty", description: nil, records: []))
    }
    #expect(error == .noEpisodes("empty"))
  }

  @Test func tenThousandEpisodesMakeASmallPage() throws {
    let page = try RunReport(
      on: run("b", failing: 2, count: 1300), since: run("a", failing: 1, count: 1300)
    ).html()
    #expect(page.utf8.count < 1_000_000)
  }
}

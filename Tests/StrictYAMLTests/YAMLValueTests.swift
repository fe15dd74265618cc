import Testing

@testable import StrictYAML

/// Values are read strictly, and all mistakes of a file are said at once.
struct YAMLValueTests {
  private struct Plate: Equatable {
    var name: String
    var radius: Double
    var count: Int
    var colors: [String]
  }

  private func plate(_ text: String) throws -> Plate {
    try YAMLDocument(text: text, named: "plate.yaml").read { root in
      let entries = try root.mapping(knownKeys: ["name", "radius", "count", "colors"])
      return Plate(
        name: entries.string("name"),
        radius: entries.number("radius", within: NumberLimits(0.01...0.5, "m")),
        count: entries.integer("count", within: CountLimits(1...9, "plates"), default: 1),
        colors: entries.read("colors", or: []) { try $0.items { try $0.string() } })
    }
  }

  @Test func aSoundFileIsRead() throws {
    let read = try plate("name: dish\nradius: 1e-1\ncount: 3\ncolors: [red, \"2\"]\n")
    #expect(read == Plate(name: "dish", radius: 0.1, count: 3, colors: ["red", "2"]))
  }

  @Test func allMistakesAreSaidInTheOrderOfTheirLines() throws {
    let error = #expect(throws: YAMLError.self) {
      try plate("name:\nraduis: 3\ncount: -1\ncolors: [red, [], ~]\n")
    }
    let lines = error?.description.split(separator: "\n").map(String.init) ?? []
    #expect(
      lines == [
        "plate.yaml:1: name: expected a word; write a non-empty string",
        "plate.yaml:1: radius: `radius` is missing; add a line `radius: …`",
        "plate.yaml:2: raduis: unknown key 'raduis'; use one of: name, radius, count, colors",
        "plate.yaml:3: count: -1 is out of range; write a whole number from 1 to 9 plates",
        "plate.yaml:4: colors[1]: expected a word; write a non-empty string",
        "plate.yaml:4: colors[2]: expected a word; write a non-empty string",
      ])
  }

  @Test(arguments: [
    ("radius: 1e308", "1e+308 is out of range; write a number from 0.01 to 0.5 m"),
    ("radius: nan", "is not finite"), ("radius: -.inf", "expected a number"),
    ("radius: inf", "is not finite"), ("radius: \"0.1\"", "expected a number"),
    ("radius: [0.1]", "expected a number"), ("radius:", "expected a number"),
    ("radius: 0.1\ncount: 9223372036854775808", "expected a whole number"),
    ("radius: 0.1\ncount: 9223372036854775807", "9223372036854775807 is out of range"),
    ("radius: 0.1\ncount: 1.5", "expected a whole number"),
  ])
  func aNumberThatIsNoneIsRefused(_ text: String, _ expected: String) throws {
    let error = #expect(throws: YAMLError.self) { try plate("name: a\ncolors: []\n\(text)\n") }
    #expect(error?.complaints.count == 1)
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test func whatFollowsFromAMistakeIsNotSaidAgain() throws {
    let error = #expect(throws: YAMLError.self) {
      try YAMLDocument(text: "box: {min: x, max: 0}\nother: {max: 1}\n", named: "x.yaml")
        .read { root in
          for name in ["box", "other"] {
            guard let box = root.entry(name) else { continue }
            let entries = try box.mapping(knownKeys: ["min", "max"])
            let low = entries.number("min", within: NumberLimits(0...1))
            if low >= 0 { box.complain("the box is empty", mend: "enlarge it") }
          }
        }
    }
    #expect(error?.complaints.map(\.key) == ["box.min", "other.min"])
  }

  @Test func complaintsOfManyFilesAreGatheredAndCounted() throws {
    var gatherer = ComplaintGatherer()
    for number in 0..<50 {
      let value: Int? = try gatherer.attempt {
        throw YAMLError(file: "\(number).yaml", problem: "it is wrong", mend: "mend it")
      }
      #expect(value == nil)
    }
    #expect(try gatherer.attempt { 3 } == 3)
    let error = #expect(throws: YAMLError.self) { try gatherer.check() }
    #expect(error?.complaints.count == 50)
    #expect(error?.description.split(separator: "\n").count == 41)
    #expect(error?.description.hasSuffix("and 10 more complaints of these files") == true)
  }
}

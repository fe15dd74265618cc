import Foundation
import InputFiles
import Testing

@Suite struct DecodingFaultTests {
  private struct Part: Decodable {
    var numbers: [Int]
    var count: UInt?
  }
  private struct Whole: Decodable { var part: Part }

  @Test(arguments: [
    ("{}", "the object lacks the key 'part'"),
    ("{\"part\":{}}", "'part' lacks the key 'numbers'"),
    ("{\"part\":{\"numbers\":[1,\"b\"]}}", "'part.numbers.[1]' is not of type Int"),
    ("[1]", "this is not a JSON object"), ("7", "this is not a JSON object"),
    ("{\"part\":{\"numbers\":3}}", "'part.numbers' is not a JSON array"),
    ("{\"part\":null}", "'part' is null where a value is needed"),
    ("{\"part\":", "line 1, byte 9: not valid JSON: a JSON value is expected"),
    ("{\"part\":\n{]}", "line 2, byte 2: not valid JSON: a JSON key is expected"),
    ("", "line 1, byte 1: not valid JSON"),
    // Foundation says of these that the data was not valid JSON, and no place.
    ("{\"other\": 0.5, \"part\":{\"numbers\":[1, 2.5, 3.5]}}", "'part.numbers.[1]': 2.5 is not"),
    ("{\"part\":{\"numbers\":[1], \"count\": -1}}", "'part.count': -1 is not"),
    ("{\"part\":{\"numbers\":[1e999]}}", "'part.numbers.[0]': inf is not"),
    ("{\"part\":{\"numbers\":[9223372036854775808]}}", "'part.numbers.[0]': 9.2"),
  ])
  func theSentenceNamesTheKey(text: String, expected: String) {
    let data = Data(text.utf8)
    let fault = #expect(throws: DecodingFault.self) {
      try JSONDecoder().decode(Whole.self, from: data, under: [])
    }
    #expect(fault?.description.hasPrefix(expected) == true, "\(fault?.description ?? "")")
  }
}

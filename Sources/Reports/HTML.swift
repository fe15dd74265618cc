import Evaluation

/// Text that is safe inside of HTML and SVG, made of elements.
enum HTML {
  /// `<name attributes>content</name>`; attributes are escaped, content is taken as it is.
  static func element(_ name: String, _ attributes: [(String, String)] = [], _ content: String = "")
    -> String
  {
    let text = attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
    return "<\(name)\(text)>\(content)</\(name)>"
  }

  /// Text that means itself in HTML.
  static func escaped(_ text: String) -> String { XMLText.escaped(text) }

  /// A whole page that works offline; empty sections are left out.
  static func page(titled title: String, _ sections: [String]) -> String {
    "<!DOCTYPE html>\n"
      + element(
        "html", [("lang", "en")],
        element(
          "head", [],
          "<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + element("title", [], escaped(title))
            + element("style", [], "\n" + ReportStyle.sheet + "\n"))
          + element("body", [], "\n" + sections.filter { !$0.isEmpty }.joined(separator: "\n")))
      + "\n"
  }

  /// A table with a head; the first column is a row's name, the rest are numbers.
  static func table(_ head: [String], _ rows: [[String]]) -> String {
    func cells(_ row: [String], _ name: String) -> String {
      row.enumerated().map { index, cell in
        element(name, index == 0 ? [] : [("class", "number")], escaped(cell))
      }.joined()
    }
    let body = rows.map { element("tr", [], cells($0, "td")) }.joined(separator: "\n")
    return element(
      "div", [("class", "wide")],
      element(
        "table", [],
        element("thead", [], element("tr", [], cells(head, "th"))) + element("tbody", [], body)))
  }
}

/// Writes XML: elements with attributes, text and children.
package enum XMLText {
  struct Element {
    var name: String
    var attributes: [(String, String)]
    var text: String
    var children: [Element]

    init(
      _ name: String, _ attributes: [(String, String)] = [], text: String = "",
      children: [Element] = []
    ) {
      self.name = name
      self.attributes = attributes
      self.text = text
      self.children = children
    }
  }

  static func document(_ root: Element) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + render(root, indent: "")
  }

  private static func render(_ element: Element, indent: String) -> String {
    let attributes = element.attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
    let start = "\(indent)<\(element.name)\(attributes)"
    if element.children.isEmpty {
      return element.text.isEmpty
        ? "\(start)/>\n" : "\(start)>\(escaped(element.text))</\(element.name)>\n"
    }
    let inner = element.children.map { render($0, indent: indent + "  ") }.joined()
    return "\(start)>\n\(inner)\(indent)</\(element.name)>\n"
  }

  /// Text that means itself within elements and attributes, of HTML likewise; characters that XML 1.0 does not know at all are left out.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value): break
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

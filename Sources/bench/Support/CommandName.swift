import ArgumentParser

/// The first word of a command line.
enum CommandName {
  /// Checks that a first argument that is no option names a command.
  ///
  /// The default command would take it for an argument of its own and complain of something else.
  ///
  /// - Throws: `ValidationError` with the nearest name.
  static func check(_ argument: String?, of root: any ParsableCommand.Type) throws {
    guard let argument, !argument.hasPrefix("-") else { return }
    let names =
      root.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard !names.contains(argument) else { return }
    throw ValidationError(
      "there is no command '\(argument)'\(Self.suggestion(argument, among: names)); "
        + "bench help says which there are.")
  }

  /// `, did you mean 'list'?` where a name is near.
  static func suggestion(_ word: String, among names: some Sequence<String>) -> String {
    let near = names.map { (name: $0, distance: distance(word, $0)) }
      .filter { $0.distance <= max(1, word.count / 3) }
      .min { $0.distance < $1.distance }
    return near.map { ", did you mean '\($0.name)'?" } ?? ""
  }

  /// How many letters must be put in, left out, replaced or exchanged with their neighbor (Damerau's distance in its
  /// restricted form).
  static func distance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first), Array(second))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          least = min(least, rows[i - 1][j - 1] + 1)
        }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

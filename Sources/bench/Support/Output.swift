import Console

/// Writes a line for people to standard error; standard output is for tables.
func note(_ text: String) { StandardStreams.say(text + "\n") }

/// Writes a table to standard output.
func output(_ text: String) { StandardStreams.print(text.hasSuffix("\n") ? text : text + "\n") }

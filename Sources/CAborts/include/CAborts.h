// Ends of the process that no error can tell of: aborts and traps for want of memory, libraries that call `exit`.
#pragma once

#include <stdbool.h>

/// Sentences, each with its line's end, which stay where they are for as long as the process runs.
typedef struct {
  /// No memory was left.
  const char *memory;
  /// A file that is mapped into memory has become shorter than it was.
  const char *mapping;
  /// A library has ended the process.
  const char *library;
} CAbortsSentences;

/// From now on such an end is a sentence on standard error and this exit status.
///
/// A signal that comes of none of these goes to whoever handled it before, one that another process sent ends this one, and
/// no signal stays blocked. Call once.
void caborts_tell(CAbortsSentences sentences, int status);

/// The process is about to end by its own will: its exit status stands.
void caborts_allow_exit(void);

/// Says that no memory is left and ends the process.
void caborts_end_without_memory(void) __attribute__((noreturn));

// Swift and C++ abort or trap where they get no memory, and C code may then read through a null pointer; GNU OpenMP calls `exit(1)`
// where it gets no thread. None of this can be caught, but the last word and the exit status can be had.
#define _GNU_SOURCE
#include "CAborts.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { signalCount = 5 };
static const int signals[signalCount] = {SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS};
static struct sigaction earlier[signalCount];
static CAbortsSentences sentences;
static int status;
static volatile sig_atomic_t mayExit;

/// As much as one allocation of ours may ask for: where it cannot be had, memory is what was wanted [bytes].
static const size_t piece = 256 << 20;

static _Noreturn void end(const char *sentence) {
  if (write(STDERR_FILENO, sentence, strlen(sentence)) < 0) { /* Nobody is there to read it. */
  }
  _exit(status);
}

static bool isMemoryUsedUp(void) {
  void *place = mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return true;
  munmap(place, piece);
  return false;
}

static void handle(int number, siginfo_t *info, void *context) {
  (void)context;
  // Beyond the end of its file a mapping has no memory behind it.
  if (number == SIGBUS && info->si_code == BUS_ADRERR) end(sentences.mapping);
  if (isMemoryUsedUp()) end(sentences.memory);
  // Somebody else wants the process to end: there is nothing to trace, and Swift's own handler would go on after it.
  bool isSentByAnother = info->si_code == SI_USER && info->si_pid != getpid();
  static const struct sigaction byDefault = {.sa_handler = SIG_DFL};
  for (int i = 0; i < signalCount; i++) {
    if (signals[i] == number) sigaction(number, isSentByAnother ? &byDefault : &earlier[i], NULL);
  }
  // The instruction at fault is tried again; a signal that was sent is sent again.
  if (info->si_code <= 0) raise(number);
}

static void atExit(void) {
  if (!mayExit) end(sentences.library);
}

void caborts_tell(CAbortsSentences given, int exitStatus) {
  sentences = given;
  status = exitStatus;
  // A stack of its own: the thread's may be what has run out.
  static char stack[1 << 15];
  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternative, NULL);
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < signalCount; i++) sigaction(signals[i], &action, &earlier[i]);
  // Who starts the program from a thread that blocks signals, as Dispatch's do, hands that on; then nothing could end it.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  atexit(atExit);
}

void caborts_allow_exit(void) { mayExit = 1; }

void caborts_end_without_memory(void) { end(sentences.memory); }

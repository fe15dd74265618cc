// Xlib takes its display from the environment alone, and `setenv` beside other threads is a race (see CMesa.c): the variable is set
// before `main`, to a number that is free, and the server is started there later.
#include "CDisplay.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int number = -1;

int CDisplay_number(void) { return number; }

__attribute__((constructor)) static void setVariable(void) {
  if (getenv("DISPLAY") != NULL) return;
  // Numbers of people's own displays are small; another process of these tests has another number.
  for (int tried = 1000 + getpid() % 30000;; tried++) {
    char name[64];
    snprintf(name, sizeof name, "/tmp/.X%d-lock", tried);
    if (access(name, F_OK) == 0) continue;
    number = tried;
    snprintf(name, sizeof name, ":%d", tried);
    setenv("DISPLAY", name, 1);
    return;
  }
}

// Settings that Mesa reads from the environment when its driver loads. `setenv` may free the list that another thread's `getenv` is
// walking through, so they are set before `main`, or before `dlopen` returns, when there is one thread.
#include "CMesa.h"

#include <stdlib.h>

__attribute__((constructor)) static void setVariables(void) {
  // One raster thread a context is the fastest way to fill many small images. A value that the user has set wins.
  setenv("LP_NUM_THREADS", "0", 0);
}

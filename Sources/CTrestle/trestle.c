// The declarations are in include/trestle.h, their implementation in the target CInterface; a C target needs a source.
#include "trestle.h"

_Static_assert(sizeof(trestle_outcome) == 24, "callers lay this out by hand");

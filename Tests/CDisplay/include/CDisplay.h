#pragma once

/// The number of the display that `DISPLAY` names for an X server that is still to be started; -1 where the user has a display.
int CDisplay_number(void);

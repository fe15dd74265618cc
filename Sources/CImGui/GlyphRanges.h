#pragma once

#include <imgui/imgui.h>

namespace cimgui {

// Latin and Greek letters, general punctuation, arrows, mathematical signs and geometric shapes.
inline const ImWchar glyphRanges[] = {0x20,   0x17F,  0x370,  0x3FF,  0x2010, 0x2027, 0x2190,
                                      0x2193, 0x2200, 0x22FF, 0x25A0, 0x25FF, 0};

}  // namespace cimgui

// The slice of Dear ImGui 1.86 that the viewer's window needs, behind C.
//
// Swift could import ImGui's C++ header only by making every client a C++ client; a dozen functions
// are cheaper. They act on the one ImGui context of the process, and must all be called on the thread
// whose OpenGL context is current.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "CImGuiFont.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Starts ImGui for a GLFWwindow whose OpenGL 3.3 context is current; callbacks that the window has
/// already are called first. `fontPath` may be null for the built-in font; `fontSize` in pixels.
/// False if a back end refuses or ImGui runs already.
bool CImGui_start(void *window, const char *fontPath, float fontSize);
bool CImGui_isRunning(void);
void CImGui_stop(void);

void CImGui_beginFrame(void);
/// Draws all widgets of the frame into the current framebuffer.
void CImGui_endFrame(void);

/// A fixed panel without a title bar; places and sizes in pixels from the window's top left.
void CImGui_beginPanel(const char *name, float x, float y, float width, float height);
void CImGui_endPanel(void);

/// Text that wraps at the panel's edge; colors 0…1, sRGB.
void CImGui_text(const char *text, float red, float green, float blue);
/// The same, larger.
void CImGui_heading(const char *text, float red, float green, float blue);
void CImGui_separator(void);
/// A key and what it does, in two columns.
void CImGui_keyHelp(const char *key, const char *effect, float red, float green, float blue);
/// A bar filled to a fraction 0…1 with a label on it.
void CImGui_progress(float fraction, const char *label);
/// An OpenGL texture at a place of the window, over all panels, its first row on top.
void CImGui_image(uint32_t texture, float x, float y, float width, float height);

/// Whether the mouse is over a panel, so that the scene should not turn.
bool CImGui_wantsMouse(void);

#ifdef __cplusplus
}
#endif

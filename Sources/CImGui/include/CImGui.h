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
/// Leaves so many pixels free above what follows.
void CImGui_space(float height);
/// What follows stands in the same line, `x` pixels from the panel's edge, or behind the last where `x` is 0.
void CImGui_sameLine(float x);
/// A key and what it does, in two columns.
void CImGui_keyHelp(const char *key, const char *effect, float red, float green, float blue);

/// A button as wide as this, or as its label where `width` is 0; one that is `on` stands out. True when clicked.
bool CImGui_button(const char *label, float width, bool on);
/// A slider over whole numbers as wide as this, without a number on it. True while it is moved.
bool CImGui_slider(const char *name, float width, int *value, int least, int most);

/// A list of `count` rows that scrolls; between begin and end come the rows `first..<last` alone, which are in view.
/// `shown` is a row to scroll to, or -1.
void CImGui_beginList(const char *name, float height, int count, int shown, int *first, int *last);
/// A row of the list with a dot for each of its marks (packed 0xRRGGBB, at most 2) before the text. True when clicked.
bool CImGui_row(int index, const char *text, bool selected, const uint32_t *marks, int markCount);
void CImGui_endList(void);

/// A line of numbers with the place of the present one; values outside the range are cut off.
void CImGui_plot(const char *label, const float *values, int count, int present, float least,
                 float most, float width, float height);

/// Cells of one color each side by side in the current panel, from a place of the window on.
void CImGui_cells(float x, float y, float width, float height, const uint32_t *colors, int count);
/// A line of text in the current panel, its top left at a place of the window.
void CImGui_letters(float x, float y, const char *text, uint32_t color);
/// How far across a rectangle of the current panel the mouse is while its left button is held there, 0 to 1; else -1.
float CImGui_pressed(float x, float y, float width, float height);

/// An OpenGL texture at a place of the window, over all panels, its first row on top.
void CImGui_image(uint32_t texture, float x, float y, float width, float height);

// Lines and letters at places of the window: over the scene and under all panels, or `above` them.
// Colors are packed 0xRRGGBB.

/// What is drawn until `CImGui_endClip` shows in this rectangle alone.
void CImGui_beginClip(bool above, float x, float y, float width, float height);
void CImGui_endClip(bool above);
/// A line through points (x, y in turn), closed to a ring on demand.
void CImGui_lines(bool above, const float *points, int count, bool closed, float thickness,
                  uint32_t color);
void CImGui_disk(bool above, float x, float y, float radius, uint32_t color);
/// A line of text on a dark plate, its top left at (x, y).
void CImGui_plate(bool above, float x, float y, const char *text, uint32_t color);

/// Whether the mouse is over a panel, so that the scene should not turn.
bool CImGui_wantsMouse(void);
/// Whether a widget takes the keys, such as a slider that a number is typed into.
bool CImGui_wantsKeys(void);

#ifdef __cplusplus
}
#endif

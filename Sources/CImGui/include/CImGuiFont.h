// Letters drawn into plain memory with Dear ImGui's font atlas: no window and no OpenGL.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CImGuiFont CImGuiFont;

/// The letters of a TrueType file at a size in pixels; null for the built-in font, and where the file is unreadable.
/// Freed with `CImGuiFont_free`.
CImGuiFont *CImGuiFont_make(const char *path, float size);
void CImGuiFont_free(CImGuiFont *font);

/// From the top of a line to the top of the next, in pixels.
float CImGuiFont_lineHeight(const CImGuiFont *font);
/// How wide a line of Unicode scalars is, in pixels.
float CImGuiFont_width(const CImGuiFont *font, const uint32_t *text, int count);

/// Draws a line into `[height, width, 3]` bytes, its top left at (x, y); what lies outside is left out.
/// Colors 0…255, sRGB.
void CImGuiFont_draw(const CImGuiFont *font, const uint32_t *text, int count, uint8_t *pixels,
                     int width, int height, int x, int y, const uint8_t color[3]);

#ifdef __cplusplus
}
#endif

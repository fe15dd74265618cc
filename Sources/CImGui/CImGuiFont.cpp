#include "include/CImGuiFont.h"

#include <imgui/imgui.h>

#include <cmath>
#include <cstdio>

#include "GlyphRanges.h"

struct CImGuiFont {
  ImFontAtlas atlas;
  ImFont *font = nullptr;
  unsigned char *alpha = nullptr;
  int width = 0;
  int height = 0;
};

CImGuiFont *CImGuiFont_make(const char *path, float size) {
  auto *made = new CImGuiFont;
  ImFontConfig config;
  // A texel of the atlas is a pixel of the picture.
  config.OversampleH = 1;
  config.OversampleV = 1;
  config.PixelSnapH = true;
  // ImGui's own reader asserts that the file is there.
  FILE *file = path != nullptr ? std::fopen(path, "rb") : nullptr;
  if (file != nullptr) {
    std::fclose(file);
    made->font = made->atlas.AddFontFromFileTTF(path, size, &config, cimgui::glyphRanges);
  }
  if (made->font == nullptr) {
    config.SizePixels = size;
    made->font = made->atlas.AddFontDefault(&config);
  }
  made->atlas.GetTexDataAsAlpha8(&made->alpha, &made->width, &made->height);
  return made;
}

void CImGuiFont_free(CImGuiFont *font) { delete font; }

float CImGuiFont_lineHeight(const CImGuiFont *font) { return font->font->FontSize; }

static const ImFontGlyph *glyph(const CImGuiFont *font, uint32_t scalar) {
  return font->font->FindGlyph(scalar <= 0xFFFF ? static_cast<ImWchar>(scalar) : '?');
}

float CImGuiFont_width(const CImGuiFont *font, const uint32_t *text, int count) {
  float width = 0;
  for (int i = 0; i < count; i++)
    if (const ImFontGlyph *one = glyph(font, text[i])) width += one->AdvanceX;
  return width;
}

void CImGuiFont_draw(const CImGuiFont *font, const uint32_t *text, int count, uint8_t *pixels,
                     int width, int height, int x, int y, const uint8_t color[3]) {
  float pen = static_cast<float>(x);
  for (int i = 0; i < count; i++) {
    const ImFontGlyph *one = glyph(font, text[i]);
    if (one == nullptr) continue;
    const int left = static_cast<int>(std::lround(pen + one->X0));
    const int top = y + static_cast<int>(std::lround(one->Y0));
    const int fromX = static_cast<int>(std::lround(one->U0 * font->width));
    const int fromY = static_cast<int>(std::lround(one->V0 * font->height));
    const int columns = static_cast<int>(std::lround((one->U1 - one->U0) * font->width));
    const int rows = static_cast<int>(std::lround((one->V1 - one->V0) * font->height));
    for (int row = 0; row < rows && one->Visible; row++) {
      for (int column = 0; column < columns; column++) {
        const int toX = left + column, toY = top + row;
        if (toX < 0 || toY < 0 || toX >= width || toY >= height) continue;
        const int alpha = font->alpha[(fromY + row) * font->width + fromX + column];
        uint8_t *pixel = pixels + (static_cast<int64_t>(toY) * width + toX) * 3;
        for (int channel = 0; channel < 3; channel++)
          pixel[channel] = static_cast<uint8_t>(
              (pixel[channel] * (255 - alpha) + color[channel] * alpha + 127) / 255);
      }
    }
    pen += one->AdvanceX;
  }
}

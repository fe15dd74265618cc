#include "include/CImGui.h"

#include <imgui/imgui.h>

#include "GlyphRanges.h"

struct GLFWwindow;

// Declared here because Debian's back-end headers look for "imgui.h" on an include path of their own.
IMGUI_IMPL_API bool ImGui_ImplGlfw_InitForOpenGL(GLFWwindow *window, bool installCallbacks);
IMGUI_IMPL_API void ImGui_ImplGlfw_Shutdown();
IMGUI_IMPL_API void ImGui_ImplGlfw_NewFrame();
IMGUI_IMPL_API bool ImGui_ImplOpenGL3_Init(const char *glslVersion);
IMGUI_IMPL_API void ImGui_ImplOpenGL3_Shutdown();
IMGUI_IMPL_API void ImGui_ImplOpenGL3_NewFrame();
IMGUI_IMPL_API void ImGui_ImplOpenGL3_RenderDrawData(ImDrawData *data);

namespace {

ImFont *headingFont = nullptr;

using cimgui::glyphRanges;

void setStyle() {
  ImGui::StyleColorsDark();
  ImGuiStyle &style = ImGui::GetStyle();
  style.WindowRounding = 0;
  style.WindowBorderSize = 0;
  style.WindowPadding = ImVec2(16, 16);
  style.ItemSpacing = ImVec2(8, 8);
  style.FrameRounding = 4;
  style.GrabRounding = 4;
  style.GrabMinSize = 10;
  style.ScrollbarSize = 10;
  style.Colors[ImGuiCol_WindowBg] = ImVec4(0, 0, 0, 0);
  style.Colors[ImGuiCol_FrameBg] = ImVec4(0.2f, 0.22f, 0.25f, 1);
  style.Colors[ImGuiCol_Button] = ImVec4(0.2f, 0.22f, 0.25f, 1);
  style.Colors[ImGuiCol_ButtonHovered] = ImVec4(0.28f, 0.32f, 0.38f, 1);
  style.Colors[ImGuiCol_ButtonActive] = ImVec4(0.22f, 0.42f, 0.68f, 1);
  style.Colors[ImGuiCol_SliderGrab] = ImVec4(0.36f, 0.6f, 0.9f, 1);
  style.Colors[ImGuiCol_SliderGrabActive] = ImVec4(0.5f, 0.72f, 1, 1);
  style.Colors[ImGuiCol_Header] = ImVec4(0.2f, 0.36f, 0.56f, 1);
  style.Colors[ImGuiCol_HeaderHovered] = ImVec4(0.24f, 0.27f, 0.32f, 1);
  style.Colors[ImGuiCol_HeaderActive] = ImVec4(0.22f, 0.42f, 0.68f, 1);
  style.Colors[ImGuiCol_ChildBg] = ImVec4(0, 0, 0, 0);
  style.Colors[ImGuiCol_ScrollbarBg] = ImVec4(0, 0, 0, 0);
}

void wrappedText(const char *text, float red, float green, float blue) {
  ImGui::PushStyleColor(ImGuiCol_Text, ImVec4(red, green, blue, 1));
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(text);
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
}

ImU32 packed(uint32_t color) {
  return IM_COL32(color >> 16 & 255, color >> 8 & 255, color & 255, 255);
}

ImDrawList *layer(bool above) {
  return above ? ImGui::GetForegroundDrawList() : ImGui::GetBackgroundDrawList();
}

}  // namespace

bool CImGui_start(void *window, const char *fontPath, float fontSize) {
  if (CImGui_isRunning()) return false;
  ImGui::CreateContext();
  ImGuiIO &io = ImGui::GetIO();
  // The window is laid out anew every frame: nothing is worth a settings file.
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  if (fontPath != nullptr) {
    io.Fonts->AddFontFromFileTTF(fontPath, fontSize, nullptr, glyphRanges);
    headingFont = io.Fonts->AddFontFromFileTTF(fontPath, fontSize * 1.3f, nullptr, glyphRanges);
  } else {
    io.Fonts->AddFontDefault();
    ImFontConfig large;
    large.SizePixels = 26;
    headingFont = io.Fonts->AddFontDefault(&large);
  }
  setStyle();
  if (!ImGui_ImplGlfw_InitForOpenGL(static_cast<GLFWwindow *>(window), true)) {
    ImGui::DestroyContext();
    return false;
  }
  if (!ImGui_ImplOpenGL3_Init("#version 330 core")) {
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
    return false;
  }
  return true;
}

bool CImGui_isRunning(void) { return ImGui::GetCurrentContext() != nullptr; }

void CImGui_stop(void) {
  if (!CImGui_isRunning()) return;
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  headingFont = nullptr;
}

void CImGui_beginFrame(void) {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
}

void CImGui_endFrame(void) {
  ImGui::Render();
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

void CImGui_beginPanel(const char *name, float x, float y, float width, float height) {
  ImGui::SetNextWindowPos(ImVec2(x, y));
  ImGui::SetNextWindowSize(ImVec2(width, height));
  ImGui::Begin(name, nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                   ImGuiWindowFlags_NoBringToFrontOnFocus);
}

void CImGui_endPanel(void) { ImGui::End(); }

void CImGui_text(const char *text, float red, float green, float blue) {
  wrappedText(text, red, green, blue);
}

void CImGui_heading(const char *text, float red, float green, float blue) {
  ImGui::PushFont(headingFont);
  wrappedText(text, red, green, blue);
  ImGui::PopFont();
}

void CImGui_separator(void) { ImGui::Separator(); }

void CImGui_space(float height) { ImGui::Dummy(ImVec2(1, height)); }

void CImGui_sameLine(float x) { ImGui::SameLine(x); }

void CImGui_keyHelp(const char *key, const char *effect, float red, float green, float blue) {
  const ImVec4 color(red, green, blue, 1);
  ImGui::TextColored(color, "%s", key);
  ImGui::SameLine(104);
  ImGui::TextColored(color, "%s", effect);
}

bool CImGui_button(const char *label, float width, bool on) {
  if (on) ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive));
  const bool clicked = ImGui::Button(label, ImVec2(width, 0));
  if (on) ImGui::PopStyleColor();
  return clicked;
}

bool CImGui_slider(const char *name, float width, int *value, int least, int most) {
  ImGui::SetNextItemWidth(width);
  return ImGui::SliderInt(name, value, least, most, "",
                          ImGuiSliderFlags_AlwaysClamp | ImGuiSliderFlags_NoInput);
}

void CImGui_beginList(const char *name, float height, int count, int shown, int *first, int *last) {
  ImGui::BeginChild(name, ImVec2(0, height));
  const float row = ImGui::GetTextLineHeightWithSpacing();
  if (shown >= 0) {
    const float top = shown * row, view = ImGui::GetWindowHeight();
    if (top < ImGui::GetScrollY() || top + row > ImGui::GetScrollY() + view)
      ImGui::SetScrollY(top - view / 2);
  }
  *first = static_cast<int>(ImGui::GetScrollY() / row);
  *last = *first + static_cast<int>(ImGui::GetWindowHeight() / row) + 2;
  if (*last > count) *last = count;
  if (*first > *last) *first = *last;
  // The list is as high as all of its rows, whichever are drawn.
  ImGui::Dummy(ImVec2(1, count * row - ImGui::GetStyle().ItemSpacing.y));
}

bool CImGui_row(int index, const char *text, bool selected, const uint32_t *marks, int markCount) {
  const float row = ImGui::GetTextLineHeightWithSpacing();
  ImGui::SetCursorPos(ImVec2(0, index * row));
  ImGui::PushID(index);
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const bool clicked = ImGui::Selectable("##row", selected);
  const float middle = corner.y + ImGui::GetTextLineHeight() / 2 + 1;
  for (int i = 0; i < markCount; i++)
    ImGui::GetWindowDrawList()->AddCircleFilled(ImVec2(corner.x + 8 + 13 * i, middle), 4.5f,
                                                packed(marks[i]));
  ImGui::GetWindowDrawList()->AddText(ImVec2(corner.x + 8 + 13 * markCount + 4, corner.y),
                                      ImGui::GetColorU32(ImGuiCol_Text), text);
  ImGui::PopID();
  return clicked;
}

void CImGui_endList(void) { ImGui::EndChild(); }

void CImGui_plot(const char *label, const float *values, int count, int present, float least,
                 float most, float width, float height) {
  const float labelWidth = 48;
  ImDrawList *list = ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  list->AddText(ImVec2(corner.x, corner.y + (height - ImGui::GetFontSize()) / 2),
                IM_COL32(158, 166, 178, 255), label);
  const float left = corner.x + labelWidth, right = corner.x + width;
  list->AddRectFilled(ImVec2(left, corner.y), ImVec2(right, corner.y + height),
                      IM_COL32(42, 46, 53, 255), 3);
  const auto place = [&](int index) {
    float share = most > least ? (values[index] - least) / (most - least) : 0.5f;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    const float x = count > 1 ? left + 3 + (right - left - 6) * index / (count - 1) : left + 3;
    return ImVec2(x, corner.y + height - 3 - (height - 6) * share);
  };
  for (int i = 0; i + 1 < count; i++)
    list->AddLine(place(i), place(i + 1), IM_COL32(96, 158, 230, 255), 1.5f);
  if (present >= 0 && present < count)
    list->AddCircleFilled(place(present), 3, IM_COL32(255, 255, 255, 255));
  ImGui::Dummy(ImVec2(width, height));
}

void CImGui_cells(float x, float y, float width, float height, const uint32_t *colors, int count) {
  ImDrawList *list = ImGui::GetWindowDrawList();
  for (int i = 0; i < count; i++)
    list->AddRectFilled(ImVec2(x + i * width, y), ImVec2(x + (i + 1) * width, y + height),
                        packed(colors[i]));
}

void CImGui_letters(float x, float y, const char *text, uint32_t color) {
  ImGui::GetWindowDrawList()->AddText(ImVec2(x, y), packed(color), text);
}

float CImGui_pressed(float x, float y, float width, float height) {
  if (!ImGui::IsWindowHovered() || !ImGui::IsMouseDown(ImGuiMouseButton_Left) ||
      !ImGui::IsMouseHoveringRect(ImVec2(x, y), ImVec2(x + width, y + height)))
    return -1;
  return (ImGui::GetIO().MousePos.x - x) / width;
}

void CImGui_image(uint32_t texture, float x, float y, float width, float height) {
  ImGui::GetForegroundDrawList()->AddImage(
      reinterpret_cast<ImTextureID>(static_cast<uintptr_t>(texture)), ImVec2(x, y),
      ImVec2(x + width, y + height));
}

void CImGui_beginClip(bool above, float x, float y, float width, float height) {
  layer(above)->PushClipRect(ImVec2(x, y), ImVec2(x + width, y + height));
}

void CImGui_endClip(bool above) { layer(above)->PopClipRect(); }

void CImGui_lines(bool above, const float *points, int count, bool closed, float thickness,
                  uint32_t color) {
  ImDrawList *list = layer(above);
  for (int i = 0; i < count; i++) list->PathLineTo(ImVec2(points[2 * i], points[2 * i + 1]));
  list->PathStroke(packed(color), closed ? ImDrawFlags_Closed : ImDrawFlags_None, thickness);
}

void CImGui_disk(bool above, float x, float y, float radius, uint32_t color) {
  layer(above)->AddCircleFilled(ImVec2(x, y), radius, packed(color));
}

void CImGui_plate(bool above, float x, float y, const char *text, uint32_t color) {
  const ImVec2 size = ImGui::CalcTextSize(text);
  ImDrawList *list = layer(above);
  list->AddRectFilled(ImVec2(x, y), ImVec2(x + size.x + 16, y + size.y + 8),
                      IM_COL32(20, 22, 26, 210), 4);
  list->AddText(ImVec2(x + 8, y + 4), packed(color), text);
}

bool CImGui_wantsMouse(void) { return ImGui::GetIO().WantCaptureMouse; }

bool CImGui_wantsKeys(void) { return ImGui::GetIO().WantTextInput; }

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
  style.Colors[ImGuiCol_WindowBg] = ImVec4(0, 0, 0, 0);
  style.Colors[ImGuiCol_FrameBg] = ImVec4(0.2f, 0.22f, 0.25f, 1);
  style.Colors[ImGuiCol_PlotHistogram] = ImVec4(0.27f, 0.5f, 0.78f, 1);
}

void wrappedText(const char *text, float red, float green, float blue) {
  ImGui::PushStyleColor(ImGuiCol_Text, ImVec4(red, green, blue, 1));
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(text);
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
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

void CImGui_keyHelp(const char *key, const char *effect, float red, float green, float blue) {
  const ImVec4 color(red, green, blue, 1);
  ImGui::TextColored(color, "%s", key);
  ImGui::SameLine(104);
  ImGui::TextColored(color, "%s", effect);
}

void CImGui_progress(float fraction, const char *label) {
  ImGui::ProgressBar(fraction, ImVec2(-1, 0), label);
}

void CImGui_image(uint32_t texture, float x, float y, float width, float height) {
  ImGui::GetForegroundDrawList()->AddImage(
      reinterpret_cast<ImTextureID>(static_cast<uintptr_t>(texture)), ImVec2(x, y),
      ImVec2(x + width, y + height));
}

bool CImGui_wantsMouse(void) { return ImGui::GetIO().WantCaptureMouse; }

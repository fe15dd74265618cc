import Foundation

/// What can go wrong between a scene and its picture.
public enum RenderingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// EGL offers no OpenGL 3.3 core context; `reason` says which call refused.
  case noDriver(reason: String)
  /// The system gives no thread to draw on.
  case noThread(reason: String)
  /// A shader did not compile or link; `log` is the driver's.
  case shader(name: String, log: String)
  /// OpenGL reported an error during `operation`.
  case openGL(operation: String, code: UInt32)
  case invalidShape(String)
  case unknownPicture(String)
  case unknownTexture(String)
  case invalidImageSize(height: Int, width: Int)

  public var description: String {
    switch self {
    case .noDriver(let reason):
      "no OpenGL 3.3 driver: \(reason). \(Self.mend(in: ProcessInfo.processInfo.environment))"
    case .noThread(let reason):
      "no thread to draw on: \(reason); raise the limit on processes or draw with fewer contexts."
    case .shader(let name, let log):
      "shader \(name) does not compile with this OpenGL driver; its log says: \(log)"
    case .openGL(let operation, let code):
      """
      OpenGL error 0x\(String(code, radix: 16)) while \(operation); the driver may be out of \
      memory or too old (OpenGL 3.3 core is needed).
      """
    case .invalidShape(let what): "shape cannot be drawn: \(what)"
    case .unknownPicture(let name):
      "no picture is called '\(name)'; there are \(Picture.names.joined(separator: ", "))."
    case .unknownTexture(let name):
      """
      no texture is called '\(name)'; there are \(Texture.tileable.map(\.name).joined(separator: ", ")) \
      and picture:NAME.
      """
    case .invalidImageSize(let height, let width):
      "an image of \(height)×\(width) pixels cannot be drawn; both sides must be 1…4096."
    }
  }

  /// What to do where there is no driver: unset what chooses another, else install one.
  static func mend(in environment: [String: String]) -> String {
    let beginnings = ["MESA_", "GALLIUM_", "LIBGL_", "EGL_", "__EGL_", "__GLX_", "LP_"]
    let chosen = environment.keys.sorted()
      .filter { key in beginnings.contains(where: key.hasPrefix) && key != "LP_NUM_THREADS" }
      .map { "\($0)=\(environment[$0] ?? "")" }
    let packages =
      "install the Debian packages libegl1 and libgl1-mesa-dri (software OpenGL, no GPU or display needed)."
    return chosen.isEmpty
      ? packages.prefix(1).uppercased() + packages.dropFirst()
      : "Unset \(chosen.joined(separator: ", ")), by which drivers are chosen here, and try again; if that does "
        + "not help, " + packages
  }
}

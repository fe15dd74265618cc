internal import CEGL
import Foundation
import Synchronization

/// What draws the pictures.
public enum RenderingDevice: String, Hashable, Sendable, Codable, CaseIterable {
  /// A GPU if EGL finds one, else software.
  case automatic
  /// Mesa's llvmpipe, on the processor: the same pixels on every machine with the same Mesa.
  case software
  /// A GPU; none is an error.
  case gpu
}

/// EGL's connections to drivers, opened once a process and never closed.
///
/// Llvmpipe fills pixels for one context of a display at a time, so software contexts are spread
/// over the two displays that Mesa offers without a window system: the surfaceless platform and the
/// software device.
enum HeadlessDisplays {
  private static let opened = Mutex<[RenderingDevice: [Handle]]>([:])

  /// An `EGLDisplay`, which any thread may use at any time (EGL 1.5, section 2.3).
  private struct Handle: @unchecked Sendable { let display: EGLDisplay }

  /// - Throws: `RenderingError.noDriver` when nothing suitable can be initialized.
  static func open(for device: RenderingDevice) throws -> [EGLDisplay] {
    try opened.withLock { known in
      if let handles = known[device] { return handles }
      let handles = try find(device).map { Handle(display: $0) }
      known[device] = handles
      return handles
    }.map(\.display)
  }

  static var lastError: String { "failed with 0x\(String(eglGetError(), radix: 16))" }

  private static func find(_ device: RenderingDevice) throws -> [EGLDisplay] {
    let devices = listDevices()
    if device != .software {
      let gpus = devices.filter { !$0.isSoftware }.compactMap { openDevice($0.handle) }
      if let gpu = gpus.first { return [gpu] }
      if device == .gpu {
        throw RenderingError.noDriver(reason: "EGL finds no GPU among \(devices.count) devices")
      }
    }
    let surfaceless = eglGetPlatformDisplay(EGLenum(EGL_PLATFORM_SURFACELESS_MESA), nil, nil)
    var software: [EGLDisplay] = []
    if let surfaceless, let display = initialized(surfaceless) { software.append(display) }
    software += devices.filter(\.isSoftware).compactMap { openDevice($0.handle) }
    guard !software.isEmpty else {
      throw RenderingError.noDriver(
        reason: "neither EGL's surfaceless platform nor its software device starts, \(lastError)")
    }
    return software
  }

  private static func initialized(_ display: EGLDisplay) -> EGLDisplay? {
    eglInitialize(display, nil, nil) == EGLBoolean(EGL_TRUE) ? display : nil
  }

  private static func openDevice(_ device: EGLDeviceEXT) -> EGLDisplay? {
    guard let display = eglGetPlatformDisplay(EGLenum(EGL_PLATFORM_DEVICE_EXT), device, nil)
    else { return nil }
    return initialized(display)
  }

  /// The devices EGL lists; none where it cannot list them.
  private static func listDevices() -> [(handle: EGLDeviceEXT, isSoftware: Bool)] {
    guard let list = eglGetProcAddress("eglQueryDevicesEXT"),
      let describe = eglGetProcAddress("eglQueryDeviceStringEXT")
    else { return [] }
    // Extensions of EGL are reached by name; their types are those of <EGL/eglext.h>.
    let queryDevices = unsafeBitCast(list, to: QueryDevices.self)
    let queryString = unsafeBitCast(describe, to: QueryDeviceString.self)
    var handles = [EGLDeviceEXT?](repeating: nil, count: 16)
    var count: EGLint = 0
    guard queryDevices(16, &handles, &count) == EGLBoolean(EGL_TRUE) else { return [] }
    return handles.prefix(Int(count)).compactMap { $0 }.map { handle in
      let extensions = queryString(handle, EGL_EXTENSIONS).map { String(cString: $0) } ?? ""
      return (handle, extensions.contains("EGL_MESA_device_software"))
    }
  }

  private typealias QueryDevices =
    @convention(c) (
      EGLint, UnsafeMutablePointer<EGLDeviceEXT?>?, UnsafeMutablePointer<EGLint>?
    ) -> EGLBoolean
  private typealias QueryDeviceString =
    @convention(c) (EGLDeviceEXT, EGLint) -> UnsafePointer<CChar>?
}
